"""Evidence at one node, put together from its parts.

What it knows: who needs whom. What it must never know: sockets and screens.
"""

from longbien.carry.place import Place
from longbien.keys import KeyStore
from longbien.node.book import Book
from longbien.node.directory import Directory
from longbien.node.evidence.arrival import Arrival
from longbien.node.evidence.begun import Begun
from longbien.node.evidence.bundles import Bundles
from longbien.node.evidence.custody import Custodian
from longbien.node.evidence.dossier import Dossier, dossier
from longbien.node.evidence.reading import Reading
from longbien.node.evidence.release import Release
from longbien.node.evidence.retention import Retention, Spans
from longbien.node.evidence.vault import Vault
from longbien.node.ports import Broken, Entropy, Now, Say
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.store.outbox_rows import OutboxRow
from longbien.wire import parcel


class Evidence:
    """`bundles` makes ready, `release` sends keys, `arrival` takes what comes, `reading` fetches and opens,
    `custodian` writes who touched what, `retention` destroys.
    """

    def __init__(
        self,
        store: Store,
        book: Book,
        directory: Directory,
        sequencer: Sequencer,
        keystore: KeyStore,
        *,
        objects: Place | None,
        spans: Spans,
        say: Say,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._directory = directory
        party = directory.own.party
        self.objects = objects
        self.vault = Vault(keystore, now=now, entropy=entropy)
        self.custodian = Custodian(store, book, sequencer, party=party, now=now)
        self.arrival = Arrival(store, directory, self.vault, party=party, now=now)
        self.release = Release(store, sequencer, self.custodian, self.vault, party=party, now=now)
        self.reading = Reading(store, self.custodian, self.vault, place=objects, party=party, now=now)
        self.retention = Retention(
            store,
            sequencer,
            self.custodian,
            self.reading,
            place=objects,
            spans=spans,
            party=party,
            now=now,
        )
        self.begun = Begun(store, objects)
        self.bundles = Bundles(
            store,
            directory,
            sequencer,
            self.custodian,
            self.vault,
            begun=self.begun,
            objects=objects,
            say=say,
            now=now,
            entropy=entropy,
        )

    def tend(self) -> None:
        """What is due because acts have moved or time has passed: custody is told, keys go, what has had its time is
        destroyed. Calling it again changes nothing.
        """
        self.release.tend(self.office)
        self.retention.tend(self.office)

    @property
    def office(self) -> str:
        """The office in whose name a node touches evidence by itself."""
        return self._directory.own.descriptor.offices[0].id

    def parcel(self, tx: Transaction, row: OutboxRow) -> parcel.Parcel:
        """What a row of the outbox about evidence carries."""
        if row.kind == "manifest":
            raw = tx.ledger.statement(row.subject)
            if raw is None:
                raise Broken("STATEMENT_MISSING", row.subject.hex())
            return parcel.Manifest(sender=self._directory.own.party, statement=raw)
        errand = tx.evidence.errands([row.subject]).get(row.subject)
        if errand is None:
            raise Broken("ERRAND_MISSING", row.subject.hex())
        if row.kind == "keys":
            return self.release.parcel(tx, errand)
        return self.custodian.parcel(tx, errand)

    def dossier(self, exchange: bytes) -> Dossier:
        """Everything signed about the evidence of an exchange."""
        return dossier(self._store, self.custodian, exchange)
