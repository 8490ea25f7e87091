"""The lint of a flow: that its table of moves is a sound machine, whatever procedure uses it.

Knows stages and rows. It must never know fields, grounds or treaties.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from longbien.law.choices import CHOICES
from longbien.law.effects import EFFECTS
from longbien.law.guards import GUARDS
from longbien.law.rules import MACHINE, Flow
from longbien.law.tables import Finding


def row_ids_unique(flow: Flow) -> Iterator[Finding]:
    """A row id names one row."""
    for name, count in Counter(row.id for row in flow.rows).items():
        if count > 1:
            yield Finding("ROW_ID_TWICE", _at(flow), name)


def moves_unique(flow: Flow) -> Iterator[Finding]:
    """Of the rows of one (stage, by, act) exactly the last has no choices, so the flow is total and deterministic."""
    for (stage, by, act), rows in flow.table.items():
        where = f"{stage or 'start'} {by} {act}"
        if any(not row.when for row in rows[:-1]):
            yield Finding("MOVE_TWICE", _at(flow), where)
        if rows[-1].when:
            yield Finding("MOVE_WITHOUT_DEFAULT", _at(flow), where)


def stages_known(flow: Flow) -> Iterator[Finding]:
    """Rows run between stages that exist."""
    for row in flow.rows:
        for stage in (row.stage, row.to):
            if stage is not None and stage not in flow.stages:
                yield Finding("STAGE_UNKNOWN", f"{_at(flow)} {row.id}", stage)


def roles_known(flow: Flow) -> Iterator[Finding]:
    """Rows are taken by a role of the flow; one of the two roles hosts; a stage waits for a role, or for
    both.
    """
    for row in flow.rows:
        if row.by not in flow.roles:
            yield Finding("ROLE_UNKNOWN", f"{_at(flow)} {row.id}", row.by)
    if flow.host not in (flow.opener, flow.other):
        yield Finding("ROLE_UNKNOWN", _at(flow), f"host {flow.host}")
    for stage in flow.stages.values():
        known = ("",) if stage.terminal else (flow.opener, flow.other, "both")
        if stage.waits_for not in known:
            yield Finding("ROLE_UNKNOWN", f"{_at(flow)} {stage.id}", f"waits_for {stage.waits_for}")


def opening_known(flow: Flow) -> Iterator[Finding]:
    """The opening act opens, and only the opener opens."""
    openings = [row for row in flow.rows if row.stage is None]
    if flow.opening_act not in {row.act for row in openings}:
        yield Finding("OPENING_MISSING", _at(flow), flow.opening_act)
    for row in openings:
        if row.by != flow.opener:
            yield Finding("OPENING_ROLE", f"{_at(flow)} {row.id}", row.by)


def opening_guarded(flow: Flow) -> Iterator[Finding]:
    """Who opens shows its right: office, people, fields, parties and basis."""
    needed = ("office_may_send", "two_persons", "fields_complete", "parties_match", "basis_in_force")
    for row in flow.rows:
        for guard in needed if row.stage is None else ():
            if guard not in row.guards:
                yield Finding("OPENING_UNGUARDED", f"{_at(flow)} {row.id}", guard)


def moves_guarded(flow: Flow) -> Iterator[Finding]:
    """Whatever a person does is checked for office, approvals and fields, and what a machine does for fields."""
    for row in flow.rows:
        people = () if row.by == MACHINE else ("office_may_send", "two_persons")
        for guard in (*people, "fields_complete"):
            if guard not in row.guards:
                yield Finding("MOVE_UNGUARDED", f"{_at(flow)} {row.id}", guard)


def stages_reachable(flow: Flow) -> Iterator[Finding]:
    """Every stage can be reached from the opening."""
    reached: set[str | None] = {None}
    while grown := {row.to for row in flow.rows if row.stage in reached} - reached:
        reached |= grown
    for stage in flow.stages:
        if stage not in reached:
            yield Finding("STAGE_UNREACHABLE", _at(flow), stage)


def stages_left(flow: Flow) -> Iterator[Finding]:
    """A stage that is not terminal has a way out, a terminal one has no move at all."""
    for stage in flow.stages.values():
        moves = [row.to for row in flow.rows if row.stage == stage.id]
        if stage.terminal and moves:
            yield Finding("TERMINAL_HAS_EXIT", _at(flow), stage.id)
        if not stage.terminal and all(to == stage.id for to in moves):
            yield Finding("STAGE_WITHOUT_EXIT", _at(flow), stage.id)


def stages_finish(flow: Flow) -> Iterator[Finding]:
    """From every stage an end can be reached."""
    ending = {stage.id for stage in flow.stages.values() if stage.terminal}
    while grown := {row.stage for row in flow.rows if row.to in ending and row.stage is not None} - ending:
        ending |= grown
    for stage in flow.stages:
        if stage not in ending:
            yield Finding("STAGE_CANNOT_FINISH", _at(flow), stage)


def stages_timed(flow: Flow) -> Iterator[Finding]:
    """Nobody is waited for without a clock that always runs there."""
    for stage in flow.stages.values():
        if not stage.terminal and not set(stage.clocks) - set(flow.everywhere):
            yield Finding("STAGE_WITHOUT_CLOCK", _at(flow), stage.id)


def names_known(flow: Flow) -> Iterator[Finding]:
    """Choices, guards and effects are names of the closed registries."""
    for row in flow.rows:
        for choice in row.when:
            if choice not in CHOICES:
                yield Finding("CHOICE_UNKNOWN", f"{_at(flow)} {row.id}", choice)
        for guard in row.guards:
            if guard not in GUARDS:
                yield Finding("GUARD_UNKNOWN", f"{_at(flow)} {row.id}", guard)
        for effect in row.effects:
            if effect not in EFFECTS:
                yield Finding("EFFECT_UNKNOWN", f"{_at(flow)} {row.id}", effect)


def _at(flow: Flow) -> str:
    return f"flows/{flow.id}.{flow.version}"


FLOW_CHECKS: Final[tuple[Callable[[Flow], Iterator[Finding]], ...]] = (
    row_ids_unique,
    moves_unique,
    stages_known,
    roles_known,
    opening_known,
    opening_guarded,
    moves_guarded,
    stages_reachable,
    stages_left,
    stages_finish,
    stages_timed,
    names_known,
)
