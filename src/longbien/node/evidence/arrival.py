"""Parcels about evidence that come in: manifests, custody events of the other side, keys.

What it knows: what each has to prove before it counts. What it must never do: keep a key that does not fit, or one that came
before its time. Everything is checked before a job exists; the job writes, and its leaf is the receipt.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from longbien.evidence import custody as events
from longbien.evidence import manifest as manifests
from longbien.evidence.manifest import Item, Manifest
from longbien.evidence.sealed import ObjectSeal
from longbien.exchange import Standing
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.receipt import Receipt
from longbien.ledger.records import Notice
from longbien.node.admission import Turned
from longbien.node.book import notice
from longbien.node.directory import Directory
from longbien.node.evidence.custody import custody_subject
from longbien.node.evidence.naming import conditions_open, read_part
from longbien.node.evidence.vault import ObjectKey, Vault
from longbien.node.jobs import Touch
from longbien.store import Store, Transaction
from longbien.store.evidence_rows import CustodyRow, EvidenceRow, ManifestRow
from longbien.store.exchange_rows import ExchangeRow
from longbien.store.ledger_rows import StatementRow
from longbien.wire import cbor, parcel, statement
from longbien.wire.cbor import Malformed
from longbien.wire.statement import Statement

TOOK: Final = "took"
# Time can bring what is missing: the sender comes again.
_PASSING: Final = frozenset(
    {"MANIFEST_UNKNOWN", "ACT_NOT_PLACED", "CONDITIONS_NOT_ACCEPTED", "DESCRIPTOR_UNKNOWN"}
)


class Arrival:
    """The receiving side of evidence at one node."""

    def __init__(
        self, store: Store, directory: Directory, vault: Vault, *, party: str, now: Callable[[], int]
    ) -> None:
        self._store = store
        self._directory = directory
        self._vault = vault
        self._party = party
        self._now = now

    def take(self, sent: parcel.Manifest | parcel.Custody | parcel.Keys) -> Touch | Turned:
        """The job that keeps what came, or why it is not taken."""
        try:
            match sent:
                case parcel.Manifest():
                    return self._manifest(sent)
                case parcel.Custody():
                    return self._custody(sent)
                case parcel.Keys():
                    return self._keys(sent)
        except Malformed as fault:
            return Turned(code=fault.code, passing=fault.code in _PASSING)

    # Manifests.

    def _manifest(self, sent: parcel.Manifest) -> Touch:
        """Raises `Malformed`: STATEMENT_KIND, SENDER_DIFFERS, WRONG_ADDRESSEE, SUBJECT_DIFFERS, MANIFEST_TWICE, and the
        codes of statements and manifests.
        """
        signed = statement.parse(sent.statement)
        if signed.kind != manifests.KIND:
            raise Malformed("STATEMENT_KIND", signed.kind)
        if signed.issuer != sent.sender:
            raise Malformed("SENDER_DIFFERS", signed.issuer)
        if self._party not in signed.audience:
            raise Malformed("WRONG_ADDRESSEE", ",".join(signed.audience))
        self._directory.verify(signed)
        part = manifests.read(signed.payload)
        if part.exchange != signed.subject or part.party != signed.issuer:
            raise Malformed("SUBJECT_DIFFERS", "manifest")
        with self._store.transaction() as tx:
            code = _fits(tx, signed.digest, part)
        if code:
            raise Malformed(code, part.id.hex())

        def write(tx: Transaction) -> None:
            keep_part(tx, signed, part)
            tx.evidence.add_items([item_row(part.id, signed.digest, item, here_at=0) for item in part.items])

        # Two that do not go together can come at the same moment: the second has no receipt, and is refused when it comes again.
        return Touch(
            leaf=notice(TOOK, what=manifests.KIND, subject=signed.digest, party=sent.sender, at=self._now()),
            write=write,
            subject=signed.digest,
            fits=lambda tx: _fits(tx, signed.digest, part),
        )

    # Custody.

    def _custody(self, sent: parcel.Custody) -> Touch:
        """Raises `Malformed`: MANIFEST_UNKNOWN, CUSTODY_ISSUER, CUSTODY_KIND, CUSTODY_MANIFEST, and the codes of receipts."""
        head = self._directory.checkpoint(sent.sender, sent.checkpoint)
        note = cbor.digest(sent.checkpoint)
        rows: list[CustodyRow] = []
        for each in sent.events:
            proof = Receipt(
                record=each.record,
                kind=events.KIND,
                salt=each.salt,
                index=each.index,
                size=head.size,
                path=each.path,
                checkpoint=sent.checkpoint,
            )
            receipts.verify_under(proof, head)
            rows.append(_event_row(sent, proof, note, self._now()))
        with self._store.transaction() as tx:
            parts = tx.evidence.parts(sent.manifest)
        if not parts:
            raise Malformed("MANIFEST_UNKNOWN", sent.manifest.hex())
        subject = custody_subject(sent.manifest, [row.digest for row in rows])

        def write(tx: Transaction) -> None:
            tx.evidence.add_note(note, sent.checkpoint)
            tx.evidence.add_events(rows)

        return Touch(
            leaf=notice(TOOK, what=events.KIND, subject=subject, party=sent.sender, at=self._now()),
            write=write,
            subject=subject,
        )

    # Keys.

    def _keys(self, sent: parcel.Keys) -> Touch:
        """Raises `Malformed`: MANIFEST_UNKNOWN, ACT_NOT_PLACED, CONDITIONS_NOT_ACCEPTED, KEYS_SENDER (not whose manifest it
        is), KEYS_MISMATCH (not the keys of this manifest).
        """
        with self._store.transaction() as tx:
            row = tx.evidence.find([sent.manifest]).get(sent.manifest)
            if row is None:
                raise Malformed("MANIFEST_UNKNOWN", sent.manifest.hex())
            if row.issuer != sent.sender:
                raise Malformed("KEYS_SENDER", sent.sender)
            _check_time(tx, row.exchange, sent.act)
            part = read_part(tx, sent.manifest)
            held = {item.object: item for item in tx.evidence.items_of_part(sent.manifest)}
        items = {item.number: item for item in part.items}
        keys = [_fitting(items, each) for each in sent.keys]
        wanted = [key for key in keys if key.object_id in held and not held[key.object_id].gone_at]
        wrapped = self._vault.wrap(wanted)

        def write(tx: Transaction) -> None:
            known = tx.evidence.secrets([secret.object for secret in wrapped.rows])
            tx.evidence.keep_secrets(
                [secret for secret in wrapped.rows if secret.object not in known],
                [pair for pair in wrapped.tickets if pair[0] not in known],
            )

        return Touch(
            leaf=notice(
                TOOK,
                what="keys",
                subject=keys_subject(sent.manifest, sent.act),
                party=sent.sender,
                commitment=commitment_of(sent.keys),
                at=self._now(),
            ),
            write=write,
            subject=keys_subject(sent.manifest, sent.act),
        )


def keys_subject(manifest: bytes, act: bytes) -> bytes:
    """What a parcel of keys is called in outbox and receipt."""
    return cbor.digest(cbor.encode(["keys", manifest, act]))


def commitment_of(keys: tuple[parcel.ItemKey, ...]) -> bytes:
    """What ledgers say of keys: a digest that binds and tells nothing, for each key has 256 bits of chance."""
    return cbor.digest(cbor.encode([[each.number, each.key, each.salt] for each in keys]))


def keep_part(tx: Transaction, signed: Statement, part: Manifest) -> None:
    """A part of a manifest, signed or taken; its items have rows of their own."""
    tx.ledger.add_statements(
        [StatementRow(digest=signed.digest, kind=signed.kind, issuer=signed.issuer, raw=signed.raw)]
    )
    tx.evidence.add_manifests(
        [
            ManifestRow(
                digest=signed.digest,
                manifest=part.id,
                part=part.part,
                exchange=part.exchange,
                issuer=signed.issuer,
                at=part.made_at,
            )
        ]
    )


def item_row(manifest: bytes, digest: bytes | None, item: Item, *, here_at: int) -> EvidenceRow:
    """The row of an item for which no key is held yet."""
    return EvidenceRow(
        object=item.object_id,
        manifest=manifest,
        digest=digest,
        number=item.number,
        size=item.size,
        sha256=item.digests["sha256"],
        original=item.original,
        commitment=item.commitment,
        ticket=None,
        here_at=here_at,
        gone_at=0,
    )


def _fits(tx: Transaction, digest: bytes, part: Manifest) -> str:
    """MANIFEST_TWICE where something of this part is taken: its place, an item's number, or an object."""
    others = tx.evidence.parts(part.id)
    if any(row.digest == digest for row in others):
        return ""
    numbers = {item.number for item in tx.evidence.items(part.id)}
    taken = any(
        row.part == part.part or row.exchange != part.exchange or row.issuer != part.party for row in others
    ) or any(item.number in numbers or tx.evidence.object(item.object_id) is not None for item in part.items)
    return "MANIFEST_TWICE" if taken else ""


def _event_row(sent: parcel.Custody, proof: Receipt, note: bytes, now: int) -> CustodyRow:
    read = records.decode(proof.record)
    if not isinstance(read, Notice):
        raise Malformed("CUSTODY_KIND", read.kind)
    event = events.of_record(read)
    if event.party != sent.sender:
        raise Malformed("CUSTODY_ISSUER", event.party)
    if event.manifest != sent.manifest:
        raise Malformed("CUSTODY_MANIFEST", event.manifest.hex())
    return CustodyRow(
        number=0,
        digest=cbor.digest(proof.record),
        manifest=event.manifest,
        item=event.item,
        party=event.party,
        touch=event.touch,
        heard_at=now,
        proof=receipts.encode(replace(proof, checkpoint=b"")),
        note=note,
    )


def _check_time(tx: Transaction, exchange: bytes, act: bytes) -> None:
    """The act has its place here too, and nothing that this State has not accepted stands against its keys."""
    row = tx.exchanges.find([exchange]).get(exchange)
    if row is None or not is_placed(tx, row, act):
        raise Malformed("ACT_NOT_PLACED", act.hex())
    if conditions_open(Standing.decode(row.standing)):
        raise Malformed("CONDITIONS_NOT_ACCEPTED", exchange.hex())


def is_placed(tx: Transaction, row: ExchangeRow, act: bytes) -> bool:
    """Whether an act has its place in the chain, as far as this node follows it."""
    place = tx.exchanges.place_of(row.id, act)
    return place is not None and place <= row.position


def _fitting(items: Mapping[int, Item], sent: parcel.ItemKey) -> ObjectKey:
    """The key, if the manifest commits to it."""
    item = items.get(sent.number)
    if item is None:
        raise Malformed("KEYS_MISMATCH", str(sent.number))
    seal = ObjectSeal(key=sent.key, object_id=item.object_id, size=item.size, salt=sent.salt)
    if seal.commitment != item.commitment:
        raise Malformed("KEYS_MISMATCH", str(sent.number))
    return ObjectKey(object_id=item.object_id, key=sent.key, salt=sent.salt)
