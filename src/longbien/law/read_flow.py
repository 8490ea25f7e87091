"""From TOML to a flow: stages, and rows with every wildcard written out.

Knows the seven columns of a row. It must never judge the table that comes out: that is `lint`.

A `from` column holds stages with commas between them, `start` (not opened yet) or `@open` (every stage that
is not terminal). `=` in the `to` column stays where it is. An act may be written `sign?completes`: the row counts
only when that choice holds, and `&` joins several. A row that stands for several keeps its id, with the stage
behind a colon. Rows of people get the guards that the flow sets before all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.law.read_rules import ActText, act_text, clock
from longbien.law.rules import MACHINE, ClockRule, Flow, Row, Stage
from longbien.law.tables import Table

START: Final = "start"
OPEN: Final = "@open"
STAYS: Final = "="
NONE: Final = "-"
WHEN: Final = "?"
AND: Final = "&"
COLUMNS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFile:
    """A flow with what it defines for all of its procedures: acts and clocks."""

    flow: Flow
    acts: Mapping[str, ActText]
    clocks: Mapping[str, ClockRule]


def flow_file(table: Table) -> FlowFile:
    """One file of `flows/`."""
    everywhere = table.words("clocks_everywhere")
    stages = {name: _stage(name, part, everywhere) for name, part in table.tables("stages").items()}
    before = table.words("guards_for_people")
    rows: list[Row] = []
    for line in table.words("moves", required=True):
        rows += _rows(line, stages, before, table)
    name = table.text("id")
    flow = Flow(
        id=name,
        version=table.number("version"),
        letter=table.text("letter"),
        opener=table.text("opener"),
        other=table.text("other"),
        host=table.text("host"),
        opening_act=table.text("opening_act"),
        stages=stages,
        rows=tuple(rows),
        table=_table(rows),
        everywhere=everywhere,
        labels=table.labels("labels", required=True),
    )
    acts = {act: act_text(part) for act, part in table.tables("acts").items()}
    clocks = {id_: clock(id_, part) for id_, part in table.tables("clocks").items()}
    table.done()
    return FlowFile(flow=flow, acts=acts, clocks=clocks)


def _table(rows: list[Row]) -> Mapping[tuple[str | None, str, str], tuple[Row, ...]]:
    """The rows of each (stage, by, act), in the order of the file."""
    found: dict[tuple[str | None, str, str], tuple[Row, ...]] = {}
    for row in rows:
        key = (row.stage, row.by, row.act)
        found[key] = (*found.get(key, ()), row)
    return found


def _stage(name: str, table: Table, everywhere: tuple[str, ...]) -> Stage:
    terminal = table.flag("terminal", default=False)
    own = table.words("clocks")
    stage = Stage(
        id=name,
        waits_for=table.text("waits_for", ""),
        terminal=terminal,
        executes=table.flag("executes", default=False),
        reasoned=table.flag("reasoned", default=False),
        clocks=own if terminal else tuple(dict.fromkeys((*own, *everywhere))),
        labels=table.labels("labels", required=True),
        help=table.labels("help"),
    )
    table.done()
    return stage


def _rows(line: str, stages: Mapping[str, Stage], before: tuple[str, ...], table: Table) -> list[Row]:
    columns = line.split()
    if len(columns) != COLUMNS:
        table.note("ROW_COLUMNS", line)
        return []
    id_, origin, by, written, to, guards, effects = columns
    act, _, when = written.partition(WHEN)
    origins = _origins(origin, stages)
    first = () if by == MACHINE else before
    return [
        Row(
            id=id_ if len(origins) == 1 else f"{id_}:{stage}",
            stage=stage,
            by=by,
            act=act,
            when=tuple(when.split(AND)) if when else (),
            to=(stage or START) if to == STAYS else to,
            guards=(*first, *_names(guards)),
            effects=_names(effects),
        )
        for stage in origins
    ]


def _origins(written: str, stages: Mapping[str, Stage]) -> tuple[str | None, ...]:
    if written == START:
        return (None,)
    if written == OPEN:
        return tuple(stage.id for stage in stages.values() if not stage.terminal)
    return tuple(written.split(","))


def _names(written: str) -> tuple[str, ...]:
    return () if written == NONE else tuple(written.split(","))
