"""Routes about the law: procedures, the schema of each act, and what a body still lacks.

What it knows: where the law keeps what. What it must never know: a procedure.
"""

import json

from longbien.law import Act, Rules, act_schema, from_json, gaps, worded
from longbien.web.api import shapes
from longbien.web.api.answers import Answer, Call, Refused

SCHEMA = "application/schema+json"


def procedures(call: Call) -> Answer:
    """Every procedure in its newest version."""
    book = call.api.node.world.lawbook
    names = sorted({name for name, _ in book.procedures})
    found = [rules for rules in map(book.rules, names) if rules is not None]
    items = tuple(_name(rules, call.query.language) for rules in found)
    return Answer(given=shapes.ProcedureList(items=items))


def procedure(call: Call) -> Answer:
    """A procedure with its acts, stages and clocks."""
    rules, language = _rules(call), call.query.language
    flow = rules.flow
    return Answer(
        given=shapes.Procedure(
            procedure=_name(rules, language),
            help=worded(rules.help, language),
            opening_act=flow.opening_act,
            from_roles=rules.from_roles,
            to_roles=rules.to_roles,
            acts=tuple(
                shapes.ActName(
                    act=act.id,
                    label=worded(act.labels, language),
                    help=worded(act.help, language),
                    persons=act.persons,
                    by=tuple(sorted({row.by for row in flow.rows if row.act == act.id})),
                )
                for act in rules.acts.values()
            ),
            stages=tuple(
                shapes.StageName(
                    stage=stage.id,
                    label=worded(stage.labels, language),
                    waits_for=stage.waits_for,
                    terminal=stage.terminal,
                )
                for stage in flow.stages.values()
            ),
            clocks=tuple(
                shapes.ClockName(
                    clock=clock.id,
                    label=worded(clock.labels, language),
                    statutory=clock.statutory,
                    article=clock.article,
                    article_checked=clock.article_checked is True,
                )
                for clock in rules.clocks.values()
            ),
        )
    )


def schema(call: Call) -> Answer:
    """JSON Schema 2020-12 of the body of an act."""
    rules = _rules(call)
    found = act_schema(rules, _act(call, rules).id, call.query.language)
    return Answer(raw=json.dumps(found, ensure_ascii=False).encode(), media=SCHEMA)


def check(call: Call) -> Answer:
    """What a body still lacks before it can be sent; nothing is kept of it."""
    rules = _rules(call)
    body: shapes.BodyToCheck = call.body
    found = gaps(rules, _act(call, rules).id, from_json(body.body), call.query.language)
    return Answer(
        given=shapes.Checked(
            complete=not found,
            gaps=tuple(
                shapes.Gap(code=gap.code, path=gap.path, label=gap.label, mend=gap.mend) for gap in found
            ),
        )
    )


def _name(rules: Rules, language: str) -> shapes.ProcedureName:
    return shapes.ProcedureName(
        procedure=rules.procedure,
        version=rules.version,
        label=worded(rules.labels, language),
        article=rules.article,
        article_checked=rules.article_checked is True,
        rules=rules.digest.hex(),
    )


def _rules(call: Call) -> Rules:
    rules = call.api.node.world.lawbook.rules(call.path["procedure"])
    if rules is None:
        raise Refused("PROCEDURE_UNKNOWN", call.path["procedure"])
    return rules


def _act(call: Call, rules: Rules) -> Act:
    found = rules.acts.get(call.path["act"])
    if found is None:
        raise Refused("NOT_THERE", f"{rules.procedure} has no act {call.path['act']}")
    return found
