"""The lint of a procedure with its flow: acts, fields, clocks, grounds and safeguards.

Knows how the parts of resolved rules must agree. It must never know a particular procedure.
"""

from collections.abc import Callable, Iterator
from typing import Final

from longbien.law.checks import CHECKS
from longbien.law.effects_many import KEPT, OWN, TIMES
from longbien.law.grounds import GROUND_CHECKS
from longbien.law.kinds import KINDS
from longbien.law.rules import MACHINE, Field, Reason, Row, Rules
from longbien.law.tables import Finding

# Offices of convention.md §3.1.
OFFICES: Final = frozenset({"ca", "ea", "poc", "comp", "aro", "dpo", "taf", "csirt", "prevention"})
SCOPE_LIMBS: Final = frozenset({"a", "b", "c"})
GROUND_GUARDS: Final = frozenset({"ground_to_refuse", "ground_to_postpone", "ground_of_inability"})
# Guards and effects that count time ask for these clocks by name.
CLOCK_OF: Final = {
    "kept_long_enough": "PRES-60",
    "consultation_opened": "CONSULT",
    "conditions_declined": "CONSULT",
    "lifting_announced": "LIFT",
}


def acts_defined(rules: Rules) -> Iterator[Finding]:
    """Every act of the flow is defined, and every act defined is one of the flow."""
    for act in rules.flow.acts:
        if act not in rules.acts:
            yield Finding("ACT_WITHOUT_FIELDS", _at(rules), act)
    for act in rules.acts:
        if act not in rules.flow.acts:
            yield Finding("ACT_UNUSED", _at(rules), act)


def acts_labelled(rules: Rules) -> Iterator[Finding]:
    """Every act has its English label; readers have seen to stages, fields and clocks."""
    for act in rules.acts.values():
        if "en" not in act.labels:
            yield Finding("LABEL_MISSING", f"{_at(rules)} {act.id}")


def persons_sound(rules: Rules) -> Iterator[Finding]:
    """People approve what people do, and nobody approves what the machine does."""
    machine = {row.act for row in rules.flow.rows if row.by == MACHINE}
    for act in rules.acts.values():
        if act.persons not in ((0,) if act.id in machine else (1, 2)):
            yield Finding("PERSONS_RANGE", f"{_at(rules)} {act.id}", str(act.persons))


def offices_known(rules: Rules) -> Iterator[Finding]:
    """Acts are open to offices that exist, and at least to one."""
    lists = {"from_roles": rules.from_roles, "to_roles": rules.to_roles}
    lists.update((act.id, act.offices) for act in rules.acts.values() if act.offices)
    for name, offices in lists.items():
        if not offices or not set(offices) <= OFFICES:
            yield Finding("OFFICE_UNKNOWN", f"{_at(rules)} {name}", " ".join(offices))


def scope_known(rules: Rules) -> Iterator[Finding]:
    """A procedure whose opening names a limb of Art. 35(1) is open for one at least, and no other has any."""
    opening = rules.acts.get(rules.flow.opening_act)
    asks = opening is not None and any(field.name == "scope_limb" for field in opening.fields)
    if bool(rules.scope_limbs) != asks or not set(rules.scope_limbs) <= SCOPE_LIMBS:
        yield Finding("SCOPE_UNKNOWN", _at(rules), " ".join(rules.scope_limbs))


def types_known(rules: Rules) -> Iterator[Finding]:
    """Fields have a kind or a record; an enumeration has values and nothing else has; records have known
    checks.
    """
    for where, field in _all_fields(rules):
        if field.type not in KINDS and field.type not in rules.types:
            yield Finding("TYPE_UNKNOWN", where, field.type)
        if bool(field.values) != (field.type == "enum"):
            yield Finding("VALUES_MISPLACED", where, field.type)
    for record in rules.types.values():
        if record.check is not None and record.check not in CHECKS:
            yield Finding("CHECK_UNKNOWN", f"{_at(rules)} {record.name}", record.check)
        if record.name in KINDS:
            yield Finding("TYPE_TWICE", _at(rules), record.name)


def types_end(rules: Rules) -> Iterator[Finding]:
    """No record holds itself, so every check of a body ends."""
    depth = dict.fromkeys(rules.types, 0)
    for _ in rules.types:
        for record in rules.types.values():
            depth[record.name] = max(
                (depth[field.type] + 1 for field in record.fields if field.type in depth), default=0
            )
    for name, levels in depth.items():
        if levels >= len(rules.types):
            yield Finding("TYPE_LOOP", _at(rules), name)


def references_known(rules: Rules) -> Iterator[Finding]:
    """A field that leans on another leans on one beside it."""
    groups = [(f"{_at(rules)} {act.id}", act.fields) for act in rules.acts.values()]
    groups += [(f"{_at(rules)} {record.name}", record.fields) for record in rules.types.values()]
    for where, fields in groups:
        names = {field.name for field in fields}
        for field in fields:
            named = (field.or_else, field.needed_with, *(name for name, _ in field.needed_when))
            for other in named:
                if other is not None and other not in names:
                    yield Finding("FIELD_REFERENCE", f"{where} {field.name}", other)


def offences_agree(rules: Rules) -> Iterator[Finding]:
    """The codes that an offence may have are the codes that the vocabulary explains."""
    record = rules.types.get("offence")
    for field in record.fields if record is not None else ():
        if field.name == "code" and set(field.values) != set(rules.offences):
            yield Finding(
                "OFFENCE_UNKNOWN", _at(rules), " ".join(sorted(set(field.values) ^ set(rules.offences)))
            )


def clocks_known(rules: Rules) -> Iterator[Finding]:
    """Stages, guards and effects name clocks that exist, and every clock that exists is named by a stage."""
    named = {clock for stage in rules.flow.stages.values() for clock in stage.clocks}
    used = {
        CLOCK_OF[name] for row in rules.flow.rows for name in (*row.guards, *row.effects) if name in CLOCK_OF
    }
    for clock in sorted((named | used) - set(rules.clocks)):
        yield Finding("CLOCK_UNKNOWN", _at(rules), clock)
    for clock in sorted(set(rules.clocks) - named):
        yield Finding("CLOCK_UNUSED", _at(rules), clock)


def clocks_sound(rules: Rules) -> Iterator[Finding]:
    """A clock has one span; the law's clocks cite their article and count no working days."""
    for clock in rules.clocks.values():
        spans = (clock.minutes, clock.hours, clock.days, clock.working_days)
        if sum(span != 0 for span in spans) > 1 or min((*spans, clock.min_days, *clock.remind_hours)) < 0:
            yield Finding("CLOCK_SPAN", f"{_at(rules)} {clock.id}")
        if clock.statutory and (not clock.article or clock.working_days):
            yield Finding("CLOCK_STATUTORY", f"{_at(rules)} {clock.id}")


def clocks_start(rules: Rules) -> Iterator[Finding]:
    """A clock counts from a fact that some move writes; any other would never run."""
    written = set(TIMES)
    for row in rules.flow.rows:
        written |= {f"{row.act}_at"} if "timed" in row.effects else set()
        written |= _kept(rules, row) if "kept" in row.effects else set()
    for clock in rules.clocks.values():
        if clock.start not in written:
            yield Finding("CLOCK_START_UNKNOWN", f"{_at(rules)} {clock.id}", clock.start)


def facts_own(rules: Rules) -> Iterator[Finding]:
    """No field that is kept under its name takes over a fact with a meaning of its own."""
    for row in rules.flow.rows:
        for name in sorted(_kept(rules, row) & OWN) if "kept" in row.effects else ():
            yield Finding("FACT_TAKEN", f"{_at(rules)} {row.id}", name)


def _kept(rules: Rules, row: Row) -> set[str]:
    act = rules.acts.get(row.act)
    fields = () if act is None else act.fields
    return {field.name for field in fields if field.type in KEPT and not field.many}


def clocks_act(rules: Rules) -> Iterator[Finding]:
    """Where a clock triggers the machine, the machine has that move in every stage where it runs."""
    for stage in rules.flow.stages.values():
        for name in stage.clocks:
            act = rules.clocks[name].acts if name in rules.clocks else None
            if act is not None and (stage.id, MACHINE, act) not in rules.flow.table:
                yield Finding("CLOCK_ACT_UNKNOWN", f"{_at(rules)} {stage.id} {name}", act)


def machine_acts_clocked(rules: Rules) -> Iterator[Finding]:
    """The machine moves only when a clock makes it."""
    triggered = {clock.acts for clock in rules.clocks.values()}
    for row in rules.flow.rows:
        if row.by == MACHINE and row.act not in triggered:
            yield Finding("MACHINE_WITHOUT_CLOCK", f"{_at(rules)} {row.id}", row.act)


def grounds_known(rules: Rules) -> Iterator[Finding]:
    """Grounds are reason codes that exist, each for a use that it has; conditions are known checks."""
    for act in rules.acts.values():
        grounds = act.grounds
        lists = (
            ("refuse", (*grounds.allowed, *grounds.conditional, *grounds.by_basis)),
            ("barred", grounds.barred),
            ("postpone", grounds.postpone),
            ("cannot", grounds.cannot),
        )
        for use, codes in lists:
            for code in codes:
                yield from _misused(rules.reasons.get(code), use, f"{_at(rules)} {act.source}", code)
        for code, check in grounds.conditional.items():
            if check not in GROUND_CHECKS:
                yield Finding("CHECK_UNKNOWN", f"{_at(rules)} {act.source} {code}", check)


def _misused(reason: Reason | None, use: str, where: str, code: str) -> Iterator[Finding]:
    if reason is None:
        yield Finding("REASON_UNKNOWN", where, code)
    elif use not in reason.uses:
        yield Finding("REASON_MISUSED", where, f"{code} {use}")


def refusals_reasoned(rules: Rules) -> Iterator[Finding]:
    """Who says no gives a ground (Art. 40(25)): moves into reasoned stages, and every act that carries a
    reason.
    """
    for row in rules.flow.rows:
        stage, act = rules.flow.stages.get(row.to), rules.acts.get(row.act)
        reasoned = stage is not None and stage.reasoned and row.to != row.stage
        carries = act is not None and any(field.type == "reason" for field in act.fields)
        if (reasoned or carries) and not GROUND_GUARDS & set(row.guards):
            yield Finding("REFUSAL_WITHOUT_REASON", f"{_at(rules)} {row.id}")
        if reasoned and not carries:
            yield Finding("REFUSAL_WITHOUT_REASON", f"{_at(rules)} {row.act}")


def refusals_consulted(rules: Rules) -> Iterator[Finding]:
    """Who refuses or postpones has consulted, or shows that no consultation is asked (Art. 40(28))."""
    for row in rules.flow.rows:
        asks = {"ground_to_refuse", "ground_to_postpone"} & set(row.guards)
        if asks and not {"consulted", "consultation_exempt", "heard"} & set(row.guards):
            yield Finding("REFUSAL_WITHOUT_CONSULTATION", f"{_at(rules)} {row.id}")


def refusals_by_basis(rules: Rules) -> Iterator[Finding]:
    """Who refuses is asked whether the legal basis has the ground."""
    for row in rules.flow.rows:
        if "ground_to_refuse" in row.guards and "ground_of_basis" not in row.guards:
            yield Finding("REFUSAL_WITHOUT_BASIS", f"{_at(rules)} {row.id}")


def coercion_authorised(rules: Rules) -> Iterator[Finding]:
    """A coercive measure begins under the authorisation guard (Art. 24)."""
    for row in rules.flow.rows if rules.coercive else ():
        if _begins(rules, row) and "authorised" not in row.guards:
            yield Finding("COERCION_UNAUTHORISED", f"{_at(rules)} {row.id}")


def _begins(rules: Rules, row: Row) -> bool:
    """The row leads from where no measure runs to where one does."""
    before, after = rules.flow.stages.get(row.stage or ""), rules.flow.stages.get(row.to)
    return after is not None and after.executes and (before is None or not before.executes)


def preserving_delivers_nothing(rules: Rules) -> Iterator[Finding]:
    """Where nothing is to be delivered, no act of the requested side can carry an answer (invariant 8)."""
    theirs = {row.act for row in rules.flow.rows if row.by == rules.flow.other}
    for act in rules.acts.values() if not rules.release_of_data else ():
        if act.id in theirs and any(field.type == "answer_item" for field in act.fields):
            yield Finding("RELEASE_FORBIDDEN", f"{_at(rules)} {act.id}")


def articles_marked(rules: Rules) -> Iterator[Finding]:
    """Whoever writes an article says whether it was compared with the official text."""
    cited = [(_at(rules), rules.article, rules.article_checked)]
    cited += [
        (f"{_at(rules)} {clock.id}", clock.article, clock.article_checked) for clock in rules.clocks.values()
    ]
    cited += [
        (f"{_at(rules)} {code.code}", code.article, code.article_checked) for code in rules.offences.values()
    ]
    for where, article, checked in cited:
        if article and checked is None:
            yield Finding("ARTICLE_UNMARKED", where, article)


def _all_fields(rules: Rules) -> Iterator[tuple[str, Field]]:
    for act in rules.acts.values():
        for field in act.fields:
            yield f"{_at(rules)} {act.id} {field.name}", field
    for record in rules.types.values():
        for field in record.fields:
            yield f"{_at(rules)} {record.name} {field.name}", field


def _at(rules: Rules) -> str:
    return f"procedures/{rules.procedure}.{rules.version}"


RULES_CHECKS: Final[tuple[Callable[[Rules], Iterator[Finding]], ...]] = (
    acts_defined,
    acts_labelled,
    persons_sound,
    offices_known,
    scope_known,
    types_known,
    types_end,
    references_known,
    offences_agree,
    clocks_known,
    clocks_sound,
    clocks_start,
    facts_own,
    clocks_act,
    machine_acts_clocked,
    grounds_known,
    refusals_reasoned,
    refusals_consulted,
    refusals_by_basis,
    coercion_authorised,
    preserving_delivers_nothing,
    articles_marked,
)
