"""The receipt as a COSE receipt (RFC 9942, verifiable data structure RFC9162_SHA256).

It knows that one structure. The signature of a checkpoint covers the note's text and cannot be reused here,
so the log signs the root once more, as a detached payload, through a function that the caller hands in. RFC
9942 signs the root alone; a protected header of ours adds the size and the log's name, so that neither can be
exchanged.

One COSE receipt has one algorithm. Whoever wants both makes two, which a `receipts` header (394) carries
together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle
from longbien.ledger.checkpoint import Checkpoint
from longbien.ledger.receipt import MAX_PATH
from longbien.wire import cbor
from longbien.wire.fields import Fields, checked_bytes, checked_int
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from longbien.ledger.logkey import LogKey
    from longbien.ledger.receipt import Receipt

_TAG = b"\xd2"  # tag 18, COSE_Sign1
_ALGORITHM, _CLAIMS, _STRUCTURE, _PROOFS = 1, 15, 395, 396
_ISSUER = 1
_RFC9162_SHA256 = 1
_INCLUSION = -1


def to_cose_receipt(receipt: Receipt, *, algorithm: int, sign_root: Callable[[int, bytes], bytes]) -> bytes:
    """A COSE receipt of inclusion under the head of `receipt`, signed by `sign_root(algorithm, message)`.

    `algorithm` is -19 (Ed25519) or -48 (ML-DSA-44). For receipts of one's own log that were verified: the
    root must be one that the log signed in a checkpoint. Raises `Malformed`: NOTE_…, CHECKPOINT_…,
    `ProofInvalid`.
    """
    head = checkpoints.read(receipt.checkpoint)
    merkle.verify_inclusion(receipt.leaf, receipt.index, head.size, receipt.path, head.root)
    protected = _protected(algorithm, head.origin, head.size)
    proof = cbor.encode([head.size, receipt.index, receipt.path])
    signature = sign_root(algorithm, _message(protected, head.root))
    return _TAG + cbor.encode([protected, {_PROOFS: {_INCLUSION: [proof]}}, None, signature])


def verify_cose_receipt(raw: bytes, leaf: bytes, log_key: LogKey) -> Checkpoint:
    """The head (unsigned as a note) under which the log of `log_key` holds the leaf hash `leaf`.

    Raises `Malformed`: COSE_SHAPE, CBOR_…, FIELD_… for the structure; CHECKPOINT_ORIGIN for another log;
    COSE_SIZE when proof and protected header differ; COSE_ALGORITHM, COSE_SIGNATURE_INVALID; `ProofInvalid`
    for the path.
    """
    if not raw.startswith(_TAG):
        raise Malformed("COSE_SHAPE", "tag 18 expected")
    match cbor.decode(raw[1:]):
        case [bytes(protected), dict(unprotected), None, bytes(signature)]:
            pass
        case _:
            raise Malformed("COSE_SHAPE", "COSE_Sign1 with detached payload expected")
    size, index, path = _read_proof(unprotected)
    algorithm = _read_protected(protected, log_key.origin, size)
    head = Checkpoint(origin=log_key.origin, size=size, root=merkle.root_above(leaf, index, size, path))
    log_key.verify_root(algorithm, _message(protected, head.root), signature)
    return head


def _protected(algorithm: int, origin: str, size: int) -> bytes:
    return cbor.encode(
        {_ALGORITHM: algorithm, _CLAIMS: {_ISSUER: origin}, _STRUCTURE: _RFC9162_SHA256, "size": size}
    )


def _message(protected: bytes, root: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4 with no external data and the root as payload."""
    return cbor.encode(["Signature1", protected, b"", root])


def _read_protected(protected: bytes, origin: str, size: int) -> int:
    header = Fields(cbor.decode(protected), "protected")
    algorithm = header.int(_ALGORITHM, min=-(2**31), max=2**31)
    header.int(_STRUCTURE, min=_RFC9162_SHA256, max=_RFC9162_SHA256)
    if header.int("size", min=1, max=merkle.MAX_SIZE) != size:
        raise Malformed("COSE_SIZE", "proof and header differ")
    claims = header.map(_CLAIMS)
    header.done()
    if claims.text(_ISSUER, max=255) != origin:
        raise Malformed("CHECKPOINT_ORIGIN", "another log")
    claims.done()
    return algorithm


def _read_proof(unprotected: dict[str | int, cbor.Value]) -> tuple[int, int, tuple[bytes, ...]]:
    header = Fields(unprotected, "unprotected")
    proofs = header.map(_PROOFS)
    header.done()
    (proof,) = proofs.byte_strings(_INCLUSION, max=4096, items=1, min_items=1)
    proofs.done()
    match cbor.decode(proof):
        case [size, index, list(path)] if len(path) <= MAX_PATH:
            return (
                checked_int(size, "size", min=1, max=merkle.MAX_SIZE),
                checked_int(index, "index"),
                tuple(checked_bytes(value, "path", size=merkle.HASH_BYTES) for value in path),
            )
    raise Malformed("COSE_SHAPE", "inclusion proof")
