"""Everything signed about the evidence of one exchange, for whoever has to show it: the file for a court, an auditor.

What it knows: which bytes belong to it. What it must never do: interpret, or leave out.
"""

from dataclasses import dataclass

from longbien.node.evidence.custody import Custodian
from longbien.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The evidence of an exchange as signed bytes.

    `manifests` are statements of kind "manifest" (docs/wire/10-manifest.md), part after part, the oldest manifest first.
    `custody` are receipts of custody events (docs/wire/05-receipt.md): those of this node under heads of its own log, those
    of other parties under heads of theirs, in the order in which this node heard of them, manifest by manifest.
    """

    exchange: bytes
    manifests: tuple[bytes, ...]
    custody: tuple[bytes, ...]


def dossier(store: Store, custodian: Custodian, exchange: bytes) -> Dossier:
    """What this node holds; empty where no evidence belongs to the exchange."""
    with store.transaction() as tx:
        rows = tx.evidence.manifests_of(exchange)
        raw = tx.ledger.statements([row.digest for row in rows])
        touched = [
            receipt
            for manifest in dict.fromkeys(row.manifest for row in rows)
            for receipt in custodian.receipts(tx, manifest)
        ]
    return Dossier(
        exchange=exchange, manifests=tuple(raw[row.digest] for row in rows), custody=tuple(touched)
    )
