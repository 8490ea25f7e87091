"""Checks what the store says of evidence against the signed bytes: the part of `audit` that knows manifests, items and keys.

What it knows: how each row follows from a statement, a leaf or a receipt. What it must never do: repair, or open a file. Touches are
checked in `touched`.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from longbien.carry import CarryFault
from longbien.evidence import manifest as manifests
from longbien.evidence.custody import Event, Touch
from longbien.evidence.sealed import Layout, ObjectSeal
from longbien.evidence.ticket import kept, ticket_of
from longbien.exchange import Act
from longbien.keys import KeyFault
from longbien.keys.peer import verify_keys_for
from longbien.ledger import records
from longbien.node.directory import Directory
from longbien.node.due_rows import TOOK, Due
from longbien.node.evidence.arrival import item_row, keys_subject
from longbien.node.evidence.naming import digests_in
from longbien.node.evidence.release import is_over
from longbien.node.evidence.room import Evidence
from longbien.node.evidence.touched import touched
from longbien.store import Transaction
from longbien.store.evidence_rows import EvidenceRow, ManifestRow
from longbien.wire import statement
from longbien.wire.cbor import Malformed
from longbien.wire.suites import Suites


def inspect(
    evidence: Evidence, directory: Directory, suites: Suites, tx: Transaction, due: Due, findings: list[str]
) -> int:
    """How many manifests were verified; findings: MANIFEST_…, ITEM_…, CUSTODY_…, KEY_…, TICKET_DIFFERS, NAMING_…, HOLD_DIFFERS, OBJECT_…."""
    rows = tx.evidence.all_manifests()
    for row in rows:
        findings += _part(directory, suites, tx, row)
    findings += _missing(due, rows)
    findings += touched(directory, tx, due)
    for manifest in dict.fromkeys((*(row.manifest for row in rows), *tx.evidence.with_items())):
        done = _own_touches(due, manifest)
        for item in tx.evidence.items(manifest):
            findings += _item(evidence, directory.own.party, tx, item, due, done)
    findings += [f"KEY_OF_NOTHING {name.hex()}" for name in tx.evidence.keys_of_nothing()]
    findings += _named(directory.own.party, tx, due, rows)
    findings += _held(tx, due)
    return len(rows)


def _missing(due: Due, rows: Sequence[ManifestRow]) -> Iterator[str]:
    """Every manifest that was taken or signed here is here, with all its parts."""
    parts = Counter(row.manifest for row in rows)
    digests = {row.digest for row in rows}
    for said in due.said("manifest"):
        if parts[_bytes(said["manifest"])] != said["parts"] or said["first"] not in digests:
            yield f"MANIFEST_MISSING {_bytes(said['manifest']).hex()}"
    for said in due.said(TOOK):
        if said["what"] == manifests.KIND and said["subject"] not in digests:
            yield f"MANIFEST_MISSING {_bytes(said['subject']).hex()}"


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
    said = (signed.digest, part.id, part.part, part.exchange, signed.issuer, part.made_at)
    if said != (row.digest, row.manifest, row.part, row.exchange, row.issuer, row.at):
        yield f"MANIFEST_DIFFERS {row.digest.hex()}"
    held = {item.number: item for item in tx.evidence.items_of_part(row.digest)}
    for item in part.items:
        due = item_row(part.id, row.digest, item, here_at=0)
        found = held.pop(item.number, None)
        if found is None or _facts(found) != _facts(due):
            yield f"ITEM_DIFFERS {row.digest.hex()} {item.number}"
    yield from (f"ITEM_DIFFERS {row.digest.hex()} {number}" for number in held)


_OF_ACTS = frozenset({"proposed", "entry"})


def _facts(row: EvidenceRow) -> tuple[object, ...]:
    return row.object, row.manifest, row.digest, row.size, row.sha256, row.original, row.commitment


def _own_touches(due: Due, manifest: bytes) -> dict[tuple[int, str], Event]:
    """The last own event of each kind about each item of a manifest, and the digest of what it was about."""
    return {(event.item, event.touch): event for event in due.events.values() if event.manifest == manifest}


def _item(
    evidence: Evidence,
    own: str,
    tx: Transaction,
    row: EvidenceRow,
    due: Due,
    done: Mapping[tuple[int, str], Event],
) -> Iterator[str]:
    name = row.object.hex()
    here = done.get((row.number, Touch.SEALED)) or done.get((row.number, Touch.RECEIVED))
    gone = done.get((row.number, Touch.DELETED))
    if (bool(row.here_at), bool(row.gone_at)) != (here is not None, gone is not None):
        yield f"ITEM_PLACE_DIFFERS {name}"
    if any(event.sha256 != row.sha256 for (item, _), event in done.items() if item == row.number):
        yield f"ITEM_DIFFERS {row.manifest.hex()} {row.number}"
    yield from _key(evidence, own, tx, row, due)
    if row.here_at and not row.gone_at and evidence.objects is not None:
        try:
            with evidence.objects.open(row.object) as reader:
                Layout(size=row.size).check_sealed_bytes(reader.size)
        except (CarryFault, Malformed) as fault:
            yield f"OBJECT_{fault.code} {name}"


def _key(evidence: Evidence, own: str, tx: Transaction, row: EvidenceRow, due: Due) -> Iterator[str]:
    """The key is the one that the manifest commits to; it is held when it has to be, and only then; so is its ticket."""
    name = row.object.hex()
    secret = tx.evidence.secrets([row.object]).get(row.object)
    ticket = None
    if secret is not None:
        try:
            held = evidence.vault.open(secret)
            seal = ObjectSeal(key=held.key, object_id=row.object, size=row.size, salt=held.salt)
        except (KeyFault, Malformed) as fault:
            yield f"KEY_{fault.code} {name}"
            return
        if seal.commitment != row.commitment:
            yield f"KEY_DIFFERS {name}"
        if row.gone_at:
            yield f"KEY_NOT_DESTROYED {name}"
        ticket = kept(ticket_of(held.key, row.object))
    elif not row.gone_at and _came(own, tx, row, due):
        yield f"KEY_MISSING {name}"
    if row.ticket != ticket:
        yield f"TICKET_DIFFERS {name}"


def _came(own: str, tx: Transaction, row: EvidenceRow, due: Due) -> bool:
    """Whether the key of an item was made here, or was taken, by what the ledger says."""
    if row.digest is None:
        return True
    part = tx.evidence.find([row.digest]).get(row.digest)
    if part is None or part.issuer == own:
        return True
    acts = [entry.act for entry in tx.exchanges.chain(part.exchange)]
    return any(keys_subject(row.digest, act) in due.answers for act in acts)


def _named(own: str, tx: Transaction, due: Due, rows: Sequence[ManifestRow]) -> Iterator[str]:
    """Every own act that names a manifest of ours has its row, and keys went when the ledger says so."""
    mine = {row.digest for row in rows if row.issuer == own}
    released = {(said["manifest"], said["to"]): said["at"] for said in due.said("released")}
    for exchange in dict.fromkeys(row.exchange for row in rows if row.issuer == own):
        namings = tx.evidence.namings_of(exchange)
        acts = [
            row.subject for row in tx.exchanges.outcomes_of(exchange) if row.kind in _OF_ACTS and not row.code
        ]
        wanted = set()
        for name, raw in tx.ledger.statements(acts).items():
            with contextlib.suppress(Malformed):
                signed = statement.parse(raw)
                if signed.issuer == own:
                    body = Act.decode(signed.payload).body
                    wanted |= {(digest, name) for digest in digests_in(body) & mine}
        if {(row.digest, row.act) for row in namings} != wanted:
            yield f"NAMING_DIFFERS {exchange.hex()}"
        stands, lines = tx.exchanges.find([exchange]), tx.queue.find([exchange])
        for row in namings:
            at = released.get((row.digest, row.peer))
            sent = (row.sent_at == at) if at is not None else (not row.sent_at or _all_gone(tx, row.digest))
            over = exchange in stands and is_over(stands[exchange], lines.get(exchange))
            if not sent or (row.kept_at and not over):
                yield f"NAMING_DIFFERS {row.digest.hex()} {row.peer}"


def _all_gone(tx: Transaction, part: bytes) -> bool:
    """Whether there was no key left to send."""
    return all(item.gone_at for item in tx.evidence.items_of_part(part))


def _held(tx: Transaction, due: Due) -> Iterator[str]:
    """What is on hold is what two persons put on hold and did not lift."""
    held = {_bytes(said["exchange"]): said["reason"] for said in due.said("hold")}
    begun = Counter(_bytes(said["exchange"]) for said in due.said("hold"))
    ended = Counter(_bytes(said["exchange"]) for said in due.said("lifted"))
    found = tx.evidence.held()
    for exchange in held.keys() | found.keys():
        reason = held.get(exchange) if begun[exchange] > ended[exchange] else None
        if found.get(exchange) != reason:
            yield f"HOLD_DIFFERS {exchange.hex()}"


def _bytes(value: records.Scalar) -> bytes:
    return value if isinstance(value, bytes) else b""
