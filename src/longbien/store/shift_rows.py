"""Rows of what two persons of a watch agree: swaps of shifts, and hand-overs on their way.

What it knows: who offered and who has to answer. What it must never know: a roster, or what is handed over.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from longbien.store.kept import columns_of, record_of
from longbien.store.shift_schema import handings, swaps


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """`proposer` gives the shift from `one_since` to `one_until` and takes that of `asked`. `outcome`: "" while it is open, accepted, declined,
    withdrawn. Times in ms.
    """

    id: bytes
    office: str
    proposer: bytes
    asked: bytes
    one_since: int
    one_until: int
    other_since: int
    other_until: int
    made_at: int
    outcome: str = ""
    ended_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingRow:
    """A hand-over (det CBOR) that waits for signatures; `first` is the assertion (det CBOR) of who leaves, empty until then."""

    digest: bytes
    office: str
    at: int
    written: bytes
    leaves: bytes
    comes: bytes
    first: bytes = b""


class ShiftRows:
    """Their part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def propose(self, row: SwapRow) -> None:
        """It waits for an answer."""
        self._connection.execute(insert(swaps), columns_of(row))

    def swap(self, identifier: bytes) -> SwapRow | None:
        """One of them."""
        row = self._connection.execute(select(swaps).where(swaps.c.id == identifier)).first()
        return None if row is None else record_of(SwapRow, row)

    def open_swaps(self, office: str) -> tuple[SwapRow, ...]:
        """Those of an office that nobody has answered, the oldest first."""
        query = select(swaps).where(swaps.c.office == office, swaps.c.outcome == "").order_by(swaps.c.made_at)
        return tuple(record_of(SwapRow, row) for row in self._connection.execute(query))

    def answered(self, identifier: bytes, outcome: str, at: int) -> None:
        """It ended like this."""
        self._connection.execute(
            update(swaps).where(swaps.c.id == identifier).values(outcome=outcome, ended_at=at)
        )

    def hand(self, row: HandingRow) -> None:
        """It waits for signatures; what else this person was about to hand over is forgotten."""
        self._connection.execute(
            delete(handings).where(handings.c.office == row.office, handings.c.leaves == row.leaves)
        )
        self._connection.execute(insert(handings), columns_of(row))

    def handing(self, digest: bytes) -> HandingRow | None:
        """One of them."""
        row = self._connection.execute(select(handings).where(handings.c.digest == digest)).first()
        return None if row is None else record_of(HandingRow, row)

    def handings(self, office: str, since: int) -> tuple[HandingRow, ...]:
        """Those of an office that were made since (ms), the newest first."""
        query = select(handings).where(handings.c.office == office, handings.c.at >= since)
        rows = self._connection.execute(query.order_by(handings.c.at.desc()))
        return tuple(record_of(HandingRow, row) for row in rows)

    def signed_first(self, digest: bytes, assertion: bytes) -> None:
        """Who leaves has signed."""
        self._connection.execute(update(handings).where(handings.c.digest == digest).values(first=assertion))

    def handed(self, digest: bytes) -> None:
        """It is on its way no more: both have signed, or it was taken back."""
        self._connection.execute(delete(handings).where(handings.c.digest == digest))
