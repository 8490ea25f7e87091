"""The numbers that hang on a wall: how much waits, how much is late, whether anybody is on duty.

What it knows: counts. What it must never know: a State, a reference, a name.
"""

from dataclasses import dataclass
from typing import Final

from longbien.node import duty, pages, queue
from longbien.node.node import Node

VIEWS: Final = ("acknowledge", queue.APPROVAL, "due", "expiring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What hangs on the wall. `on_duty` is how many are: one for each office, or nobody; `at` (ms) is when it was counted."""

    views: tuple[tuple[str, int], ...]
    pages: int
    unreached: int
    on_duty: int
    at: int


def counted(node: Node, office: str) -> Counts:
    """The numbers of an office, of all of them with ""."""
    counts = queue.counts(node, queue.Reader(office=office))
    offices = [office] if office else [item.id for item in node.directory.own.descriptor.offices]
    watches = [duty.on_now(node, item) for item in offices]
    with node.store.transaction() as tx:
        unreached = sum(1 for row in tx.peers.all() if row.tries)
    return Counts(
        views=tuple((view, counts[view]) for view in VIEWS),
        pages=sum(not office or item.page.office in {"", office} for item in pages.open_pages(node)),
        unreached=unreached,
        on_duty=sum(person is not None for person in watches),
        at=node.world.now(),
    )
