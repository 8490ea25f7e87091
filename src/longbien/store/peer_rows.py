"""Rows of the peers: whom this node pinned, what it knows of their ledger, and how well the link works.

What it knows: encoded peers and counters. What it must never know: how trust is decided (that is `keys.directory`). Statements are built once,
as in `ledger_rows`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from longbien.store.kept import columns_of
from longbien.store.schema import peers


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """A pinned peer.

    `peer` is the accepted chain of its root, descriptor and keys; `known_size` and `known_note` are the newest head of its
    ledger that this node has verified to continue the one before. `tries`, `next_at` (ms) and `reason` are the back-off.
    """

    party: str
    peer: bytes
    known_size: int
    known_note: bytes
    pinned_at: int
    last_ok_at: int
    tries: int
    next_at: int
    reason: str


_ALL = select(peers).order_by(peers.c.party)
_RESTS = select(peers.c.party, peers.c.next_at)
_ONE = select(peers).where(peers.c.party == bindparam("who"))
_SAW_HEAD = (
    update(peers)
    .where(peers.c.party == bindparam("who"), peers.c.known_size < bindparam("size"))
    .values(known_size=bindparam("size"), known_note=bindparam("note"))
)
_REACHED = (
    update(peers)
    .where(peers.c.party == bindparam("who"))
    .values(last_ok_at=bindparam("at"), tries=0, next_at=0, reason="")
)
_HEARD = update(peers).where(peers.c.party == bindparam("who"), peers.c.next_at > 0).values(next_at=0)
_FAILED = (
    update(peers)
    .where(peers.c.party == bindparam("who"))
    .values(tries=peers.c.tries + 1, next_at=bindparam("again_at"), reason=bindparam("why"))
)
_NONE_RESTS = update(peers).where(peers.c.next_at > 0).values(next_at=0)


class PeerRows:
    """The peers' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pin(self, row: PeerRow) -> None:
        """A peer becomes known."""
        self._connection.execute(insert(peers), columns_of(row))

    def all(self) -> tuple[PeerRow, ...]:
        """Every pinned peer, by code."""
        return tuple(map(_row, self._connection.execute(_ALL)))

    def rests(self) -> dict[str, int]:
        """Until when (ms) each pinned peer is left alone after a failure."""
        return {row.party: int(row.next_at) for row in self._connection.execute(_RESTS)}

    def one(self, party: str) -> PeerRow | None:
        """The peer with this code."""
        row = self._connection.execute(_ONE, {"who": party}).first()
        return None if row is None else _row(row)

    def advance(self, party: str, peer: bytes) -> None:
        """A newer chain of this peer was accepted."""
        self._connection.execute(update(peers).where(peers.c.party == party).values(peer=peer))

    def saw_head(self, party: str, size: int, note: bytes) -> None:
        """A newer head of this peer's ledger was verified; an older one never replaces it."""
        self._connection.execute(_SAW_HEAD, {"who": party, "size": size, "note": note})

    def reached(self, party: str, at: int) -> None:
        """The link works."""
        self._connection.execute(_REACHED, {"who": party, "at": at})

    def heard(self, party: str) -> None:
        """The peer has just written to us: it is up, so what waits for it need not rest until the next try."""
        self._connection.execute(_HEARD, {"who": party})

    def none_rests(self) -> None:
        """Every peer may be tried now."""
        self._connection.execute(_NONE_RESTS)

    def failed(self, party: str, *, next_at: int, reason: str) -> None:
        """The link does not work; it is tried again at `next_at`."""
        self._connection.execute(_FAILED, {"who": party, "again_at": next_at, "why": reason})


def _row(row: Any) -> PeerRow:
    return PeerRow(
        party=row.party,
        peer=bytes(row.peer),
        known_size=int(row.known_size),
        known_note=bytes(row.known_note),
        pinned_at=int(row.pinned_at),
        last_ok_at=int(row.last_ok_at),
        tries=int(row.tries),
        next_at=int(row.next_at),
        reason=row.reason,
    )
