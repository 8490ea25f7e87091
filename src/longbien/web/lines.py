"""A line of the queue as a page shows it.

What it knows: the queue's items, and words of the law for stages and procedures. What it must never do: show a line of another office.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from longbien.law import Labels
from longbien.node import queue
from longbien.web.asked import Asked
from longbien.web.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `href` is where it leads: a request, or a draft that waits for a signature. `offices` are those of ours that it names."""

    href: str
    item: queue.Item
    procedure: Labels
    stage: Labels
    clock: Labels
    act: Labels
    owner: str
    ours: bool
    mine: bool
    offices: tuple[str, ...]


def reader(asked: Asked) -> queue.Reader:
    """The officer who asks, as the queue wants to know it."""
    officer = asked.officer
    return queue.Reader(person=officer.person, office=officer.office)


def lines(console: Console, asked: Asked, items: Iterable[queue.Item]) -> list[Line]:
    """Those of these lines that are the reader's office's business."""
    node, officer = console.node, asked.officer
    with node.store.transaction() as tx:
        names = {person.person: person.name for person in tx.desk.officers()}
    found = []
    for item in items:
        line = item.line
        if item.draft is None and not console.subjects.in_office(line.exchange, officer.office):
            continue
        rules = node.world.lawbook.rules(line.procedure, line.version)
        stage = None if rules is None else rules.flow.stages.get(line.stage)
        clock = None if rules is None or line.due_clock is None else rules.clocks.get(line.due_clock)
        act = None if rules is None else rules.acts.get(item.act)
        found.append(
            Line(
                href=f"/x/{line.exchange.hex()}" if item.draft is None else f"/drafts/{item.draft.hex()}",
                item=item,
                procedure={"en": line.procedure} if rules is None else rules.labels,
                stage={} if stage is None else stage.labels,
                clock={} if clock is None else clock.labels,
                act={} if act is None else act.labels,
                owner="" if line.owner is None else names.get(line.owner, ""),
                ours=line.opener == node.party,
                mine=line.owner == officer.person,
                offices=queue.offices(node, line),
            )
        )
    return found
