"""Rows of the exchanges: where each stands, its chain, what was answered to whom, and what others proved to us.

What it knows: identifiers and bytes. What it must never know: what a stage means. Statements are built once, as in `ledger_rows`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from longbien.store.many import add_rows, among, change_rows
from longbien.store.schema import clocks, entries, exchanges, outcomes, receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRow:
    """An exchange as this node knows it; `standing` is the encoded fold of its chain, `quarantine` a code or `None`."""

    id: bytes
    procedure: str
    host: str
    opener: str
    stage: str
    position: int
    standing: bytes
    lane: int
    changed_at: int
    quarantine: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """Place `position` ≥ 1 of a chain: the host's `record` about `act`, with the host's `receipt` on other nodes."""

    exchange: bytes
    position: int
    act: bytes
    record: bytes
    receipt: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """What this node answered to `subject`; `kind` is entry, rejection or received; `leaf` is where it stands."""

    subject: bytes
    exchange: bytes
    kind: str
    code: str
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """What `issuer` proved about `subject`, and when that came here (ms)."""

    subject: bytes
    issuer: str
    kind: str
    exchange: bytes
    receipt: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A running clock of an exchange; `act` is the machine act that it triggers, if any."""

    exchange: bytes
    clock: str
    due_at: int
    statutory: bool
    act: str | None
    reminded_at: int


_FIND = "SELECT * FROM exchanges WHERE id {among}"
_ALL_IDS = select(exchanges.c.id).order_by(exchanges.c.id)
_NEWEST = select(exchanges).order_by(exchanges.c.changed_at.desc(), exchanges.c.id).limit(bindparam("most"))
_CHANGED = ("stage", "position", "standing", "changed_at", "quarantine")
_new_standing = attrgetter(*_CHANGED, "id")
_CHAIN = (
    select(entries)
    .where(entries.c.exchange == bindparam("of"), entries.c.position > bindparam("after"))
    .order_by(entries.c.position)
)
_ENTRY = select(entries).where(
    entries.c.exchange == bindparam("of"), entries.c.position == bindparam("place")
)
_PLACE_OF = select(entries.c.position).where(
    entries.c.exchange == bindparam("of"), entries.c.act == bindparam("by")
)
_WITH_ENTRIES = select(entries.c.exchange).distinct().order_by(entries.c.exchange)
_ALL_OUTCOMES = select(outcomes).order_by(outcomes.c.subject)
_ALL_RECEIPTS = select(receipts).order_by(receipts.c.subject, receipts.c.issuer)
_EARLY = """
    SELECT entries.* FROM entries JOIN exchanges ON exchanges.id = entries.exchange
    WHERE entries.position > exchanges.position AND entries.exchange {among}"""
_OUTCOMES = "SELECT * FROM outcomes WHERE subject {among}"
_OUTCOMES_OF = select(outcomes).where(outcomes.c.exchange == bindparam("of")).order_by(outcomes.c.leaf)
_RECEIPTS_FOR = select(receipts).where(receipts.c.subject == bindparam("about")).order_by(receipts.c.issuer)
_DROP_CLOCKS = "DELETE FROM clocks WHERE exchange {among}"
_CLOCKS_DUE = (
    select(clocks)
    .where(clocks.c.due_at <= bindparam("now"))
    .order_by(clocks.c.due_at, clocks.c.exchange, clocks.c.clock)
)


class ExchangeRows:
    """The exchanges' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, ids: Iterable[bytes]) -> dict[bytes, ExchangeRow]:
        """The exchanges with these identifiers, as far as they are here."""
        return {row.id: row for row in map(_exchange, among(self._connection, _FIND, ids))}

    def newest(self, *, limit: int = 100, stage: str | None = None) -> tuple[ExchangeRow, ...]:
        """The exchanges that changed last, newest first."""
        query = _NEWEST if stage is None else _NEWEST.where(exchanges.c.stage == stage)
        return tuple(map(_exchange, self._connection.execute(query, {"most": limit})))

    def with_prefix(self, prefix: bytes) -> tuple[ExchangeRow, ...]:
        """The exchanges whose identifier begins like this: officers type the first digits only."""
        query = (
            select(exchanges)
            .where(exchanges.c.id >= prefix, exchanges.c.id <= prefix + b"\xff" * 16)
            .limit(2)
        )
        return tuple(map(_exchange, self._connection.execute(query)))

    def with_procedure(self, procedure: str) -> tuple[ExchangeRow, ...]:
        """Every exchange under one procedure."""
        query = select(exchanges).where(exchanges.c.procedure == procedure).order_by(exchanges.c.id)
        return tuple(map(_exchange, self._connection.execute(query)))

    def all_ids(self) -> tuple[bytes, ...]:
        """Every identifier, in order."""
        return tuple(bytes(value) for value in self._connection.execute(_ALL_IDS).scalars())

    def save(self, *, new: Sequence[ExchangeRow], changed: Sequence[ExchangeRow]) -> None:
        """New exchanges are added, known ones take their new standing."""
        add_rows(self._connection, exchanges, new)
        change_rows(self._connection, exchanges, "id", _CHANGED, [_new_standing(row) for row in changed])

    def add_entries(self, rows: Sequence[EntryRow]) -> None:
        """Entries take their places; a place that is taken fails the transaction."""
        add_rows(self._connection, entries, rows)

    def chain(self, exchange: bytes, *, after: int = 0) -> tuple[EntryRow, ...]:
        """The entries of a chain with a position above `after`, in order."""
        found = self._connection.execute(_CHAIN, {"of": exchange, "after": after})
        return tuple(map(_entry, found))

    def with_entries(self) -> tuple[bytes, ...]:
        """Every exchange that has an entry."""
        return tuple(bytes(each) for each in self._connection.execute(_WITH_ENTRIES).scalars())

    def entry(self, exchange: bytes, position: int) -> EntryRow | None:
        """The entry at one place of a chain."""
        row = self._connection.execute(_ENTRY, {"of": exchange, "place": position}).first()
        return None if row is None else _entry(row)

    def place_of(self, exchange: bytes, act: bytes) -> int | None:
        """The position of an act in a chain; None while it has none."""
        found = self._connection.execute(_PLACE_OF, {"of": exchange, "by": act}).scalar_one_or_none()
        return None if found is None else int(found)

    def early(self, ids: Iterable[bytes]) -> dict[tuple[bytes, int], EntryRow]:
        """Entries that came before the ones that precede them."""
        found = map(_entry, among(self._connection, _EARLY, ids))
        return {(row.exchange, row.position): row for row in found}

    def add_outcomes(self, rows: Sequence[OutcomeRow]) -> None:
        """Answers are given once; a second one for the same subject fails the transaction."""
        add_rows(self._connection, outcomes, rows)

    def outcomes(self, subjects: Iterable[bytes]) -> dict[bytes, OutcomeRow]:
        """The answers that were given about these subjects."""
        return {row.subject: row for row in map(_outcome, among(self._connection, _OUTCOMES, subjects))}

    def all_outcomes(self) -> tuple[OutcomeRow, ...]:
        """Everything that this node ever answered."""
        return tuple(map(_outcome, self._connection.execute(_ALL_OUTCOMES)))

    def outcomes_of(self, exchange: bytes) -> tuple[OutcomeRow, ...]:
        """Every answer given in an exchange, in the order of the ledger."""
        return tuple(map(_outcome, self._connection.execute(_OUTCOMES_OF, {"of": exchange})))

    def unplaced(self) -> tuple[OutcomeRow, ...]:
        """Own acts that were sent in exchanges that have no place here yet, in the order of the ledger."""
        query = (
            select(outcomes)
            .where(
                outcomes.c.kind == "proposed",
                ~select(exchanges.c.id).where(exchanges.c.id == outcomes.c.exchange).exists(),
            )
            .order_by(outcomes.c.leaf)
        )
        return tuple(map(_outcome, self._connection.execute(query)))

    def add_receipts(self, rows: Iterable[ReceiptRow]) -> None:
        """Proofs are kept; a proof of the same from the same issuer that is here already stays as it is."""
        wanted = {(row.subject, row.issuer): row for row in rows}
        add_rows(self._connection, receipts, list(wanted.values()), known_stay=True)

    def receipts_for(self, subject: bytes) -> tuple[ReceiptRow, ...]:
        """What others proved about a subject."""
        return tuple(map(_receipt, self._connection.execute(_RECEIPTS_FOR, {"about": subject})))

    def all_receipts(self) -> tuple[ReceiptRow, ...]:
        """Every proof of another party."""
        return tuple(map(_receipt, self._connection.execute(_ALL_RECEIPTS)))

    def receipts_of(self, exchange: bytes) -> tuple[ReceiptRow, ...]:
        """What others proved in an exchange."""
        query = (
            select(receipts)
            .where(receipts.c.exchange == exchange)
            .order_by(receipts.c.at, receipts.c.subject)
        )
        return tuple(map(_receipt, self._connection.execute(query)))

    def set_clocks(self, changed: Mapping[bytes, Sequence[ClockRow]]) -> None:
        """The clocks of each exchange named are exactly these from now on."""
        among(self._connection, _DROP_CLOCKS, changed)
        add_rows(self._connection, clocks, [row for rows in changed.values() for row in rows])

    def clocks_due(self, now: int) -> tuple[ClockRow, ...]:
        """Clocks whose time has come, the oldest first."""
        return tuple(map(_clock, self._connection.execute(_CLOCKS_DUE, {"now": now})))

    def clocks_of(self, exchange: bytes) -> tuple[ClockRow, ...]:
        """The running clocks of an exchange, the next one first."""
        query = select(clocks).where(clocks.c.exchange == exchange).order_by(clocks.c.due_at, clocks.c.clock)
        return tuple(map(_clock, self._connection.execute(query)))

    def next_clock(self, after: int) -> int | None:
        """When the next clock that has not run out will run out."""
        query = select(clocks.c.due_at).where(clocks.c.due_at > after).order_by(clocks.c.due_at).limit(1)
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else int(found)

    def reminded(self, row: ClockRow, at: int) -> None:
        """The officer was told about this clock."""
        self._connection.execute(
            update(clocks)
            .where(clocks.c.exchange == row.exchange, clocks.c.clock == row.clock)
            .values(reminded_at=at)
        )


def _exchange(row: Any) -> ExchangeRow:
    return ExchangeRow(
        id=bytes(row.id),
        procedure=row.procedure,
        host=row.host,
        opener=row.opener,
        stage=row.stage,
        position=int(row.position),
        standing=bytes(row.standing),
        lane=int(row.lane),
        changed_at=int(row.changed_at),
        quarantine=row.quarantine,
    )


def _entry(row: Any) -> EntryRow:
    return EntryRow(
        exchange=bytes(row.exchange),
        position=int(row.position),
        act=bytes(row.act),
        record=bytes(row.record),
        receipt=None if row.receipt is None else bytes(row.receipt),
    )


def _outcome(row: Any) -> OutcomeRow:
    return OutcomeRow(
        subject=bytes(row.subject),
        exchange=bytes(row.exchange),
        kind=row.kind,
        code=row.code,
        leaf=int(row.leaf),
    )


def _receipt(row: Any) -> ReceiptRow:
    return ReceiptRow(
        subject=bytes(row.subject),
        issuer=row.issuer,
        kind=row.kind,
        exchange=bytes(row.exchange),
        receipt=bytes(row.receipt),
        at=int(row.at),
    )


def _clock(row: Any) -> ClockRow:
    return ClockRow(
        exchange=bytes(row.exchange),
        clock=row.clock,
        due_at=int(row.due_at),
        statutory=bool(row.statutory),
        act=row.act,
        reminded_at=int(row.reminded_at),
    )
