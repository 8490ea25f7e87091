"""The receipt as a C2SP tlog-proof: a text that the tools of other transparency logs can check.

It knows that text format and nothing else. The text holds kind and salt in its `extra` line, but not the
record: whoever checks brings the record, and the leaf hash ties the two together.
"""

from __future__ import annotations

from base64 import b64encode

from longbien.ledger import merkle
from longbien.ledger import note as notes
from longbien.ledger.checkpoint import read
from longbien.ledger.leaf import SALT_BYTES, check_kind
from longbien.ledger.receipt import MAX_PATH, Receipt
from longbien.wire import cbor
from longbien.wire.wellformed import Malformed

HEADER = "c2sp.org/tlog-proof@v1"

_MAX_INDEX_DIGITS = 19


def to_tlog_proof(receipt: Receipt) -> str:
    """The text of the proof, checkpoint included word for word."""
    extra = cbor.encode([receipt.kind, receipt.salt])
    path = "".join(f"{_base64(value)}\n" for value in receipt.path)
    return f"{HEADER}\nextra {_base64(extra)}\nindex {receipt.index}\n{path}\n{receipt.checkpoint.decode()}"


def from_tlog_proof(text: str, record: bytes) -> Receipt:
    """The receipt that `text` makes together with `record`; nothing is verified.

    Raises `Malformed`: TLOG_PROOF for the lines, CBOR_… and LEAF_KIND for `extra`, NOTE_… and CHECKPOINT_…
    for the checkpoint.
    """
    head, separator, checkpoint = text.partition("\n\n")
    rows = head.split("\n")
    if not separator or len(rows) < 3 or rows[0] != HEADER or len(rows) > 3 + MAX_PATH:
        raise Malformed("TLOG_PROOF", "lines")
    kind, salt = _extra(_after("extra ", rows[1]))
    path = tuple(notes.decode_base64(row, "TLOG_PROOF") for row in rows[3:])
    if any(len(value) != merkle.HASH_BYTES for value in path):
        raise Malformed("TLOG_PROOF", "hash size")
    raw = checkpoint.encode()
    return Receipt(
        record=record,
        kind=kind,
        salt=salt,
        index=_index(_after("index ", rows[2])),
        size=read(raw).size,
        path=path,
        checkpoint=raw,
    )


def _extra(encoded: str) -> tuple[str, bytes]:
    match cbor.decode(notes.decode_base64(encoded, "TLOG_PROOF")):
        case [str(kind), bytes(salt)] if len(salt) == SALT_BYTES:
            check_kind(kind)
            return kind, salt
    raise Malformed("TLOG_PROOF", "extra")


def _index(digits: str) -> int:
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MAX_INDEX_DIGITS:
        raise Malformed("TLOG_PROOF", "index")
    index = int(digits)
    if str(index) != digits:
        raise Malformed("TLOG_PROOF", "index")
    return index


def _after(prefix: str, row: str) -> str:
    if not row.startswith(prefix):
        raise Malformed("TLOG_PROOF", prefix.strip())
    return row.removeprefix(prefix)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
