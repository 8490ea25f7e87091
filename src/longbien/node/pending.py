"""The rows that a batch is going to write, and the one moment when it writes them.

What it knows: how decisions become rows of the store. What it must never know: why they were decided. Leaves take their
positions as they are added, so that everything else can name them before anything is written.
"""

from collections.abc import Callable
from dataclasses import replace

from longbien.exchange import Standing
from longbien.ledger import records
from longbien.ledger.records import Entry
from longbien.node import finding
from longbien.node.book import Leaf
from longbien.store.database import Transaction
from longbien.store.event_rows import EventRow
from longbien.store.evidence_rows import NamingRow
from longbien.store.exchange_rows import ClockRow, EntryRow, ExchangeRow, OutcomeRow, ReceiptRow
from longbien.store.ledger_rows import StatementRow
from longbien.store.outbox_rows import OutboxRow
from longbien.store.page_rows import PageRow
from longbien.store.queue_rows import QueueRow
from longbien.wire.statement import Statement

Write = Callable[[Transaction], None]
"""Rows of another room that are written in the same transaction."""


class Pending:
    """What a batch has decided so far; `size` is that of the ledger before it, `now` (ms) the time of all its rows."""

    def __init__(self, *, size: int, now: int) -> None:
        self.now = now
        self.leaves: list[Leaf] = []
        self.statements: dict[bytes, StatementRow] = {}
        self.entries: dict[tuple[bytes, int], EntryRow] = {}
        self.writes: list[Write] = []
        self._size = size
        self._fresh: dict[bytes, ExchangeRow] = {}
        self._changed: dict[bytes, ExchangeRow] = {}
        self._clocks: dict[bytes, list[ClockRow]] = {}
        self._outcomes: list[OutcomeRow] = []
        self._receipts: list[ReceiptRow] = []
        self._outbox: list[OutboxRow] = []
        self._done: list[int] = []
        self._sent: list[tuple[bytes, bytes]] = []
        self._namings: list[NamingRow] = []
        self._fresh_lines: dict[bytes, QueueRow] = {}
        self._changed_lines: dict[bytes, QueueRow] = {}
        self._pages: list[PageRow] = []
        self._heard: dict[bytes, str] = {}
        self._events: list[EventRow] = []
        self._renamed: set[bytes] = set()

    def leaf(self, *leaves: Leaf) -> int:
        """The position that the first of these leaves will have."""
        position = self._size + len(self.leaves)
        self.leaves.extend(leaves)
        return position

    def record(self, record: records.Record) -> int:
        """The position of a leaf for this record."""
        return self.leaf(Leaf(kind=record.kind, record=records.encode(record)))

    def keep(self, statement: Statement) -> None:
        """The signed bytes stay."""
        self.statements[statement.digest] = StatementRow(
            digest=statement.digest, kind=statement.kind, issuer=statement.issuer, raw=statement.raw
        )

    def entry(self, entry: Entry, receipt: bytes | None) -> EntryRow:
        """A place of a chain is taken."""
        row = EntryRow(
            exchange=entry.exchange,
            position=entry.position,
            act=entry.act,
            record=records.encode(entry),
            receipt=receipt,
        )
        self.entries[row.exchange, row.position] = row
        return row

    def stands(
        self, standing: Standing, *, before: Standing | None, row: ExchangeRow | None, lane: int
    ) -> ExchangeRow:
        """The exchange stands here now, and stood there before; `row` is what the store has of it."""
        known = row or ExchangeRow(
            id=standing.exchange,
            procedure=standing.procedure,
            host=standing.host,
            opener=standing.opener,
            stage=standing.stage,
            position=standing.position,
            standing=b"",
            lane=lane,
            changed_at=self.now,
            quarantine=None,
        )
        current = replace(
            known,
            stage=standing.stage,
            position=standing.position,
            standing=standing.encode(),
            changed_at=self.now,
        )
        self._put(current, new=row is None)
        if before is not None and before.clocks == standing.clocks:
            # Nothing to write, and what was told about these clocks is not told again.
            return current
        self._clocks[standing.exchange] = [
            ClockRow(
                exchange=standing.exchange,
                clock=clock.id,
                due_at=clock.due_at,
                statutory=clock.statutory,
                act=clock.acts,
                reminded_at=0,
            )
            for clock in standing.clocks
        ]
        return current

    def quarantined(self, row: ExchangeRow, code: str) -> ExchangeRow:
        """Nothing more happens in this exchange until people have looked at it."""
        current = replace(row, quarantine=code, changed_at=self.now)
        self._put(current, new=False)
        return current

    def _put(self, row: ExchangeRow, *, new: bool) -> None:
        target = self._fresh if new or row.id in self._fresh else self._changed
        target[row.id] = row

    def line(self, row: QueueRow, *, new: bool, renamed: bool) -> None:
        """The exchange has this line in the queue now, under the names that it had or under others."""
        target = self._fresh_lines if new or row.exchange in self._fresh_lines else self._changed_lines
        target[row.exchange] = row
        if renamed:
            self._renamed.add(row.exchange)

    def wakes(self, page: PageRow) -> None:
        """Somebody has to be woken for an exchange."""
        self._pages.append(page)

    def heard(self, exchange: bytes, stage: str) -> None:
        """Nobody has to be woken for it any more: it was acknowledged, or closed without us."""
        self._heard[exchange] = stage

    def happened(self, kind: str, exchange: bytes, subject: bytes) -> None:
        """Those who read along hear of it."""
        self._events.append(EventRow(number=0, kind=kind, exchange=exchange, subject=subject, at=self.now))

    def outcome(self, row: OutcomeRow) -> None:
        """An answer was given."""
        self._outcomes.append(row)

    def receipt(self, row: ReceiptRow) -> None:
        """A proof was got."""
        self._receipts.append(row)

    def queue(self, peer: str, kind: str, *, exchange: bytes, subject: bytes, lane: int) -> None:
        """Something has to reach a peer."""
        self._outbox.append(
            OutboxRow(
                id=0,
                peer=peer,
                lane=lane,
                kind=kind,
                exchange=exchange,
                subject=subject,
                queued_at=self.now,
                tries=0,
                next_at=0,
                reason="",
            )
        )

    def delivered(self, identifier: int) -> None:
        """An outbox row has its receipt."""
        self._done.append(identifier)

    def sent(self, draft: bytes, statement: bytes) -> None:
        """A draft became an act."""
        self._sent.append((draft, statement))

    def name(self, digest: bytes, act: bytes, exchange: bytes, peer: str) -> None:
        """An own act names a manifest, towards a peer."""
        self._namings.append(
            NamingRow(digest=digest, act=act, exchange=exchange, peer=peer, sent_at=0, kept_at=0)
        )

    def write(self, tx: Transaction) -> None:
        """Every row, one statement for each table. The ledger's own rows are the caller's."""
        tx.ledger.add_statements(self.statements.values())
        tx.exchanges.save(new=list(self._fresh.values()), changed=list(self._changed.values()))
        tx.exchanges.add_entries(list(self.entries.values()))
        tx.exchanges.add_outcomes(self._outcomes)
        tx.exchanges.add_receipts(self._receipts)
        tx.exchanges.set_clocks(self._clocks)
        tx.queue.save(new=list(self._fresh_lines.values()), changed=list(self._changed_lines.values()))
        if self._renamed:
            finding.renew(tx, [row for row in self._changed_lines.values() if row.exchange in self._renamed])
        tx.pages.raised(self._pages)
        for exchange, stage in self._heard.items():
            tx.pages.arrived_over(exchange, stage, self.now)
        tx.events.add(self._events)
        tx.outbox.add(self._outbox)
        tx.outbox.done(self._done)
        tx.desk.sent(self._sent)
        tx.evidence.add_namings(self._namings)
        for write in self.writes:
            write(tx)
