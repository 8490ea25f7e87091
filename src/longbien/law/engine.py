"""The engine: one look-up, one choice, then guards in order, then effects. It knows no law, only how to read the
table.

It is total: whatever the act holds, the answer is a Move or a Refusal. It must never look at a clock, a party
or a file.
"""

from longbien.law.choices import CHOICES
from longbien.law.clocks import running
from longbien.law.effects import EFFECTS
from longbien.law.guards import DATED, GUARDS, STANDING
from longbien.law.overlay import narrowings
from longbien.law.rules import Flow, Row, Rules
from longbien.law.situation import Move, NewFacts, Refusal, Situation


def decide(rules: Rules, situation: Situation, *, ordered: bool = False) -> Move | Refusal:
    """What becomes of an act: the move that it makes, or the code of the first thing that speaks against it.

    `ordered` says that the host has given the act its place already. Guards that read dated facts about treaties,
    and the overlays of States, then decide nothing: what they say stands in the move's `doubts` (decision 0009).

    Codes of the engine itself: ACT_UNKNOWN (no such act in this flow), STAGE_UNKNOWN, ROLE_UNKNOWN,
    ROLE_NOT_ALLOWED (the act is another role's, here or altogether), ACT_NOT_NOW (this role may do it, but
    not in this stage). All others come from the guards of the row.
    """
    rows = rules.flow.table.get((situation.stage, situation.role, situation.act))
    if rows is None:
        return _why_not(rules.flow, situation)
    row = rows[0] if len(rows) == 1 else _chosen(rows, situation)
    doubts: list[Refusal] = []
    for name in row.guards:
        refusal = GUARDS[name](situation, rules)
        if refusal is None:
            continue
        if not ordered or name not in DATED:
            return refusal
        doubts.append(refusal)
    if rules.overlays:
        for refusal in narrowings(rules.overlays, rules.procedure, situation):
            if not ordered:
                return refusal
            doubts.append(refusal)
    return _moved(rules, situation, row, tuple(doubts))


def possible(rules: Rules, situation: Situation) -> Refusal | None:
    """What speaks against an act before anybody has written its body; None when it is worth writing.

    Only what a body cannot change is asked: role, stage, office, and the guards of `STANDING`. What this refuses, `decide`
    refuses as well, whatever the body; the codes are those of `decide`.
    """
    rows = rules.flow.table.get((situation.stage, situation.role, situation.act))
    if rows is None:
        return _why_not(rules.flow, situation)
    row = rows[0] if len(rows) == 1 else _chosen(rows, situation)
    asked = (GUARDS[name](situation, rules) for name in row.guards if name in STANDING)
    return next((refusal for refusal in asked if refusal is not None), None)


def _chosen(rows: tuple[Row, ...], situation: Situation) -> Row:
    """The first row whose choices hold; the last one has none to make, lint sees to it."""
    return next(row for row in rows if all(CHOICES[name](situation) for name in row.when))


def _moved(rules: Rules, situation: Situation, row: Row, doubts: tuple[Refusal, ...]) -> Move:
    """Every effect sees the situation before the move; later effects write over earlier ones."""
    data: NewFacts = dict(situation.data)
    notices: list[str] = []
    for name in row.effects:
        changes = EFFECTS[name](situation, rules)
        for fact in changes.drop:
            data.pop(fact, None)
        data |= changes.write
        notices += changes.notices
    if row.to != row.stage:
        data["stage_since"] = situation.at
    return Move(
        row=row.id,
        to=row.to,
        data=data,
        clocks=running(rules, row.to, data),
        notices=tuple(notices),
        doubts=doubts,
    )


def _why_not(flow: Flow, situation: Situation) -> Refusal:
    if situation.act not in flow.acts:
        return Refusal(code="ACT_UNKNOWN")
    if situation.stage is not None and situation.stage not in flow.stages:
        return Refusal(code="STAGE_UNKNOWN")
    if situation.role not in flow.roles:
        return Refusal(code="ROLE_UNKNOWN")
    owners = {row.by for row in flow.rows if row.act == situation.act}
    here = {row.by for row in flow.rows if row.act == situation.act and row.stage == situation.stage}
    if here or situation.role not in owners:
        return Refusal(code="ROLE_NOT_ALLOWED", detail=" ".join(sorted(here or owners)))
    return Refusal(code="ACT_NOT_NOW", detail=situation.stage or "")
