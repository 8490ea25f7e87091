"""Manifests and custody read back from their signed bytes, for papers and for CASE.

What it knows: how the parts of a manifest and the events of an item belong together. What it must never do: judge; nothing is
verified here, because the finished file is verified as a whole before anybody gets it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from longbien.evidence import Event, Manifest, Timeline, custody, manifest, timelines
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.records import Notice
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Every manifest in one piece, in order; the timeline of every item by manifest and number; the leaf of every event by
    its digest.
    """

    manifests: tuple[Manifest, ...]
    timelines: dict[tuple[bytes, int], Timeline]
    leaves: dict[bytes, int]


def read(manifests: Sequence[bytes], events: Sequence[bytes]) -> Evidence:
    """What the statements and receipts say. Raises `Malformed` for bytes that are no manifest or no custody event."""
    parts: dict[bytes, list[Manifest]] = defaultdict(list)
    for raw in manifests:
        part = manifest.read(statement.parse(raw).payload)
        parts[part.id].append(part)
    leaves: dict[bytes, int] = {}
    touched: list[Event] = []
    for raw in events:
        receipt = receipts.decode(raw)
        record = records.decode(receipt.record)
        if not isinstance(record, Notice):
            raise Malformed("CUSTODY_KIND", record.kind)
        touched.append(custody.of_record(record))
        leaves[cbor.digest(receipt.record)] = receipt.index
    return Evidence(
        manifests=tuple(manifest.join(found) for found in parts.values()),
        timelines={(line.manifest, line.item): line for line in timelines(touched)},
        leaves=leaves,
    )
