"""Custody events of this node: each a leaf of its ledger, each linked to the one before, and told to the other side.

What it knows: the last event of every item, and who was told of which. What it must never know: whether a touch was allowed.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from longbien.evidence.custody import KIND, NO_EVENT, Event, Touch, read
from longbien.ledger import receipt as receipts
from longbien.node.book import Book, Leaf
from longbien.node.jobs import Touch as Job
from longbien.node.ports import Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import CustodyRow, ErrandRow
from longbien.store.outbox_rows import OutboxRow
from longbien.wire import cbor, parcel

# What a proof adds to a record, at the most: salt, place and path.
_PROOF_BYTES: Final = 64 + 63 * 34
_PARCEL_BYTES: Final = 900 * 1024
_ROUTINE: Final = 1

Write = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that was done with one item: `manifest` is its identifier. The other fields as in `Event`."""

    touch: Touch
    manifest: bytes
    number: int
    sha256: bytes
    other: str = ""
    original: bytes = b""
    place: str = ""
    tool: str = ""
    note: str = ""


class Custodian:
    """Writes what was done, by whom, in the order in which it was done."""

    def __init__(self, store: Store, book: Book, sequencer: Sequencer, *, party: str, now: Now) -> None:
        self._store = store
        self._book = book
        self._sequencer = sequencer
        self._party = party
        self._now = now
        # Two events of one item that are written at once would both follow the same one.
        self._alone = threading.Lock()

    def record(
        self,
        deeds: Sequence[Deed],
        *,
        office: str,
        person: bytes = b"",
        write: Write | None = None,
        leaf: Leaf | None = None,
    ) -> tuple[Event, ...]:
        """The events of these deeds, durable together with whatever `write` writes and with one more `leaf`."""
        with self._alone:
            with self._store.transaction() as tx:
                last = {name: tx.evidence.last_events(name) for name in {each.manifest for each in deeds}}
            events = []
            for each in deeds:
                event = self._event(each, office, person, last[each.manifest].get(each.number, NO_EVENT))
                last[each.manifest][each.number] = event.digest
                events.append(event)
            self._sequencer.run([*map(_job, events), self._rows(events, write, leaf)])
        return tuple(events)

    def _event(self, done: Deed, office: str, person: bytes, previous: bytes) -> Event:
        return Event(
            touch=done.touch,
            manifest=done.manifest,
            item=done.number,
            sha256=done.sha256,
            party=self._party,
            office=office,
            person=person,
            at=self._now(),
            previous=previous,
            other=done.other,
            original=done.original,
            place=done.place,
            tool=done.tool,
            note=done.note,
        )

    def _rows(self, events: Sequence[Event], write: Write | None, leaf: Leaf | None) -> Job:
        rows = [
            CustodyRow(
                number=0,
                digest=event.digest,
                manifest=event.manifest,
                item=event.item,
                party=self._party,
                touch=event.touch,
                heard_at=event.at,
                proof=None,
                note=None,
            )
            for event in events
        ]

        def put(tx: Transaction) -> None:
            tx.evidence.add_events(rows)
            if write is not None:
                write(tx)

        return Job(leaf=leaf, write=put)

    def tell(self, tx: Transaction, manifest: bytes, peer: str, *, exchange: bytes, lane: int) -> None:
        """Everything that this node did with the items of a manifest and has not told the peer yet is queued for it."""
        told = tx.evidence.told(manifest, peer)
        news = [row for row in tx.evidence.events(manifest) if row.number > told and row.party == self._party]
        for group in self._groups(tx, news):
            subject = custody_subject(manifest, [row.digest for row in group])
            errand = ErrandRow(
                subject=subject,
                kind=KIND,
                manifest=manifest,
                act=b"",
                peer=peer,
                first=group[0].number,
                last=group[-1].number,
            )
            tx.evidence.add_errand(errand)
            tx.outbox.add([outbox_row(peer, KIND, subject, exchange=exchange, lane=lane, now=self._now())])

    def tell_all(self, tx: Transaction, manifest: bytes) -> None:
        """What was done is told to everybody who has heard of the manifest: its issuer, or those to whom it was sent."""
        part = tx.evidence.parts(manifest)[0]
        peers = {part.issuer}
        if part.issuer == self._party:
            peers = {row.peer for row in tx.evidence.namings_of(part.exchange) if row.sent_at}
        for peer in sorted(peers):
            self.tell(tx, manifest, peer, exchange=part.exchange, lane=_ROUTINE)

    def _groups(self, tx: Transaction, rows: Sequence[CustodyRow]) -> list[list[CustodyRow]]:
        """As many events as fit into one parcel, whatever the length of their notes."""
        places = {
            digest: row.leaf for digest, row in tx.exchanges.outcomes([row.digest for row in rows]).items()
        }
        leaves = tx.ledger.leaves(places.values())
        groups: list[list[CustodyRow]] = []
        left = 0
        for row in rows:
            needed = len(leaves[places[row.digest]].record) + _PROOF_BYTES
            if not groups or needed > left or len(groups[-1]) == parcel.EVENTS_MAX:
                groups.append([])
                left = _PARCEL_BYTES
            groups[-1].append(row)
            left -= needed
        return groups

    def parcel(self, tx: Transaction, errand: ErrandRow) -> parcel.Custody:
        """The events of an errand with their proofs, all under the newest head."""
        newest = tx.ledger.newest_checkpoint()
        assert newest is not None, "a node that serves has sealed its first leaf"
        rows = [
            row
            for row in tx.evidence.events(errand.manifest)
            if errand.first <= row.number <= errand.last and row.party == self._party
        ]
        outcomes = tx.exchanges.outcomes([row.digest for row in rows])
        proofs = [self._book.receipt_under(tx, outcomes[row.digest].leaf, newest[1]) for row in rows]
        return parcel.Custody(
            sender=self._party,
            manifest=errand.manifest,
            checkpoint=newest[1],
            events=tuple(
                parcel.Logged(record=each.record, salt=each.salt, index=each.index, path=each.path)
                for each in proofs
            ),
        )

    def story(self, tx: Transaction, manifest: bytes) -> tuple[Event, ...]:
        """Every event of a manifest, of whatever party, as it was recorded; quicker than the proofs of it."""
        rows = tx.evidence.events(manifest)
        own = tx.exchanges.outcomes([row.digest for row in rows if row.proof is None])
        leaves = tx.ledger.leaves([outcome.leaf for outcome in own.values()])
        return tuple(
            read(
                leaves[own[row.digest].leaf].record
                if row.proof is None
                else receipts.decode(row.proof).record
            )
            for row in rows
        )

    def receipts(self, tx: Transaction, manifest: bytes) -> tuple[bytes, ...]:
        """Every event of a manifest, of whatever party, as the receipt of its ledger (docs/wire/05-receipt.md)."""
        rows = tx.evidence.events(manifest)
        own = tx.exchanges.outcomes([row.digest for row in rows if row.proof is None])
        heads = tx.evidence.notes({row.note for row in rows if row.note is not None})
        found = []
        for row in rows:
            if row.proof is None:
                found.append(receipts.encode(self._book.receipt(tx, own[row.digest].leaf)))
            else:
                assert row.note is not None, "a proof has its head"
                found.append(whole_receipt(row.proof, heads[row.note]))
        return tuple(found)


def custody_subject(manifest: bytes, events: Sequence[bytes]) -> bytes:
    """What a parcel of custody events is called in outbox and receipt: it follows from its content."""
    return cbor.digest(cbor.encode([KIND, manifest, list(events)]))


def whole_receipt(proof: bytes, head: bytes) -> bytes:
    """A receipt whose head was kept apart."""
    return receipts.encode(replace(receipts.decode(proof), checkpoint=head))


def outbox_row(peer: str, kind: str, subject: bytes, *, exchange: bytes, lane: int, now: int) -> OutboxRow:
    """Something about evidence for a peer."""
    return OutboxRow(
        id=0,
        peer=peer,
        lane=lane,
        kind=kind,
        exchange=exchange,
        subject=subject,
        queued_at=now,
        tries=0,
        next_at=0,
        reason="",
    )


def _job(event: Event) -> Job:
    leaf = Leaf(kind=KIND, record=event.encode())
    return Job(leaf=leaf, write=_nothing, subject=event.digest)


def _nothing(_tx: Transaction) -> None:
    """The leaf is all there is to write."""
