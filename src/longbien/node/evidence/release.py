"""When keys go: once the act that names the manifest has its place and no condition of use is open (invariant 12).

What it knows: own acts that name manifests, and where their exchanges stand. What it must never do: put a key into an act. An
act can never be destroyed; a key must be. A released key waits in the outbox as an errand, never as bytes.
"""

from longbien.evidence.custody import Touch
from longbien.exchange import Standing
from longbien.node.book import notice
from longbien.node.evidence.arrival import commitment_of, is_placed, keys_subject
from longbien.node.evidence.custody import Custodian, Deed, outbox_row
from longbien.node.evidence.naming import conditions_open
from longbien.node.evidence.vault import Vault
from longbien.node.jobs import Touch as Job
from longbien.node.ports import Broken, Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import ErrandRow, EvidenceRow, NamingRow
from longbien.store.exchange_rows import ExchangeRow
from longbien.store.queue_rows import QueueRow
from longbien.wire import parcel

KEYS = "keys"
# Work has stopped, and keys go no further (invariant 17).
_STOPPED = "withdrawn"


class Release:
    """The sending side of keys at one node."""

    def __init__(
        self, store: Store, sequencer: Sequencer, custodian: Custodian, vault: Vault, *, party: str, now: Now
    ) -> None:
        self._store = store
        self._sequencer = sequencer
        self._custodian = custodian
        self._vault = vault
        self._party = party
        self._now = now

    def tend(self, office: str) -> int:
        """Every key that may go now is on its way; how many manifests that was. Calling it again changes nothing.

        What was done with the items before is told as soon as the act has its place; only the keys wait for more.
        """
        ready = []
        with self._store.transaction() as tx:
            waiting = tx.evidence.unsent()
            rows = tx.exchanges.find({naming.exchange for naming in waiting})
            lines = tx.queue.find(rows)
            for naming in waiting:
                row = rows.get(naming.exchange)
                if row is None or not is_placed(tx, row, naming.act):
                    continue
                part = tx.evidence.find([naming.digest])[naming.digest]
                self._custodian.tell(tx, part.manifest, naming.peer, exchange=row.id, lane=row.lane)
                if may_go(row):
                    ready.append(naming)
                elif not naming.kept_at and is_over(row, lines.get(row.id)):
                    tx.evidence.keys_stay(naming, self._now())
        for naming in ready:
            self._release(naming, rows[naming.exchange].lane, office)
        return len(ready)

    def _release(self, naming: NamingRow, lane: int, office: str) -> None:
        with self._store.transaction() as tx:
            items = tx.evidence.items_of_part(naming.digest)
            before = [
                row.sent_at
                for row in tx.evidence.namings_of(naming.exchange)
                if row.sent_at and (row.digest, row.peer) == (naming.digest, naming.peer)
            ]
            keys = () if before else self._keys(tx, items)
        at = before[0] if before else self._now()
        if not keys:
            # It has them already, since then, or they are destroyed: there is nothing to send.
            self._sequencer.run([Job(leaf=None, write=lambda tx: tx.evidence.sent(naming, at))])
            return
        subject = keys_subject(naming.digest, naming.act)
        manifest = items[0].manifest
        errand = ErrandRow(
            subject=subject,
            kind=KEYS,
            manifest=naming.digest,
            act=naming.act,
            peer=naming.peer,
            first=0,
            last=0,
        )

        def write(tx: Transaction) -> None:
            tx.evidence.sent(naming, at)
            # The peer hears first that they were sent, so that what it does with them follows.
            self._custodian.tell(tx, manifest, naming.peer, exchange=naming.exchange, lane=lane)
            tx.evidence.add_errand(errand)
            tx.outbox.add(
                [outbox_row(naming.peer, KEYS, subject, exchange=naming.exchange, lane=lane, now=at)]
            )

        sent = {each.number for each in keys}
        deeds = [
            Deed(
                touch=Touch.SENT,
                manifest=manifest,
                number=item.number,
                sha256=item.sha256,
                other=naming.peer,
            )
            for item in items
            if item.number in sent
        ]
        leaf = notice(
            "released",
            manifest=naming.digest,
            act=naming.act,
            to=naming.peer,
            commitment=commitment_of(keys),
            at=at,
        )
        self._custodian.record(deeds, office=office, write=write, leaf=leaf)

    def _keys(self, tx: Transaction, items: tuple[EvidenceRow, ...]) -> tuple[parcel.ItemKey, ...]:
        secrets = tx.evidence.secrets([item.object for item in items])
        keys = []
        for item in items:
            if item.object in secrets:
                held = self._vault.open(secrets[item.object])
                keys.append(parcel.ItemKey(number=item.number, key=held.key, salt=held.salt))
        return tuple(keys)

    def parcel(self, tx: Transaction, errand: ErrandRow) -> parcel.Keys:
        """The keys of an errand, unwrapped for this one parcel."""
        keys = self._keys(tx, tx.evidence.items_of_part(errand.manifest))
        if not keys:
            # Whoever destroys the last key takes its errand out of the outbox in the same transaction.
            raise Broken("KEYS_GONE", errand.manifest.hex())
        return parcel.Keys(sender=self._party, manifest=errand.manifest, act=errand.act, keys=keys)


def may_go(row: ExchangeRow) -> bool:
    """Whether keys may go where the exchange stands now, once the act that speaks of them has its place."""
    return (
        row.quarantine is None
        and row.stage != _STOPPED
        and not conditions_open(Standing.decode(row.standing))
    )


def is_over(row: ExchangeRow, line: QueueRow | None) -> bool:
    """Whether the exchange has ended, so that nothing can open the way for keys that may not go now: a last stage has no move."""
    return line is not None and line.open_key is None and row.quarantine is None and not may_go(row)
