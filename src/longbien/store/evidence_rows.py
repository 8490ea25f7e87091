"""Rows of evidence: bundles in the making, manifests, items, wrapped keys, custody, and what has to be told to whom.

What it knows: identifiers, digests, bytes. What it must never know: keys in the clear, or whether somebody may have one.
Statements are built once, as in `ledger_rows`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update

from longbien.store.evidence_schema import (
    bundle_items,
    bundles,
    custody,
    errands,
    evidence,
    holds,
    manifests,
    namings,
    notes,
    secrets,
)
from longbien.store.evidence_whole import WholeEvidence
from longbien.store.kept import record_of
from longbien.store.many import add_rows
from longbien.store.schema import exchanges, outbox, receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """A manifest in the making: `heading` is its payload without items, `audience` parties separated by blanks.

    `sealed_at` (ms) is 0 until it was signed.
    """

    manifest: bytes
    exchange: bytes
    office: str
    audience: str
    heading: bytes
    made_at: int
    sealed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleItemRow:
    """An item of a bundle: where its file lies, and a payload that holds this item alone."""

    manifest: bytes
    number: int
    path: bytes
    item: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One part of a manifest; `digest` names its statement, which lies in `statements`."""

    digest: bytes
    manifest: bytes
    part: int
    exchange: bytes
    issuer: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """An item and its sealed object.

    `digest` names the statement of its part, None until that is signed. `ticket` is the SHA-256 of the object's ticket,
    None while no key was held. `here_at` and `gone_at` are ms, 0 for not yet.
    """

    object: bytes
    manifest: bytes
    digest: bytes | None
    number: int
    size: int
    sha256: bytes
    original: bytes
    commitment: bytes
    ticket: bytes | None
    here_at: int
    gone_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRow:
    """A key and a salt, wrapped under the key `kid` of the key store."""

    object: bytes
    kid: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRow:
    """A custody event, and when this node wrote it or heard of it (ms); `proof` (a receipt without its head) and `note` (the digest of that head) of another party's."""

    number: int
    digest: bytes
    manifest: bytes
    item: int
    party: str
    touch: str
    heard_at: int
    proof: bytes | None
    note: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRow:
    """An own act that names a manifest, towards one peer; `sent_at` (ms) is 0 until the keys were released to it, `kept_at` (ms) until it was clear
    that they never will be.
    """

    digest: bytes
    act: bytes
    exchange: bytes
    peer: str
    sent_at: int
    kept_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandRow:
    """What the outbox row with this subject is made from.

    Keys: `manifest` is the digest of a part, `act` names it. Custody: `manifest` is an identifier, `first` and `last` are
    numbers of custody rows.
    """

    subject: bytes
    kind: str
    manifest: bytes
    act: bytes
    peer: str
    first: int
    last: int


_FIND_MANIFESTS = select(manifests).where(manifests.c.digest.in_(bindparam("digests", expanding=True)))
_MANIFESTS_OF = (
    select(manifests)
    .where(manifests.c.exchange == bindparam("of"))
    .order_by(manifests.c.at, manifests.c.manifest, manifests.c.part)
)
_ALL_MANIFESTS = select(manifests).order_by(manifests.c.at, manifests.c.manifest, manifests.c.part)
_PARTS = select(manifests).where(manifests.c.manifest == bindparam("of")).order_by(manifests.c.part)
_ITEMS = select(evidence).where(evidence.c.manifest == bindparam("of")).order_by(evidence.c.number)
_ITEMS_OF_PART = select(evidence).where(evidence.c.digest == bindparam("of")).order_by(evidence.c.number)
_OBJECT = select(evidence).where(evidence.c.object == bindparam("named"))
_SAME_CONTENT = (
    select(manifests.c.issuer, manifests.c.exchange, manifests.c.digest)
    .join(evidence, evidence.c.manifest == manifests.c.manifest)
    .where(evidence.c.sha256.in_(bindparam("contents", expanding=True)))
    .distinct()
)
_SECRETS = select(secrets).where(secrets.c.object.in_(bindparam("objects", expanding=True)))
_LAST_EVENTS = (
    select(custody.c.item, custody.c.digest)
    .where(
        custody.c.number.in_(
            select(func.max(custody.c.number))
            .where(custody.c.manifest == bindparam("of"))
            .group_by(custody.c.item)
        )
    )
    .order_by(custody.c.item)
)
_EVENTS = select(custody).where(custody.c.manifest == bindparam("of")).order_by(custody.c.number)
_ALL_EVENTS = select(custody).order_by(custody.c.number)
_KNOWN_EVENTS = select(custody.c.digest).where(custody.c.digest.in_(bindparam("digests", expanding=True)))
_ADD_NOTE = insert(notes)
_NOTES = select(notes).where(notes.c.digest.in_(bindparam("digests", expanding=True)))
_TOLD_SO_FAR = (
    select(func.coalesce(func.max(errands.c.last), 0))
    .where(
        errands.c.kind == "custody",
        errands.c.manifest == manifests.c.manifest,
        errands.c.peer == namings.c.peer,
    )
    .correlate(manifests, namings)
    .scalar_subquery()
)
_NEWS = exists().where(
    custody.c.manifest == manifests.c.manifest, custody.c.proof.is_(None), custody.c.number > _TOLD_SO_FAR
)
_REJECTED = exists().where(receipts.c.subject == namings.c.act, receipts.c.kind == "rejection")
_UNSENT = (
    select(namings)
    .join(exchanges, exchanges.c.id == namings.c.exchange)
    .join(manifests, manifests.c.digest == namings.c.digest)
    .where(
        namings.c.sent_at == 0,
        ~_REJECTED,
        (exchanges.c.quarantine.is_(None) & (namings.c.kept_at == 0)) | _NEWS,
    )
    .order_by(namings.c.exchange, namings.c.digest)
)
_NAMINGS_OF = select(namings).where(namings.c.exchange == bindparam("of")).order_by(namings.c.digest)
_NAMING = update(namings).where(
    namings.c.digest == bindparam("of"), namings.c.act == bindparam("by"), namings.c.peer == bindparam("to")
)
_SENT = _NAMING.values(sent_at=bindparam("at_time"))
_KEPT = _NAMING.values(kept_at=bindparam("at_time"))
_ERRANDS = select(errands).where(errands.c.subject.in_(bindparam("subjects", expanding=True)))
_TOLD = select(func.max(errands.c.last)).where(
    errands.c.kind == "custody", errands.c.manifest == bindparam("of"), errands.c.peer == bindparam("to")
)
_HERE = update(evidence).where(evidence.c.object == bindparam("named")).values(here_at=bindparam("at_time"))
_GONE = (
    update(evidence)
    .where(evidence.c.object == bindparam("named"))
    .values(gone_at=bindparam("at_time"), ticket=None)
)
_TICKET = (
    update(evidence).where(evidence.c.object == bindparam("named")).values(ticket=bindparam("of_ticket"))
)
_SIGNED = update(evidence).where(evidence.c.object == bindparam("named")).values(digest=bindparam("of_part"))
_DROP_SECRET = delete(secrets).where(secrets.c.object == bindparam("named"))
_BUNDLE = select(bundles).where(bundles.c.manifest == bindparam("named"))
_BUNDLES = select(bundles).order_by(bundles.c.made_at.desc(), bundles.c.manifest)
_BUNDLE_ITEMS = (
    select(bundle_items).where(bundle_items.c.manifest == bindparam("of")).order_by(bundle_items.c.number)
)
_HEADING = (
    update(bundles)
    .where(bundles.c.manifest == bindparam("named"))
    .values(heading=bindparam("text"), sealed_at=bindparam("at_time"))
)
_HELD = select(holds).where(holds.c.lifted_at == 0)
_LIFT = (
    update(holds)
    .where(holds.c.exchange == bindparam("of"), holds.c.lifted_at == 0)
    .values(lifted_at=bindparam("at_time"))
)
_DROP_KEY_ERRANDS = delete(outbox).where(
    and_(outbox.c.kind == "keys", outbox.c.subject.in_(bindparam("subjects", expanding=True)))
)
_KEY_ERRANDS_OF = select(errands.c.subject).where(
    errands.c.kind == "keys", errands.c.manifest == bindparam("of")
)


class EvidenceRows(WholeEvidence):
    """The part of evidence of a transaction."""

    # What is being prepared.

    def add_bundle(self, row: BundleRow) -> None:
        """A manifest is begun."""
        add_rows(self._connection, bundles, [row])

    def bundle(self, manifest: bytes) -> BundleRow | None:
        """The bundle with this identifier."""
        row = self._connection.execute(_BUNDLE, {"named": manifest}).first()
        return None if row is None else record_of(BundleRow, row)

    def bundles(self) -> tuple[BundleRow, ...]:
        """Every bundle, the newest first."""
        return tuple(record_of(BundleRow, row) for row in self._connection.execute(_BUNDLES))

    def set_heading(self, manifest: bytes, heading: bytes, *, sealed_at: int) -> None:
        """The heading of a bundle changed, or it was signed."""
        self._connection.execute(_HEADING, {"named": manifest, "text": heading, "at_time": sealed_at})

    def add_bundle_items(self, rows: Sequence[BundleItemRow]) -> None:
        """Files belong to a bundle."""
        add_rows(self._connection, bundle_items, rows)

    def bundle_items(self, manifest: bytes) -> tuple[BundleItemRow, ...]:
        """The files of a bundle, by number."""
        return tuple(
            record_of(BundleItemRow, row) for row in self._connection.execute(_BUNDLE_ITEMS, {"of": manifest})
        )

    # What was handed over.

    def add_manifests(self, rows: Sequence[ManifestRow]) -> None:
        """Parts were signed or taken."""
        add_rows(self._connection, manifests, rows)

    def find(self, digests: Iterable[bytes]) -> dict[bytes, ManifestRow]:
        """The parts with these digests, as far as they are here."""
        found = self._connection.execute(_FIND_MANIFESTS, {"digests": list(digests)})
        return {row.digest: row for row in (record_of(ManifestRow, each) for each in found)}

    def parts(self, manifest: bytes) -> tuple[ManifestRow, ...]:
        """All parts of a manifest that are here, in order."""
        return tuple(
            record_of(ManifestRow, row) for row in self._connection.execute(_PARTS, {"of": manifest})
        )

    def manifests_of(self, exchange: bytes) -> tuple[ManifestRow, ...]:
        """The parts of all manifests for an exchange, the oldest first."""
        return tuple(
            record_of(ManifestRow, row) for row in self._connection.execute(_MANIFESTS_OF, {"of": exchange})
        )

    def all_manifests(self) -> tuple[ManifestRow, ...]:
        """Every part of every manifest."""
        return tuple(record_of(ManifestRow, row) for row in self._connection.execute(_ALL_MANIFESTS))

    def add_items(self, rows: Sequence[EvidenceRow]) -> None:
        """Items of manifests."""
        add_rows(self._connection, evidence, rows)

    def items(self, manifest: bytes) -> tuple[EvidenceRow, ...]:
        """The items of a manifest, by number."""
        return tuple(
            record_of(EvidenceRow, row) for row in self._connection.execute(_ITEMS, {"of": manifest})
        )

    def items_of_part(self, digest: bytes) -> tuple[EvidenceRow, ...]:
        """The items of one part, by number."""
        return tuple(
            record_of(EvidenceRow, row) for row in self._connection.execute(_ITEMS_OF_PART, {"of": digest})
        )

    def object(self, identifier: bytes) -> EvidenceRow | None:
        """The item with this sealed object."""
        row = self._connection.execute(_OBJECT, {"named": identifier}).first()
        return None if row is None else record_of(EvidenceRow, row)

    def with_content(self, contents: Iterable[bytes]) -> tuple[tuple[str, bytes, bytes], ...]:
        """(issuer, exchange, digest of the part) of every manifest that holds content with one of these SHA-256."""
        found = self._connection.execute(_SAME_CONTENT, {"contents": list(contents)})
        return tuple((row.issuer, bytes(row.exchange), bytes(row.digest)) for row in found)

    def signed(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        """(object, digest of its part) of items whose manifest was signed."""
        values = [{"named": name, "of_part": digest} for name, digest in pairs]
        if values:
            self._connection.execute(_SIGNED, values)

    def here(self, identifier: bytes, at: int) -> None:
        """The sealed object has arrived and is whole."""
        self._connection.execute(_HERE, {"named": identifier, "at_time": at})

    def gone(self, identifier: bytes, at: int) -> None:
        """Object and key are destroyed; no ticket opens the door any more."""
        self._connection.execute(_DROP_SECRET, {"named": identifier})
        self._connection.execute(_GONE, {"named": identifier, "at_time": at})

    def keep_secrets(self, rows: Sequence[SecretRow], tickets: Iterable[tuple[bytes, bytes]]) -> None:
        """Wrapped keys, and (object, SHA-256 of its ticket) for each."""
        add_rows(self._connection, secrets, rows)
        values = [{"named": name, "of_ticket": ticket} for name, ticket in tickets]
        if values:
            self._connection.execute(_TICKET, values)

    def secrets(self, objects: Iterable[bytes]) -> dict[bytes, SecretRow]:
        """The wrapped keys of these objects, as far as they are held."""
        found = self._connection.execute(_SECRETS, {"objects": list(objects)})
        return {row.object: row for row in (record_of(SecretRow, each) for each in found)}

    # Who touched it.

    def add_events(self, rows: Sequence[CustodyRow]) -> None:
        """Custody events, in order; one that is here already stays as it is."""
        wanted = {row.digest: row for row in rows}
        found = self._connection.execute(_KNOWN_EVENTS, {"digests": list(wanted)})
        for known in found.scalars():
            del wanted[bytes(known)]
        add_rows(self._connection, custody, list(wanted.values()))

    def add_note(self, digest: bytes, note: bytes) -> None:
        """A head under which events of another party are proven."""
        if digest not in self.notes([digest]):
            self._connection.execute(_ADD_NOTE, {"digest": digest, "note": note})

    def notes(self, digests: Iterable[bytes]) -> dict[bytes, bytes]:
        """The heads with these digests."""
        found = self._connection.execute(_NOTES, {"digests": list(digests)})
        return {bytes(row.digest): bytes(row.note) for row in found}

    def last_events(self, manifest: bytes) -> dict[int, bytes]:
        """The digest of the last event of each item, as this node knows it."""
        found = self._connection.execute(_LAST_EVENTS, {"of": manifest})
        return {int(row.item): bytes(row.digest) for row in found}

    def events(self, manifest: bytes) -> tuple[CustodyRow, ...]:
        """The events of a manifest, in the order in which this node heard of them."""
        return tuple(
            record_of(CustodyRow, row) for row in self._connection.execute(_EVENTS, {"of": manifest})
        )

    def all_events(self) -> tuple[CustodyRow, ...]:
        """Every event, in the order in which this node heard of them."""
        return tuple(record_of(CustodyRow, row) for row in self._connection.execute(_ALL_EVENTS))

    # Who has to hear of it.

    def add_namings(self, rows: Sequence[NamingRow]) -> None:
        """Own acts name manifests."""
        add_rows(self._connection, namings, rows)

    def unsent(self) -> tuple[NamingRow, ...]:
        """Every naming whose keys were not released yet and still may be, and those about which there is something to tell.

        In quarantine no key goes; an act that its host rejected sends nothing.
        """
        return tuple(record_of(NamingRow, row) for row in self._connection.execute(_UNSENT))

    def namings_of(self, exchange: bytes) -> tuple[NamingRow, ...]:
        """What own acts of an exchange name."""
        return tuple(
            record_of(NamingRow, row) for row in self._connection.execute(_NAMINGS_OF, {"of": exchange})
        )

    def sent(self, row: NamingRow, at: int) -> None:
        """The keys were released."""
        self._connection.execute(_SENT, _naming(row, at))

    def keys_stay(self, row: NamingRow, at: int) -> None:
        """The keys will never be released."""
        self._connection.execute(_KEPT, _naming(row, at))

    def add_errand(self, row: ErrandRow) -> None:
        """The outbox row with this subject can be made into a parcel; one subject has one errand."""
        if not self.errands([row.subject]):
            add_rows(self._connection, errands, [row])

    def errands(self, subjects: Iterable[bytes]) -> dict[bytes, ErrandRow]:
        """What these subjects are made from."""
        found = self._connection.execute(_ERRANDS, {"subjects": list(subjects)})
        return {row.subject: row for row in (record_of(ErrandRow, each) for each in found)}

    def told(self, manifest: bytes, peer: str) -> int:
        """The number of the last custody event about a manifest that was queued for a peer, 0 for none."""
        found = self._connection.execute(_TOLD, {"of": manifest, "to": peer}).scalar_one()
        return 0 if found is None else int(found)

    def recall_keys(self, part: bytes) -> None:
        """Keys of this part that wait for a peer wait no more: they are about to be destroyed."""
        subjects = [bytes(each) for each in self._connection.execute(_KEY_ERRANDS_OF, {"of": part}).scalars()]
        self._connection.execute(_DROP_KEY_ERRANDS, {"subjects": subjects})

    # What must not be deleted.

    def hold(self, exchange: bytes, reason: str, at: int) -> None:
        """Nothing of this exchange is deleted from now on."""
        values = {"exchange": exchange, "set_at": at, "reason": reason, "lifted_at": 0}
        self._connection.execute(insert(holds), values)

    def lift(self, exchange: bytes, at: int) -> None:
        """The hold ends."""
        self._connection.execute(_LIFT, {"of": exchange, "at_time": at})

    def held(self) -> dict[bytes, str]:
        """The exchanges on hold, each with the reason."""
        return {bytes(row.exchange): row.reason for row in self._connection.execute(_HELD)}


def _naming(row: NamingRow, at: int) -> dict[str, object]:
    return {"of": row.digest, "by": row.act, "to": row.peer, "at_time": at}
