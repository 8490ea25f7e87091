"""Receipts: one record, and the proof that a log holds it under a head which the log signed.

It knows how record, salt, path and checkpoint belong together. It never knows what the record means to an
exchange. A receipt needs nothing beside it but the log's public keys: no database, no network, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle
from longbien.ledger.leaf import MAX_KIND, SALT_BYTES, check_kind, leaf_hash
from longbien.ledger.note import MAX_NOTE_BYTES
from longbien.ledger.records import MAX_RECORD_BYTES
from longbien.wire import cbor
from longbien.wire.fields import Fields
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from longbien.ledger.checkpoint import Checkpoint, LogVerifier
    from longbien.ledger.merkle import Reader

MAX_PATH = 63
MAX_RECEIPT_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`record` of `kind`, salted with `salt` (32 bytes), is leaf `index` of the `size` leaves under
    `checkpoint`.

    `path` are the sibling hashes from the leaf upwards; `checkpoint` the signed note, cosignatures included
    if any.
    """

    record: bytes
    kind: str
    salt: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the record. Raises `Malformed` (LEAF_KIND, LEAF_SALT)."""
        return leaf_hash(self.kind, self.salt, self.record)


def make(record: bytes, *, kind: str, salt: bytes, index: int, checkpoint: bytes, read: Reader) -> Receipt:
    """The receipt for leaf `index` under the signed note `checkpoint`, its path taken from `read`.

    Raises `Malformed`: NOTE_…, CHECKPOINT_… for the note, PROOF_RANGE when the head does not reach the leaf.
    """
    size = checkpoints.read(checkpoint).size
    path = merkle.inclusion(index, size, read)
    return Receipt(
        record=record, kind=kind, salt=salt, index=index, size=size, path=path, checkpoint=checkpoint
    )


def encode(receipt: Receipt) -> bytes:
    """The receipt as a deterministic CBOR map."""
    return cbor.encode(
        {
            "checkpoint": receipt.checkpoint,
            "index": receipt.index,
            "kind": receipt.kind,
            "path": receipt.path,
            "record": receipt.record,
            "salt": receipt.salt,
            "size": receipt.size,
        },
        limit=MAX_RECEIPT_BYTES,
    )


def decode(raw: bytes) -> Receipt:
    """Reads a receipt; nothing is verified. Raises `Malformed`: CBOR_…, FIELD_…, LEAF_KIND."""
    fields = Fields(cbor.decode(raw, limit=MAX_RECEIPT_BYTES), "receipt")
    receipt = Receipt(
        record=fields.bytes("record", max=MAX_RECORD_BYTES),
        kind=fields.text("kind", max=MAX_KIND),
        salt=fields.bytes("salt", size=SALT_BYTES),
        index=fields.int("index", max=merkle.MAX_SIZE - 1),
        size=fields.int("size", min=1, max=merkle.MAX_SIZE),
        path=fields.byte_strings("path", size=merkle.HASH_BYTES, items=MAX_PATH),
        checkpoint=fields.bytes("checkpoint", max=MAX_NOTE_BYTES),
    )
    fields.done()
    check_kind(receipt.kind)
    return receipt


def verify(receipt: Receipt, log_key: LogVerifier) -> Checkpoint:
    """The checkpoint under which the log of `log_key` holds the record. Every field of the receipt is bound.

    Raises `Malformed`: NOTE_…, CHECKPOINT_… for the head; RECEIPT_SIZE when the head has another size;
    RECEIPT_KIND when the record names another kind; LEAF_… for kind and salt; `ProofInvalid` (PROOF_…) for
    the path.
    """
    head = checkpoints.verify(receipt.checkpoint, log_key)
    verify_under(receipt, head)
    return head


def verify_under(receipt: Receipt, head: Checkpoint) -> None:
    """Accepts when the log holds the record under `head`, the verified head that the receipt brings.

    One head serves a whole batch of receipts, so its signatures need not be checked for each of them. Codes as
    `verify`, without those of the head.
    """
    assert head.note == receipt.checkpoint
    if head.size != receipt.size:
        raise Malformed("RECEIPT_SIZE", "head and receipt differ")
    _check_record_kind(receipt)
    merkle.verify_inclusion(receipt.leaf, receipt.index, receipt.size, receipt.path, head.root)


def _check_record_kind(receipt: Receipt) -> None:
    value = cbor.decode(receipt.record, limit=MAX_RECORD_BYTES)
    if not isinstance(value, dict) or value.get("kind") != receipt.kind:
        raise Malformed("RECEIPT_KIND", "record and leaf differ")
