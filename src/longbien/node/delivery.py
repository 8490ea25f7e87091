"""Getting what is in the outbox to the other nodes, and believing nothing but their receipts.

What it knows: requests, answers, back-off. What it must never know: sockets (a request is bytes that somebody carries: HTTP
or a pouch). A row leaves the outbox only for a receipt that verifies (promise P2); everything else is tried again for ever,
more and more rarely, with a reason that the officer can read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from longbien.keys import Refused as NoKey
from longbien.keys.lifetimes import SEAL_KEY_GRACE
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.receipt import Receipt
from longbien.node.book import Book
from longbien.node.directory import Directory
from longbien.node.evidence import Evidence
from longbien.node.heads import Heads, HeadsDiffer
from longbien.node.jobs import Settled, Touch
from longbien.node.ports import Broken, Entropy, Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.outbox_rows import OutboxRow
from longbien.wire import cbor, envelope, parcel
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields, checked_bytes, checked_int
from longbien.wire.parcel import Answer, Deferred, Receipted, Refused
from longbien.wire.suites import OpenKey, SealKey, Suites

ROWS_MAX = 64
LANES = (0, 1)
# The kinds of rows whose subject is the digest of an act.
_WITH_ACT = ("propose", "entry")
# Each lane adds one head at most before the next answer joins them.
KNOWN_MAX = 8
# Envelopes are at most 1 MiB; a request holds at least one and stays below what a peer accepts.
REQUEST_BYTES_MAX = 4 << 20

# Milliseconds: the first pause, the longest one, and the one after a definite "no" that only people can mend.
FIRST_PAUSE = 1_000
LONGEST_PAUSE = 15 * 60_000
REFUSED_PAUSE = 60 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One request to one peer: the rows in it, in order, its bytes, and the heads of the peer that it asks to be joined.

    `digest` is the SHA-256 of the body; `body` is empty when the request has left and only its answer is still awaited.
    """

    peer: str
    lane: int
    rows: tuple[OutboxRow, ...]
    body: bytes
    digest: bytes
    known: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came: who says to have sent it, the envelopes, and the sizes of our heads that the sender holds."""

    sender: str
    known: tuple[int, ...]
    envelopes: tuple[bytes, ...]
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What an answer settled: how many rows have receipts, how many wait, and the code of the first that waits."""

    receipted: int
    waiting: int
    reason: str


def encode_request(sender: str, known: Sequence[int], envelopes: Sequence[bytes]) -> bytes:
    """The bytes of a request."""
    return cbor.encode(
        {"from": sender, "known": list(known), "envelopes": list(envelopes)}, limit=2 * REQUEST_BYTES_MAX
    )


def read_request(body: bytes) -> Request:
    """The request in these bytes.

    Raises:
        Malformed: the codes of `cbor.decode` and `Fields`.
    """
    fields = Fields(cbor.decode(body, limit=2 * REQUEST_BYTES_MAX), "request")
    request = Request(
        sender=fields.text("from", max=16),
        known=tuple(
            checked_int(size, "request.known", min=1) for size in fields.array("known", max=KNOWN_MAX)
        ),
        envelopes=fields.byte_strings(
            "envelopes", max=envelope.ENVELOPE_BYTES_MAX, items=ROWS_MAX, min_items=1
        ),
        digest=cbor.digest(body),
    )
    fields.done()
    return request


def pause_after(tries: int, jitter: bytes) -> int:
    """How long to wait after so many failures: doubling, bounded, and spread by a quarter so that nodes do not march."""
    longest = min(FIRST_PAUSE << min(tries, 20), LONGEST_PAUSE)
    return longest * 3 // 4 + longest * jitter[0] // 1024


class Delivery:
    """The sending side of one node."""

    def __init__(
        self,
        store: Store,
        book: Book,
        directory: Directory,
        sequencer: Sequencer,
        heads: Heads,
        evidence: Evidence,
        *,
        keys: Mapping[bytes, OpenKey],
        suites: Suites,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._book = book
        self._directory = directory
        self._sequencer = sequencer
        self._heads = heads
        self._evidence = evidence
        self._keys = keys
        self._suites = suites
        self._now = now
        self._entropy = entropy

    def lanes(self) -> tuple[tuple[str, int, int], ...]:
        """(peer, lane, ms when it may next be tried) for every lane that holds something, urgent lanes first."""
        now = self._now()
        with self._store.transaction() as tx:
            waiting = tx.outbox.lanes()
            resting = {party: _due(at, now) for party, at in tx.peers.rests().items()} if waiting else {}
        found = [(peer, lane, max(_due(at, now), resting.get(peer, 0))) for peer, lane, at in waiting]
        return tuple(sorted(found, key=lambda item: (item[1], item[2], item[0])))

    def collect(self, peer: str, lane: int, *, behind: Consignment | None = None) -> Consignment | None:
        """The next request for a peer; `None` when nothing may go now. The reason is then in the outbox or the peer's row.

        The one `behind` another that is still under way is made only when it is full: a smaller one had better wait and grow.
        """
        now = self._now()
        last = 0 if behind is None else behind.rows[-1].id
        with self._store.transaction() as tx:
            rows = tx.outbox.waiting(peer, lane, now, longest=REFUSED_PAUSE, limit=ROWS_MAX, behind=last)
            if behind is not None and len(rows) < ROWS_MAX:
                return None
            key = self._directory.seal_key(peer, now)
            if isinstance(key, NoKey):
                # Public papers may go under a key that has ended and is not destroyed yet: they bring the next ones.
                rows, others = _parted(rows)
                if others:
                    tx.outbox.put_off(others, next_at=now + LONGEST_PAUSE, reason=key.code)
                key = self._directory.seal_key(peer, now, grace=SEAL_KEY_GRACE)
            if isinstance(key, NoKey):
                if rows:
                    tx.outbox.put_off([row.id for row in rows], next_at=now + LONGEST_PAUSE, reason=key.code)
                return None
            if not rows:
                return None
            parcels = self._parcels(tx, rows)
        return self._seal(peer, lane, rows, parcels, key, self._heads.tips(peer))

    def collect_all(self, peer: str, key: SealKey) -> Iterator[Consignment]:
        """Everything that waits for a peer, resting or not, in as many requests as it takes, urgent ones first."""
        for lane in LANES:
            last = 0
            while True:
                with self._store.transaction() as tx:
                    rows = tx.outbox.after(peer, lane, last, limit=ROWS_MAX)
                    parcels = self._parcels(tx, rows)
                if not rows:
                    break
                sent = self._seal(peer, lane, rows, parcels, key, self._heads.tips(peer))
                last = sent.rows[-1].id
                yield sent

    def _seal(
        self,
        peer: str,
        lane: int,
        rows: Sequence[OutboxRow],
        parcels: Sequence[bytes],
        key: SealKey,
        known: tuple[int, ...],
    ) -> Consignment:
        envelopes: list[bytes] = []
        size = 0
        for sent in parcels:
            sealed = envelope.seal(
                sent, to=key, envelope_id=self._entropy(envelope.ID_BYTES), suites=self._suites
            )
            size += len(sealed)
            if envelopes and size > REQUEST_BYTES_MAX:
                break
            envelopes.append(sealed)
        body = encode_request(self._directory.own.party, known, envelopes)
        return Consignment(
            peer=peer,
            lane=lane,
            rows=tuple(rows[: len(envelopes)]),
            body=body,
            digest=cbor.digest(body),
            known=known,
        )

    def _parcels(self, tx: Transaction, rows: Sequence[OutboxRow]) -> list[bytes]:
        acts = tx.ledger.statements(row.subject for row in rows if row.kind in _WITH_ACT)
        return [self._parcel(tx, row, acts) for row in rows]

    def _parcel(self, tx: Transaction, row: OutboxRow, acts: Mapping[bytes, bytes]) -> bytes:
        sender = self._directory.own.party
        match row.kind:
            case "propose":
                return parcel.encode(parcel.Propose(sender=sender, act=_act(acts, row.subject)))
            case "entry":
                outcome = tx.exchanges.outcomes([row.subject])[row.subject]
                receipt = receipts.encode(self._book.receipt(tx, outcome.leaf))
                return parcel.encode(
                    parcel.Entry(sender=sender, act=_act(acts, row.subject), receipt=receipt)
                )
            case "descriptor":
                return parcel.encode(parcel.Descriptor(sender=sender, chain=self._directory.own.statements))
            case "witness":
                return parcel.encode(self._heads.witness(tx, row.peer))
            case "manifest" | "custody" | "keys":
                return parcel.encode(self._evidence.parcel(tx, row))
            case _:
                raise Broken("OUTBOX_KIND", row.kind)

    def settle(self, sent: Consignment, answer: bytes) -> Delivered:
        """What the peer's answer is worth: verified receipts settle their rows, everything else waits with its reason."""
        try:
            read = self._read(sent, answer)
            head = self._heads.follow(sent.peer, read, known=sent.known)
        except Malformed as fault:
            return self.failed(sent, fault.code)
        except HeadsDiffer:
            return self.failed(sent, "LEDGER_FORK")
        settled: list[Settled] = []
        waiting: list[tuple[OutboxRow, str, int]] = []
        for row, item in zip(sent.rows, read.answers, strict=True):
            if isinstance(item, Receipted):
                try:
                    settled.append(self._settled(row, item, read))
                except Malformed as fault:
                    waiting.append((row, fault.code, REFUSED_PAUSE))
            else:
                pause = self._pause(row, item)
                waiting.append((row, item.code, pause))
        self._sequencer.run([*settled, head, self._rest(sent.peer, waiting)])
        return Delivered(
            receipted=len(settled), waiting=len(waiting), reason=waiting[0][1] if waiting else ""
        )

    def _pause(self, row: OutboxRow, item: Deferred | Refused) -> int:
        if isinstance(item, Refused):
            return REFUSED_PAUSE
        # This answer has just told us which of our heads the peer holds: the next try will fit.
        return FIRST_PAUSE if item.code == "HEAD_UNJOINED" else pause_after(row.tries, self._entropy(1))

    def _rest(self, peer: str, waiting: Sequence[tuple[OutboxRow, str, int]]) -> Touch:
        """The peer was reached, and what was not settled waits with its reason."""
        now = self._now()

        def write(tx: Transaction) -> None:
            tx.peers.reached(peer, now)
            for row, reason, pause in waiting:
                tx.outbox.put_off([row.id], next_at=now + pause, reason=reason)

        return Touch(leaf=None, write=write)

    def failed(self, sent: Consignment, reason: str) -> Delivered:
        """The peer was not reached, or answered nonsense: all of it stays, and the peer rests for a while."""
        now = self._now()
        with self._store.transaction() as tx:
            known = tx.peers.one(sent.peer)
            tries = 0 if known is None else known.tries
            tx.peers.failed(sent.peer, next_at=now + pause_after(tries, self._entropy(1)), reason=reason)
        return Delivered(receipted=0, waiting=len(sent.rows), reason=reason)

    def open_answer(self, raw: bytes) -> Answer:
        """The answer in a sealed envelope, of whomever and about whatever it says; raises `Malformed`."""
        opened = parcel.decode(envelope.open_envelope(raw, self._keys, self._suites))
        if not isinstance(opened, Answer):
            raise Malformed("ANSWER_KIND", type(opened).__name__)
        return opened

    def _read(self, sent: Consignment, raw: bytes) -> Answer:
        opened = self.open_answer(raw)
        if opened.sender != sent.peer or opened.request != sent.digest:
            raise Malformed("ANSWER_OTHER_REQUEST", opened.sender)
        if len(opened.answers) != len(sent.rows):
            raise Malformed("ANSWER_COUNT", str(len(opened.answers)))
        return opened

    def _settled(self, row: OutboxRow, item: Receipted, answer: Answer) -> Settled:
        """The receipt proves what it should: the right record, in the peer's ledger, under a head that continues.

        Raises:
            Malformed: RECEIPT_OTHER_SUBJECT, RECEIPT_KIND, and the codes of `Directory.receipt` and `Heads.covered`.
        """
        receipt = receipts.decode(item.receipt)
        head = self._directory.receipt(row.peer, receipt)
        self._heads.covered(head, answer)
        record = records.decode(receipt.record)
        match row.kind, record:
            case "propose", records.Entry() | records.Rejection():
                subject = record.act
            case "entry", records.Received():
                subject = record.act
            case "descriptor" | "witness", records.Notice():
                subject = row.subject
            case "manifest" | "custody" | "keys", records.Notice(kind="took"):
                subject = checked_bytes(dict(record.fields).get("subject"), "receipt.subject", size=32)
            case _:
                raise Malformed("RECEIPT_KIND", record.kind)
        if subject != row.subject:
            raise Malformed("RECEIPT_OTHER_SUBJECT", record.kind)
        return Settled(
            row=row,
            receipt=item.receipt,
            kind=record.kind,
            record=record if isinstance(record, records.Entry) else None,
        )


def _parted(rows: Sequence[OutboxRow]) -> tuple[tuple[OutboxRow, ...], tuple[int, ...]]:
    """The rows that carry papers, and the numbers of all others."""
    papers = tuple(row for row in rows if row.kind == "descriptor")
    return papers, tuple(row.id for row in rows if row.kind != "descriptor")


def _due(at: int, now: int) -> int:
    """When something put off until `at` is due: a turn beyond every pause was noted under a clock that was wrong, so now."""
    return at if at <= now + REFUSED_PAUSE else now


def _act(acts: Mapping[bytes, bytes], digest: bytes) -> bytes:
    if digest not in acts:
        raise Broken("STATEMENT_MISSING", digest.hex())
    return acts[digest]


def outcome_of(receipt: Receipt) -> str:
    """What a receipt says to an officer: "accepted", or the code of the rejection or verdict."""
    record = records.decode(receipt.record)
    match record:
        case records.Rejection():
            return record.code
        case records.Received():
            return record.verdict
        case _:
            return "accepted"
