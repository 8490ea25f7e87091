"""What is proven and by whom: findings, and the primitives that decide. Every check raises `Fails` with a code."""

import hashlib
import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

# FIPS 186-5: the order of P-384; of the two valid values of s only the lower is admitted.
_P384_ORDER = int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16)
ED25519, ESP384, ML_DSA_44, ML_DSA_65, ML_DSA_87 = -19, -51, -48, -49, -50
# docs/wire/02-statement.md: the two algorithms of each suite; both signatures must verify.
SUITES = {1: (ED25519, ML_DSA_65), 2: (ESP384, ML_DSA_87)}
_MLDSA: dict[
    int, Callable[[bytes], mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey]
] = {
    ML_DSA_44: mldsa.MLDSA44PublicKey.from_public_bytes,
    ML_DSA_65: mldsa.MLDSA65PublicKey.from_public_bytes,
    ML_DSA_87: mldsa.MLDSA87PublicKey.from_public_bytes,
}


class Fails(Exception):
    """Something does not hold. `code` is stable, `where` says which part of the record."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code} {where}")
        self.code = code
        self.where = where


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the parts in a row."""
    return hashlib.sha256(b"".join(parts)).digest()


def check_signature(algorithm: int, public: bytes, message: bytes, signature: bytes, where: str) -> None:
    """Silence means valid; raises `Fails` SIGNATURE_INVALID."""
    try:
        if algorithm == ED25519:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        elif algorithm == ESP384:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), public)
            r, s = int.from_bytes(signature[:48]), int.from_bytes(signature[48:])
            if len(signature) != 96 or s > _P384_ORDER // 2:
                raise InvalidSignature
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA384()))
        elif algorithm in _MLDSA:
            _MLDSA[algorithm](public).verify(signature, message)
        else:
            raise InvalidSignature
    except (InvalidSignature, ValueError) as error:
        raise Fails("SIGNATURE_INVALID", where) from error


def leaf_hash(kind_and_commitment: bytes) -> bytes:
    """RFC 9162: the hash of a leaf."""
    return sha256(b"\x00", kind_and_commitment)


def commitment(salt: bytes, record: bytes) -> bytes:
    """The salted commitment that stands in a leaf."""
    return hmac.new(salt, sha256(record), hashlib.sha256).digest()


def root_above(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3.2: the root to which a path leads; raises `Fails` PROOF_LENGTH."""
    if not 0 <= index < size:
        raise Fails("PROOF_RANGE", str(index))
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Fails("PROOF_LENGTH", str(index))
        if node & 1 or node == last:
            value = sha256(b"\x01", sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha256(b"\x01", value, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Fails("PROOF_LENGTH", str(index))
    return value
