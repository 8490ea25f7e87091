"""Which exchanges wake somebody, decided from the line of the queue in the commit that brings the exchange; and which drafts, in the commit of
a signature that is not the last.

What it knows: urgency, and whether a person of ours has looked yet. What it must never know: who is on duty. A page that is raised with
the arrival cannot be lost between the two; it ends in the commit of the acknowledgement.
"""

from hashlib import sha256

from longbien.node.queueing import BOTH, EMERGENCY, OURS
from longbien.store.desk_rows import DraftRow
from longbien.store.page_rows import PageRow
from longbien.store.queue_rows import QueueRow

URGENCIES = ("urgent", EMERGENCY)
ARRIVAL, CLOCK, PEER, HEALTH, STORM, TEST = "arrival", "clock", "peer", "health", "storm", "test"
APPROVAL = "approval"
KINDS = (ARRIVAL, APPROVAL, CLOCK, PEER, HEALTH, STORM, TEST)


def wakes(row: QueueRow | None, own: str) -> bool:
    """Whether this exchange has to wake somebody as long as it stands like this."""
    if row is None or row.opener == own or row.urgency not in URGENCIES or row.open_key is None:
        return False
    return row.acknowledge_key is not None or (row.turn in {OURS, BOTH} and row.sent_key is None)


def arrival(row: QueueRow, at: int) -> PageRow:
    """The page for an exchange that has come."""
    return cause(
        ARRIVAL, f"arrival {row.exchange.hex()}", at, exchange=row.exchange, urgency=row.urgency, office=""
    )


def approval(draft: DraftRow, urgency: str, at: int) -> PageRow:
    """The page for an urgent draft that one more person must sign."""
    named = f"{APPROVAL} {draft.id.hex()}"
    return cause(APPROVAL, named, at, exchange=draft.exchange, urgency=urgency, office=draft.office)


def draft_of(page: PageRow) -> bytes:
    """The draft that a page of the kind `APPROVAL` is about."""
    return bytes.fromhex(page.cause.rpartition(" ")[2])


def cause(
    kind: str, named: str, at: int, *, exchange: bytes | None = None, urgency: str, office: str
) -> PageRow:
    """A page for this cause; the same cause gives the same page, however often it is found."""
    return PageRow(
        id=sha256(named.encode()).digest()[:16],
        cause=named,
        kind=kind,
        office=office,
        exchange=exchange,
        urgency=urgency,
        raised_at=at,
        next_at=at,
    )
