"""Checks the rows of custody: every touch that a ledger shows is here, in its order, and nothing else is.

What it knows: own events are leaves; those of another party came in parcels, and every parcel that was taken is a leaf too. What it must
never do: judge a touch.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from longbien.evidence import custody as events
from longbien.ledger import receipt as receipts
from longbien.node.directory import Directory
from longbien.node.due_rows import TOOK, Due
from longbien.node.evidence.custody import custody_subject, whole_receipt
from longbien.store import Transaction
from longbien.store.evidence_rows import CustodyRow
from longbien.wire import parcel
from longbien.wire.cbor import Malformed, digest


def touched(directory: Directory, tx: Transaction, due: Due) -> Iterator[str]:
    """Findings: CUSTODY_MISSING, CUSTODY_DIFFERS, CUSTODY_ORDER, CUSTODY_PARCEL_MISSING, CUSTODY_HEAD_…, and the codes of receipts behind CUSTODY_."""
    rows = tx.evidence.all_events()
    own = {row.digest for row in rows if row.proof is None}
    yield from (f"CUSTODY_MISSING {name.hex()}" for name in due.events.keys() - own)
    places: dict[bytes, int] = defaultdict(lambda: -1)
    for row in rows:
        found = _read(directory, tx, due, row)
        if isinstance(found, str):
            yield f"CUSTODY_{found} {row.digest.hex()}"
            continue
        event, place = found
        said = (event.digest, event.manifest, event.item, event.party, event.touch)
        if said != (row.digest, row.manifest, row.item, row.party, row.touch):
            yield f"CUSTODY_DIFFERS {row.digest.hex()}"
        if row.proof is None and (row.heard_at, row.note) != (event.at, None):
            yield f"CUSTODY_DIFFERS {row.digest.hex()}"
        # Of one manifest, what this node wrote later happened later in its ledger; what others wrote may have crossed on its way.
        if row.party == directory.own.party:
            if place <= places[row.manifest]:
                yield f"CUSTODY_ORDER {row.digest.hex()}"
            places[row.manifest] = place
    yield from _parcels(directory.own.party, rows, due)
    for name, note in tx.evidence.all_notes().items():
        if digest(note) != name:
            yield f"CUSTODY_HEAD_DIFFERS {name.hex()}"


def _read(directory: Directory, tx: Transaction, due: Due, row: CustodyRow) -> tuple[events.Event, int] | str:
    """The event and its place in the ledger of its party, or what is wrong."""
    if row.proof is None:
        event, answer = due.events.get(row.digest), due.answers.get(row.digest)
        return "MISSING" if event is None or answer is None else (event, answer.leaf)
    head = tx.evidence.notes([row.note]).get(row.note) if row.note is not None else None
    if head is None:
        return "HEAD_MISSING"
    try:
        proof = receipts.decode(whole_receipt(row.proof, head))
        directory.receipt(row.party, proof)
        return events.read(proof.record), proof.index
    except Malformed as fault:
        return fault.code


def _parcels(own: str, rows: Sequence[CustodyRow], due: Due) -> Iterator[str]:
    """Every parcel of another party's events that the ledger shows is here, event for event."""
    taken = {said["subject"] for said in due.said(TOOK) if said["what"] == events.KIND}
    lines: dict[tuple[str, bytes], list[bytes]] = defaultdict(list)
    for row in rows:
        if row.party != own:
            lines[row.party, row.manifest].append(row.digest)
    for (_, manifest), line in lines.items():
        start = 0
        while start < len(line):
            ends = range(start + 1, min(len(line), start + parcel.EVENTS_MAX) + 1)
            end = next((end for end in ends if custody_subject(manifest, line[start:end]) in taken), None)
            if end is None:
                yield f"CUSTODY_PARCEL_MISSING {line[start].hex()}"
                break
            taken.discard(custody_subject(manifest, line[start:end]))
            start = end
    yield from (f"CUSTODY_PARCEL_MISSING {subject.hex()}" for subject in taken if isinstance(subject, bytes))
