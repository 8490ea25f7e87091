"""Checks what the store says of evidence against the signed bytes: the part of `audit` that knows manifests and custody.

What it knows: how each row follows from a statement, a leaf or a receipt. What it must never do: repair, or open a file.
"""

from collections.abc import Iterator

from longbien.carry import CarryFault
from longbien.evidence import custody as events
from longbien.evidence import manifest as manifests
from longbien.evidence.sealed import Layout, ObjectSeal
from longbien.keys import KeyFault
from longbien.keys.peer import verify_keys_for
from longbien.ledger import receipt as receipts
from longbien.node.directory import Directory
from longbien.node.evidence.arrival import item_row
from longbien.node.evidence.custody import whole_receipt
from longbien.node.evidence.room import Evidence
from longbien.store import Transaction
from longbien.store.evidence_rows import CustodyRow, EvidenceRow, ManifestRow
from longbien.wire import statement
from longbien.wire.cbor import Malformed, digest
from longbien.wire.suites import Suites


def inspect(
    evidence: Evidence, directory: Directory, suites: Suites, tx: Transaction, findings: list[str]
) -> int:
    """How many manifests were verified; findings: MANIFEST_…, ITEM_DIFFERS, CUSTODY_…, KEY_…, OBJECT_…."""
    rows = tx.evidence.all_manifests()
    for row in rows:
        findings += _part(directory, suites, tx, row)
    for manifest in dict.fromkeys(row.manifest for row in rows):
        for event in tx.evidence.events(manifest):
            findings += _event(directory, tx, event)
        for item in tx.evidence.items(manifest):
            findings += _item(evidence, tx, item)
    return len(rows)


def _part(directory: Directory, suites: Suites, tx: Transaction, row: ManifestRow) -> Iterator[str]:
    raw = tx.ledger.statement(row.digest)
    peer = directory.peer(row.issuer)
    if raw is None or peer is None:
        yield f"MANIFEST_MISSING {row.digest.hex()}"
        return
    try:
        signed = statement.parse(raw)
        # Keys that were revoked since count for what was taken before; when that was, its leaf and receipts say.
        statement.verify(signed, verify_keys_for(peer), suites)
        part = manifests.read(signed.payload)
    except Malformed as fault:
        yield f"MANIFEST_{fault.code} {row.digest.hex()}"
        return
    said = (signed.digest, part.id, part.part, part.exchange, signed.issuer)
    if said != (row.digest, row.manifest, row.part, row.exchange, row.issuer):
        yield f"MANIFEST_DIFFERS {row.digest.hex()}"
    held = {item.number: item for item in tx.evidence.items_of_part(row.digest)}
    for item in part.items:
        due = item_row(part.id, row.digest, item, here_at=0)
        found = held.get(item.number)
        if found is None or _facts(found) != _facts(due):
            yield f"ITEM_DIFFERS {row.digest.hex()} {item.number}"


def _facts(row: EvidenceRow) -> tuple[object, ...]:
    return row.object, row.manifest, row.digest, row.size, row.sha256, row.original, row.commitment


def _event(directory: Directory, tx: Transaction, row: CustodyRow) -> Iterator[str]:
    try:
        if row.proof is None:
            outcome = tx.exchanges.outcomes([row.digest]).get(row.digest)
            record = b"" if outcome is None else tx.ledger.leaf(outcome.leaf).record
        else:
            assert row.note is not None, "a proof has its head"
            proof = receipts.decode(whole_receipt(row.proof, tx.evidence.notes([row.note])[row.note]))
            directory.receipt(row.party, proof)
            record = proof.record
        event = events.read(record)
    except (Malformed, KeyError) as fault:
        yield f"CUSTODY_{getattr(fault, 'code', 'MISSING')} {row.digest.hex()}"
        return
    said = (digest(record), event.manifest, event.item, event.party, event.touch)
    if said != (row.digest, row.manifest, row.item, row.party, row.touch):
        yield f"CUSTODY_DIFFERS {row.digest.hex()}"


def _item(evidence: Evidence, tx: Transaction, row: EvidenceRow) -> Iterator[str]:
    secret = tx.evidence.secrets([row.object]).get(row.object)
    if secret is not None:
        try:
            held = evidence.vault.open(secret)
            seal = ObjectSeal(key=held.key, object_id=row.object, size=row.size, salt=held.salt)
        except (KeyFault, Malformed) as fault:
            yield f"KEY_{fault.code} {row.object.hex()}"
        else:
            if seal.commitment != row.commitment:
                yield f"KEY_DIFFERS {row.object.hex()}"
            if row.gone_at:
                yield f"KEY_NOT_DESTROYED {row.object.hex()}"
    if row.here_at and not row.gone_at and evidence.objects is not None:
        try:
            with evidence.objects.open(row.object) as reader:
                Layout(size=row.size).check_sealed_bytes(reader.size)
        except (CarryFault, Malformed) as fault:
            yield f"OBJECT_{fault.code} {row.object.hex()}"
