"""One batch of jobs inside one transaction: dedupe, decide, and write everything that follows from it together.

What it knows: which act gets a place, which entry is taken over, and who has to hear of it. What it must never know:
sockets, signatures, clocks. Everything that a job changes (dedupe mark, effect, entry, leaf, outbox) is written by one
commit, so that a crash leaves either all of it or nothing (promises P1, P3, P14). Rows are read for the whole batch at
once and written one statement for each table, which is what makes a batch cheap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from longbien.exchange import Accepted, Act, Author, Diverged, Standing, follow, step
from longbien.exchange.chain import place
from longbien.law import Lawbook, Refusal, Rules
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.records import Entry, Proposed, Received, Rejection
from longbien.node.book import Leaf, notice
from longbien.node.jobs import (
    HostEntry,
    InLedger,
    Job,
    Noted,
    NotYet,
    Outcome,
    Own,
    Poison,
    Proposal,
    Settled,
    Touch,
)
from longbien.node.lines import Lines
from longbien.node.pending import Pending
from longbien.node.ports import Broken
from longbien.node.readers import ActReader, Reading
from longbien.store.database import Transaction
from longbien.store.exchange_rows import EntryRow, ExchangeRow, OutcomeRow, ReceiptRow
from longbien.wire.statement import Statement

URGENT, ROUTINE = 0, 1


@dataclass(slots=True, kw_only=True)
class _Open:
    """An exchange while a batch works on it."""

    row: ExchangeRow | None
    standing: Standing | None

    @property
    def position(self) -> int:
        return 0 if self.standing is None else self.standing.position

    @property
    def quarantined(self) -> bool:
        return self.row is not None and self.row.quarantine is not None


@dataclass(slots=True)
class _Wanted:
    """What some jobs need from the store: answers, exchanges, those that are followed, drafts, own acts with a place."""

    subjects: set[bytes] = field(default_factory=set)
    exchanges: set[bytes] = field(default_factory=set)
    following: set[bytes] = field(default_factory=set)
    drafts: set[bytes] = field(default_factory=set)
    placed: set[bytes] = field(default_factory=set)

    def add(self, job: Job) -> None:
        match job:
            case Own() | Proposal() | Poison():
                self.subjects.add(job.statement.digest)
                self.exchanges.add(job.statement.subject)
                if isinstance(job, Own) and job.draft is not None:
                    self.drafts.add(job.draft)
            case HostEntry():
                self.subjects.add(records.head(job.entry))
                self.exchanges.add(job.entry.exchange)
                self.following.add(job.entry.exchange)
            case Settled():
                self.exchanges.add(job.row.exchange)
                self.following.add(job.row.exchange)
                if job.record is not None:
                    self.placed.add(job.record.act)
            case Touch():
                if job.subject is not None:
                    self.subjects.add(job.subject)


class Batch:
    """The jobs of one transaction: `load` once, `run` each, then `pending.write` once."""

    def __init__(
        self,
        tx: Transaction,
        *,
        party: str,
        lawbook: Lawbook,
        recent: Mapping[bytes, Reading],
        reader: ActReader,
        size: int,
        now: int,
    ) -> None:
        self.pending = Pending(size=size, now=now)
        self._tx = tx
        self._party = party
        self._lawbook = lawbook
        self._recent = recent
        self._reader = reader
        self._raw: dict[bytes, bytes] = {}
        self._open: dict[bytes, _Open] = {}
        self._known: dict[bytes, OutcomeRow] = {}
        self._sent: dict[bytes, bytes] = {}
        self._early: dict[tuple[bytes, int], EntryRow] = {}
        self._lines = Lines(tx, self.pending, party)

    def load(self, jobs: Iterable[Job]) -> None:
        """Everything that these jobs may need is read, in a handful of queries."""
        wanted = _Wanted()
        for job in jobs:
            wanted.add(job)
        if wanted.drafts:
            self._sent = self._tx.desk.statements_of(wanted.drafts)
        subjects = wanted.subjects | set(self._sent.values())
        if subjects:
            self._known = self._tx.exchanges.outcomes(subjects)
        if wanted.following:
            self._early = self._tx.exchanges.early(wanted.following)
        placed = wanted.placed - self._recent.keys()
        if placed:
            self._raw = self._tx.ledger.statements(placed)
        rows = self._tx.exchanges.find(wanted.exchanges) if wanted.exchanges else {}
        self._lines.load(wanted.exchanges)
        for exchange in wanted.exchanges:
            row = rows.get(exchange)
            standing = None if row is None else Standing.decode(row.standing)
            self._open[exchange] = _Open(row=row, standing=standing)

    def run(self, job: Job) -> Outcome:
        """What became of one job; nothing is written yet."""
        match job:
            case Own():
                return self._own(job)
            case Proposal():
                return self._proposal(job)
            case HostEntry():
                return self._host_entry(job)
            case Settled():
                return self._settled(job)
            case Poison():
                return self._poison(job)
            case Touch():
                return self._touch(job)

    # The host orders.

    def _own(self, job: Own) -> Outcome:
        earlier = None if job.draft is None else self._sent.get(job.draft)
        known = self._known.get(earlier or job.statement.digest)
        if known is not None:
            return InLedger(position=known.leaf, code=known.code)
        exchange = self._exchange(job.act.exchange)
        host = self._host(exchange, job.act)
        if exchange.quarantined:
            return NotYet(code="QUARANTINED")
        self.pending.keep(job.statement)
        if job.draft is not None:
            self.pending.sent(job.draft, job.statement.digest)
            self._sent[job.draft] = job.statement.digest
        if host == self._party:
            placed = self._order(exchange, job.statement, job.act, job.author)
            if not placed.code:
                self._send_along(exchange, job)
            return placed
        proposed = Proposed(exchange=job.act.exchange, act=job.statement.digest, at=self.pending.now)
        position = self.pending.record(proposed)
        self._answer(job.statement.digest, job.act.exchange, proposed.kind, "", position)
        self._lines.sent(job.act, self._rules(exchange, job.act), job.statement.digest)
        self.pending.queue(
            host,
            "propose",
            exchange=job.act.exchange,
            subject=job.statement.digest,
            lane=_lane(exchange, job.act),
        )
        self._send_along(exchange, job)
        return InLedger(position=position)

    def _send_along(self, exchange: _Open, job: Own) -> None:
        """Manifests follow the act that names them; their keys wait (`evidence.release`)."""
        lane = _lane(exchange, job.act)
        for named in job.names:
            for peer in named.peers:
                self.pending.name(named.digest, job.statement.digest, job.act.exchange, peer)
                self.pending.queue(
                    peer, "manifest", exchange=job.act.exchange, subject=named.digest, lane=lane
                )

    def _proposal(self, job: Proposal) -> Outcome:
        known = self._known.get(job.statement.digest)
        if known is not None:
            return InLedger(position=known.leaf, code=known.code)
        exchange = self._exchange(job.statement.subject)
        if exchange.quarantined:
            return NotYet(code="QUARANTINED")
        if exchange.standing is None and job.act.opening is None:
            # Perhaps the opening is still on its way, or this node lost its disk: the sender keeps the act.
            return NotYet(code="EXCHANGE_UNKNOWN")
        self.pending.keep(job.statement)
        if self._host(exchange, job.act) != self._party:
            return self._reject(exchange, job.statement, "HOST_WRONG", self._host(exchange, job.act))
        return self._order(exchange, job.statement, job.act, job.author)

    def _poison(self, job: Poison) -> Outcome:
        known = self._known.get(job.statement.digest)
        if known is not None:
            return InLedger(position=known.leaf, code=known.code)
        self.pending.keep(job.statement)
        return self._reject(self._exchange(job.statement.subject), job.statement, job.fault, "payload")

    def _order(self, exchange: _Open, statement: Statement, act: Act, author: Author) -> InLedger:
        result = step(self._rules(exchange, act), exchange.standing, act, author=author, at=self.pending.now)
        if not isinstance(result, Accepted):
            return self._reject(exchange, statement, result.code, result.detail)
        lane = _lane(exchange, act)
        standing, entry = place(result, statement.digest, self.pending.now)
        position = self.pending.record(entry)
        self.pending.entry(entry, None)
        self._move(exchange, standing, lane)
        self._lines.placed(standing, act, author, self._rules(exchange, act), statement.digest)
        self._answer(statement.digest, act.exchange, entry.kind, "", position)
        for party in standing.parties:
            if party not in {self._party, author.party}:
                self.pending.queue(party, "entry", exchange=act.exchange, subject=statement.digest, lane=lane)
        return InLedger(position=position)

    def _reject(self, exchange: _Open, statement: Statement, code: str, detail: str) -> InLedger:
        standing = exchange.standing
        rejection = Rejection(
            exchange=statement.subject,
            act=statement.digest,
            at=self.pending.now,
            code=code,
            stage="" if standing is None else standing.stage,
            position=exchange.position,
            head=records.NO_HEAD if standing is None else standing.head,
        )
        position = self.pending.record(rejection)
        self._answer(statement.digest, statement.subject, rejection.kind, code, position)
        return InLedger(position=position, code=code, detail=detail)

    # Everybody else follows.

    def _host_entry(self, job: HostEntry) -> Outcome:
        known = self._known.get(records.head(job.entry))
        if known is not None:
            return InLedger(position=known.leaf, code=known.code)
        exchange = self._exchange(job.entry.exchange)
        if exchange.quarantined:
            return NotYet(code="QUARANTINED")
        if job.entry.position > exchange.position + 1:
            return NotYet(code="ENTRY_GAP")
        if self._rules(exchange, job.act) is None:
            return NotYet(code="RULES_UNKNOWN")
        self.pending.keep(job.statement)
        if self._host(exchange, job.act) != job.host:
            fault = "HOST_WRONG"
        elif job.entry.position <= exchange.position:
            fault = self._compare_old(job.entry)
        else:
            fault = self._follow(exchange, job.act, job.author, job.entry, job.receipt)
        return self._receive(exchange, job.entry, fault)

    def _receive(self, exchange: _Open, entry: Entry, fault: str) -> Outcome:
        """The receipt that this node gives for an entry; a fault in it quarantines the exchange, and only that."""
        if fault:
            self._quarantine(exchange, entry, fault)
        received = Received(
            exchange=entry.exchange,
            position=entry.position,
            entry=records.head(entry),
            act=entry.act,
            at=self.pending.now,
            verdict=fault or records.APPLIED,
            state=records.NO_HEAD if exchange.standing is None else exchange.standing.digest,
        )
        position = self.pending.record(received)
        self._answer(received.entry, entry.exchange, received.kind, fault, position)
        return InLedger(position=position, code=fault)

    def _settled(self, job: Settled) -> Outcome:
        """The peer proved that it has what waited in the outbox."""
        self.pending.delivered(job.row.id)
        self.pending.receipt(
            ReceiptRow(
                subject=job.row.subject,
                issuer=job.row.peer,
                kind=job.kind,
                exchange=job.row.exchange,
                receipt=job.receipt,
                at=self.pending.now,
            )
        )
        if job.record is not None:
            exchange = self._exchange(job.row.exchange)
            fault = "" if exchange.quarantined else self._place_own(exchange, job.record, job.receipt)
            if fault:
                self._quarantine(exchange, job.record, fault)
        elif job.kind == Rejection.kind:
            self._lines.refused(job.row.exchange, _refusal(job.receipt), job.row.subject)
        return Noted()

    def _place_own(self, exchange: _Open, entry: Entry, receipt: bytes) -> str:
        """An own act got its place: it is applied now, or as soon as the entries before it have come."""
        if entry.position <= exchange.position:
            return self._compare_old(entry)
        if entry.position > exchange.position + 1:
            key = (entry.exchange, entry.position)
            if key not in self._early:
                self._early[key] = self.pending.entry(entry, receipt)
            return ""
        act, author = self._stored(entry.act)
        return self._follow(exchange, act, author, entry, receipt)

    def _follow(self, exchange: _Open, act: Act, author: Author, entry: Entry, receipt: bytes) -> str:
        """Takes over one entry, then those that waited for it; the code of the first fault, or nothing."""
        self.pending.entry(entry, receipt)
        while True:
            result = follow(
                self._rules(exchange, act), exchange.standing, act, entry, act_digest=entry.act, author=author
            )
            if isinstance(result, Diverged):
                self.pending.entries.pop((entry.exchange, entry.position), None)
                return result.code
            for doubt in result.doubts:
                self.pending.leaf(_doubt(entry, doubt))
            self._move(exchange, result.standing, _lane(exchange, act))
            self._lines.placed(result.standing, act, author, self._rules(exchange, act), entry.act)
            waiting = self._early.pop((entry.exchange, entry.position + 1), None)
            if waiting is None:
                return ""
            following = records.decode(waiting.record)
            assert isinstance(following, Entry)
            entry = following
            act, author = self._stored(entry.act)

    def _compare_old(self, entry: Entry) -> str:
        """An entry for a place that is taken must be the entry that took it; else the host wrote two histories (P7)."""
        held = self.pending.entries.get((entry.exchange, entry.position)) or self._tx.exchanges.entry(
            entry.exchange, entry.position
        )
        if held is None:
            raise Broken("CHAIN_HOLE", f"{entry.exchange.hex()} {entry.position}")
        return "" if held.record == records.encode(entry) else "CHAIN_FORK"

    # What both need.

    def _exchange(self, exchange: bytes) -> _Open:
        found = self._open.get(exchange)
        if found is None:
            raise Broken("BATCH_NOT_LOADED", exchange.hex())
        return found

    def _rules(self, exchange: _Open, act: Act) -> Rules | None:
        named = exchange.standing or act.opening
        return None if named is None else self._lawbook.rules(named.procedure, named.version)

    def _host(self, exchange: _Open, act: Act) -> str:
        named = exchange.standing or act.opening
        return "" if named is None else named.host

    def _move(self, exchange: _Open, standing: Standing, lane: int) -> None:
        exchange.row = self.pending.stands(standing, before=exchange.standing, row=exchange.row, lane=lane)
        exchange.standing = standing

    def _quarantine(self, exchange: _Open, entry: Entry, code: str) -> None:
        self.pending.leaf(notice("quarantine", exchange=entry.exchange, position=entry.position, code=code))
        if exchange.row is not None:
            exchange.row = self.pending.quarantined(exchange.row, code)
            self._lines.troubled(entry.exchange, code)

    def _answer(self, subject: bytes, exchange: bytes, kind: str, code: str, leaf: int) -> None:
        row = OutcomeRow(subject=subject, exchange=exchange, kind=kind, code=code, leaf=leaf)
        # The same act twice in one batch must find the first one's answer.
        self._known[subject] = row
        self.pending.outcome(row)

    def _touch(self, job: Touch) -> Outcome:
        known = None if job.subject is None else self._known.get(job.subject)
        if known is not None:
            return InLedger(position=known.leaf, code=known.code)
        if job.fits is None:
            self.pending.writes.append(job.write)
        elif code := job.fits(self._tx):
            return NotYet(code=code)
        else:
            # At once, so that the next one that asks sees it.
            job.write(self._tx)
        if job.leaf is None:
            return Noted()
        position = self.pending.leaf(job.leaf)
        if job.subject is not None:
            self._answer(job.subject, bytes(16), job.leaf.kind, "", position)
        return InLedger(position=position)

    def _stored(self, act_digest: bytes) -> Reading:
        known = self._recent.get(act_digest)
        if known is not None:
            return known
        pending = self.pending.statements.get(act_digest)
        raw = self._raw.get(act_digest) if pending is None else pending.raw
        if raw is None:
            raw = self._tx.ledger.statement(act_digest)
        if raw is None:
            raise Broken("STATEMENT_MISSING", act_digest.hex())
        return self._reader(raw)


def _refusal(receipt: bytes) -> str:
    """Why the host gave an act of ours no place."""
    record = records.decode(receipts.decode(receipt).record)
    assert isinstance(record, Rejection), "the receipt was verified as one of a rejection"
    return record.code


def _doubt(entry: Entry, doubt: Refusal) -> Leaf:
    """By this node's own treaty data something was not open when the host ordered the act: kept, and nothing else."""
    return notice(
        "doubt", exchange=entry.exchange, position=entry.position, code=doubt.code, detail=doubt.detail
    )


def _lane(exchange: _Open, act: Act) -> int:
    return lane_of(act) if exchange.row is None else exchange.row.lane


def lane_of(opening: Act) -> int:
    """The lane of an exchange that this act opens."""
    return URGENT if opening.body.get("urgency") in {"urgent", "emergency"} else ROUTINE
