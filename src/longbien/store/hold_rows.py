"""Rows of holds that wait for a second person.

What it knows: who asked for what. What it must never know: whether a signature held.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from longbien.store.evidence_schema import hold_wishes
from longbien.store.kept import record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWishRow:
    """A hold of an exchange, or with `lift` its end, that `person` has signed at `asked_at` (ms)."""

    exchange: bytes
    reason: str
    lift: bool
    person: bytes
    asked_at: int


_WISH = select(hold_wishes).where(hold_wishes.c.exchange == bindparam("of"))


class HoldRows:
    """The part of a transaction that is about holds in the making."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, row: HoldWishRow) -> None:
        """One person has signed; what somebody else had asked for before is forgotten."""
        self.forget(row.exchange)
        self._connection.execute(insert(hold_wishes), asdict(row))

    def asked(self, exchange: bytes) -> HoldWishRow | None:
        """What waits for a second person."""
        row = self._connection.execute(_WISH, {"of": exchange}).first()
        return None if row is None else record_of(HoldWishRow, row)

    def forget(self, exchange: bytes) -> None:
        """It was done, or taken back."""
        self._connection.execute(delete(hold_wishes).where(hold_wishes.c.exchange == exchange))
