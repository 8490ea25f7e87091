"""Manifests and custody read back from their signed bytes, for papers and for CASE.

What it knows: how the parts of a manifest and the events of an item belong together. What it must never do: judge; nothing is
verified here, because the finished file is verified as a whole before anybody gets it.
"""

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass

from longbien.evidence import Event, Manifest, Timeline, custody, manifest, timelines
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.ledger.receipt import Receipt
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


def of_acts(
    named: Container[bytes], manifests: Sequence[bytes], events: Sequence[bytes]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The manifests whose digest an act of the exchange names, and the events of their items.

    What was made ready and never sent is no part of the exchange, so it is no part of its file.
    """
    sent = tuple(raw for raw in manifests if cbor.digest(raw) in named)
    known = {manifest.read(statement.parse(raw).payload).id for raw in sent}
    return sent, tuple(raw for raw in events if _event(raw)[0].manifest in known)


def read(manifests: Sequence[bytes], events: Sequence[bytes]) -> Evidence:
    """What the statements and receipts say. Raises `Malformed` for bytes that are no manifest or no custody event."""
    parts: dict[bytes, list[Manifest]] = defaultdict(list)
    for raw in manifests:
        part = manifest.read(statement.parse(raw).payload)
        parts[part.id].append(part)
    leaves: dict[bytes, int] = {}
    touched: list[Event] = []
    for raw in events:
        event, receipt = _event(raw)
        touched.append(event)
        leaves[cbor.digest(receipt.record)] = receipt.index
    return Evidence(
        manifests=tuple(manifest.join(found) for found in parts.values()),
        timelines={(line.manifest, line.item): line for line in timelines(touched)},
        leaves=leaves,
    )


def _event(raw: bytes) -> tuple[Event, Receipt]:
    receipt = receipts.decode(raw)
    record = records.decode(receipt.record)
    if not isinstance(record, Notice):
        raise Malformed("CUSTODY_KIND", record.kind)
    return custody.of_record(record), receipt
