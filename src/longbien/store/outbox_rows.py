"""Rows of the outbox: what still has to reach another node, why it has not yet, and what left as a file.

What it knows: order, lanes and tries. What it must never know: networks, or what is inside. A row leaves the outbox only
when the other node's signed receipt is in the store (promise P2). Statements are built once, as in `ledger_rows`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from longbien.store.many import add_rows, among
from longbien.store.schema import carried, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One thing for one peer. `kind`: propose, entry, descriptor. `subject`: digest of the act, or of the chain.

    `lane` 0 is urgent. `next_at` (ms) is when it may be tried again after it was deferred or refused, with `reason` saying
    why; a peer that cannot be reached has its own back-off in `peers`. `id` is the order of queueing.
    """

    id: int
    peer: str
    lane: int
    kind: str
    exchange: bytes
    subject: bytes
    queued_at: int
    tries: int
    next_at: int
    reason: str


_WAITING = (
    select(outbox)
    .where(
        outbox.c.peer == bindparam("to"),
        outbox.c.lane == bindparam("through"),
        outbox.c.id > bindparam("after"),
        or_(outbox.c.next_at <= bindparam("now"), outbox.c.next_at > bindparam("beyond")),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_ALL = select(outbox).order_by(outbox.c.id).limit(bindparam("most"))
_OF_KIND = select(outbox).where(outbox.c.kind == bindparam("wanted")).order_by(outbox.c.id)
_LANES = select(outbox.c.peer, outbox.c.lane, func.min(outbox.c.next_at)).group_by(
    outbox.c.peer, outbox.c.lane
)
_DONE = "DELETE FROM outbox WHERE id {among}"
_PUT_OFF = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(tries=outbox.c.tries + 1, next_at=bindparam("again_at"), reason=bindparam("why"))
)


class OutboxRows:
    """The outbox's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """Rows are queued in the order given; their `id` is assigned here."""
        add_rows(self._connection, outbox, rows)

    def waiting(
        self, peer: str, lane: int, now: int, *, longest: int, limit: int, behind: int = 0
    ) -> tuple[OutboxRow, ...]:
        """What may go to a peer now, oldest first; only what was queued behind the row with the number `behind`.

        A row whose turn lies further ahead than the `longest` pause (ms) was put off under a clock that has been set back
        since; it may go as well.
        """
        values = {
            "to": peer,
            "through": lane,
            "after": behind,
            "now": now,
            "beyond": now + longest,
            "most": limit,
        }
        return tuple(map(_row, self._connection.execute(_WAITING, values)))

    def all(
        self, *, peer: str | None = None, exchange: bytes | None = None, limit: int = 1000
    ) -> tuple[OutboxRow, ...]:
        """Everything that waits, oldest first."""
        query = _ALL
        if peer is not None:
            query = query.where(outbox.c.peer == peer)
        if exchange is not None:
            query = query.where(outbox.c.exchange == exchange)
        return tuple(map(_row, self._connection.execute(query, {"most": limit})))

    def of_kind(self, kind: str) -> tuple[OutboxRow, ...]:
        """Every row of one kind, oldest first."""
        return tuple(map(_row, self._connection.execute(_OF_KIND, {"wanted": kind})))

    def lanes(self) -> tuple[tuple[str, int, int], ...]:
        """(peer, lane, earliest next_at) of every lane that holds something."""
        return tuple((row[0], int(row[1]), int(row[2])) for row in self._connection.execute(_LANES))

    def count(self, *, peer: str | None = None) -> int:
        """How many rows wait, for everybody or for one peer."""
        query = select(func.count()).select_from(outbox)
        if peer is not None:
            query = query.where(outbox.c.peer == peer)
        return int(self._connection.execute(query).scalar_one())

    def after(self, peer: str, lane: int, start: int, *, limit: int) -> tuple[OutboxRow, ...]:
        """What waits for a peer behind the row `start`, resting or not, oldest first."""
        query = (
            select(outbox)
            .where(outbox.c.peer == peer, outbox.c.lane == lane, outbox.c.id > start)
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return tuple(map(_row, self._connection.execute(query)))

    def here(self, ids: Iterable[int]) -> frozenset[int]:
        """Which of these rows still wait."""
        query = select(outbox.c.id).where(outbox.c.id.in_(list(ids)))
        return frozenset(int(found) for found in self._connection.execute(query).scalars())

    def carry(self, digest: bytes, *, peer: str, request: bytes, at: int) -> None:
        """A request with this digest left as a file."""
        self._connection.execute(
            insert(carried), {"digest": digest, "peer": peer, "request": request, "packed_at": at}
        )

    def carried(self, *, peer: str | None = None, digest: bytes | None = None) -> dict[bytes, bytes]:
        """Requests that left as a file, by digest."""
        query = select(carried.c.digest, carried.c.request)
        if peer is not None:
            query = query.where(carried.c.peer == peer)
        if digest is not None:
            query = query.where(carried.c.digest == digest)
        return {bytes(row.digest): bytes(row.request) for row in self._connection.execute(query)}

    def uncarry(self, digest: bytes) -> None:
        """Nothing waits for an answer to this request any more."""
        self._connection.execute(delete(carried).where(carried.c.digest == digest))

    def done(self, ids: Iterable[int]) -> None:
        """These have been receipted."""
        among(self._connection, _DONE, ids)

    def put_off(self, ids: Iterable[int], *, next_at: int, reason: str) -> None:
        """These were answered, but not with a receipt; they are tried again at `next_at`."""
        self._connection.execute(_PUT_OFF, {"ids": list(ids), "again_at": next_at, "why": reason})


def _row(row: Any) -> OutboxRow:
    return OutboxRow(
        id=int(row.id),
        peer=row.peer,
        lane=int(row.lane),
        kind=row.kind,
        exchange=bytes(row.exchange),
        subject=bytes(row.subject),
        queued_at=int(row.queued_at),
        tries=int(row.tries),
        next_at=int(row.next_at),
        reason=row.reason,
    )
