"""Requests that left this node as a file: what their answers are about, however long those take to come home.

What it knows: which rows of the outbox went into which request. What it must never know: files, or what the rows hold. A row
leaves the outbox for a receipt alone, so a pouch that is lost loses nothing: the network, or the next pouch, carries it again.
"""

from longbien.node.delivery import Consignment
from longbien.store import Transaction
from longbien.store.outbox_rows import OutboxRow
from longbien.wire import cbor
from longbien.wire.cbor import Value
from longbien.wire.fields import Fields, checked_bytes, checked_int, checked_text


def remember(tx: Transaction, sent: Consignment, *, at: int) -> None:
    """An answer to this request will be understood, after a restart too."""
    rows: list[Value] = [[row.id, row.kind, row.exchange, row.subject, row.queued_at] for row in sent.rows]
    request = cbor.encode({"peer": sent.peer, "lane": sent.lane, "known": list(sent.known), "rows": rows})
    tx.outbox.carry(sent.digest, peer=sent.peer, request=request, at=at)


def recall(tx: Transaction, digest: bytes) -> Consignment | None:
    """The request with this digest, without its body; `None` when this node packed no such request, or settled it long ago."""
    raw = tx.outbox.carried(digest=digest).get(digest)
    return None if raw is None else _read(raw, digest)


def tidy(tx: Transaction, peer: str) -> None:
    """Requests of which nothing waits any more are forgotten."""
    for digest, raw in tx.outbox.carried(peer=peer).items():
        if not tx.outbox.here(row.id for row in _read(raw, digest).rows):
            tx.outbox.uncarry(digest)


def _read(raw: bytes, digest: bytes) -> Consignment:
    fields = Fields(cbor.decode(raw), "carried")
    peer, lane = fields.text("peer", max=16), fields.int("lane")
    rows = tuple(_row(item, peer, lane) for item in fields.array("rows", max=1024))
    known = tuple(checked_int(size, "carried.known") for size in fields.array("known", max=1024))
    return Consignment(peer=peer, lane=lane, rows=rows, body=b"", digest=digest, known=known)


def _row(item: Value, peer: str, lane: int) -> OutboxRow:
    assert isinstance(item, list), "written by `remember`"
    identifier, kind, exchange, subject, queued_at = item
    return OutboxRow(
        id=checked_int(identifier, "carried.id"),
        peer=peer,
        lane=lane,
        kind=checked_text(kind, "carried.kind", max=16),
        exchange=checked_bytes(exchange, "carried.exchange", size=16),
        subject=checked_bytes(subject, "carried.subject", size=32),
        queued_at=checked_int(queued_at, "carried.queued_at"),
        tries=0,
        next_at=0,
        reason="",
    )
