"""What the leaves of this node's ledger say that its rows must hold: read once, leaf after leaf.

What it knows: which row every kind of leaf leaves behind. What it must never know: the rows. A leaf cannot be changed unseen, so
whatever follows from one is what a row has to say, whoever edited the database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from longbien.evidence import custody
from longbien.ledger import records
from longbien.ledger.records import APPLIED, Entry, Notice, Proposed, Received, Rejection
from longbien.store import Transaction
from longbien.store.exchange_rows import OutcomeRow
from longbien.wire.cbor import Malformed, digest

_NO_EXCHANGE = bytes(16)
# Touches whose subject stands in their leaf.
TOOK = "took"

Said = Mapping[str, records.Scalar]


@dataclass(slots=True)
class Due:
    """What has to be there, from the leaves.

    `answers` by subject; `entries` are the records that this host ordered, by act; `received` the digests of entries of other
    hosts that were taken over, with their acts; `events` own custody events in order; `notices` every other notice that names rows,
    by kind, in order.
    """

    answers: dict[bytes, OutcomeRow] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    entries: dict[bytes, bytes] = field(default_factory=dict)
    received: dict[bytes, bytes] = field(default_factory=dict)
    acts: set[bytes] = field(default_factory=set)
    events: dict[bytes, custody.Event] = field(default_factory=dict)
    notices: dict[str, list[Said]] = field(default_factory=dict)
    unreadable: list[int] = field(default_factory=list)

    def said(self, kind: str) -> Iterator[Said]:
        """Every notice of this kind, the oldest first."""
        return iter(self.notices.get(kind, ()))

    def _answer(self, subject: bytes, exchange: bytes, kind: str, code: str, leaf: int) -> None:
        made = OutcomeRow(subject=subject, exchange=exchange, kind=kind, code=code, leaf=leaf)
        self.answers.setdefault(subject, made)

    def add(self, position: int, raw: bytes) -> None:
        """One more leaf; raises `Malformed` where it is no record."""
        match record := records.decode(raw):
            case Proposed():
                self.acts.add(record.act)
                self._answer(record.act, record.exchange, record.kind, "", position)
            case Entry():
                self.acts.add(record.act)
                self.entries[record.act] = raw
                self._answer(record.act, record.exchange, record.kind, "", position)
            case Rejection():
                self.acts.add(record.act)
                self._answer(record.act, record.exchange, record.kind, record.code, position)
            case Received():
                self.acts.add(record.act)
                code = "" if record.verdict == APPLIED else record.verdict
                if not code:
                    self.received[record.entry] = record.act
                self._answer(record.entry, record.exchange, record.kind, code, position)
            case Notice(kind=custody.KIND):
                name = digest(raw)
                self.events[name] = custody.of_record(record)
                self._answer(name, _NO_EXCHANGE, record.kind, "", position)
            case Notice():
                said = dict(record.fields)
                self.notices.setdefault(record.kind, []).append(said)
                if record.kind == TOOK and isinstance(subject := said.get("subject"), bytes):
                    self._answer(subject, _NO_EXCHANGE, record.kind, "", position)


def due_rows(tx: Transaction) -> Due:
    """Everything that the ledger says of rows; leaves that cannot be read are in `unreadable`."""
    due = Due()
    for row in tx.ledger.walk():
        due.kinds[row.position] = row.kind
        try:
            due.add(row.position, row.record)
        except Malformed:
            due.unreadable.append(row.position)
    return due
