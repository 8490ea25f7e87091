"""Who sees to an exchange in this office: owner, rest, own reference, tags. No act, and nothing that another State hears of.

What it knows: what may be noted. What it must never know: where an exchange stands. Who owned an exchange when is part of who touched it,
so that has a leaf in the ledger; the rest are notes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from longbien.node import finding
from longbien.node.book import notice
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.queue_rows import HandlingRow

REFERENCE_MAX = 120
TAGS_MAX, TAG_MAX = 20, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What is noted of an exchange; `changed_at` (ms) names the version of it, 0 where nothing was noted yet."""

    owner: bytes | None = None
    snoozed_until: int | None = None
    reference: str = ""
    tags: tuple[str, ...] = ()
    changed_at: int = 0


def handled(node: Node, exchange: bytes) -> Handled:
    """What is noted of an exchange."""
    with node.store.transaction() as tx:
        return _read(tx, exchange)


def handle(
    node: Node, exchange: bytes, wanted: Handled, *, by: bytes, seen: int | None = None
) -> Handled | Denied:
    """This is noted from now on. `by` is the officer who says so; `seen` the version that was looked at, `None` for any.

    Codes: EXCHANGE_UNKNOWN, OFFICER_UNKNOWN, REFERENCE_INVALID, TAG_INVALID, CHANGED_MEANWHILE.
    """
    with node.store.transaction() as tx:
        line = tx.queue.find([exchange]).get(exchange)
        before = _read(tx, exchange)
        people = {officer.person for officer in tx.desk.officers()}
    if line is None:
        return Denied(code="EXCHANGE_UNKNOWN", detail=exchange.hex())
    refused = _refused(wanted, people)
    if refused is not None:
        return refused
    if seen is not None and seen != before.changed_at:
        return Denied(code="CHANGED_MEANWHILE", detail=exchange.hex())
    now = max(node.world.now(), before.changed_at + 1)
    row = HandlingRow(
        exchange=exchange,
        owner=wanted.owner,
        snoozed_until=wanted.snoozed_until,
        reference=wanted.reference,
        changed_at=now,
    )

    def write(tx: Transaction) -> None:
        current = tx.queue.find([exchange])[exchange]
        tx.queue.handle(row)
        tx.queue.set_tags(exchange, wanted.tags)
        finding.renew(tx, [current])

    leaf = None
    if wanted.owner != before.owner:
        leaf = notice("owner", exchange=exchange, owner=wanted.owner or b"", by=by, at=now)
    node.sequencer.run([Touch(leaf=leaf, write=write)])
    return handled(node, exchange)


def _read(tx: Transaction, exchange: bytes) -> Handled:
    row = tx.queue.handled([exchange]).get(exchange)
    tags = tx.queue.tags_of([exchange]).get(exchange, ())
    if row is None:
        return Handled(tags=tags)
    return Handled(
        owner=row.owner,
        snoozed_until=row.snoozed_until,
        reference=row.reference,
        tags=tags,
        changed_at=row.changed_at,
    )


def _refused(wanted: Handled, people: Iterable[bytes]) -> Denied | None:
    if wanted.owner is not None and wanted.owner not in people:
        return Denied(code="OFFICER_UNKNOWN", detail=wanted.owner.hex())
    if len(wanted.reference) > REFERENCE_MAX or not _printable(wanted.reference):
        return Denied(code="REFERENCE_INVALID", detail=f"at most {REFERENCE_MAX} characters in one line")
    if len(wanted.tags) > TAGS_MAX:
        return Denied(code="TAG_INVALID", detail=f"at most {TAGS_MAX} tags")
    for tag in wanted.tags:
        if not 0 < len(tag) <= TAG_MAX or not _printable(tag) or tag != tag.strip():
            return Denied(code="TAG_INVALID", detail=f"1 to {TAG_MAX} characters in one line")
    return None


def _printable(text: str) -> bool:
    return all(letter.isprintable() for letter in text)
