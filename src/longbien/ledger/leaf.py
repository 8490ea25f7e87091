"""Leaves: what the tree holds in place of a record.

It knows how a record is bound to a leaf without showing it: a leaf is the record's kind and a salted
commitment. It never knows what a record says. Whoever sees leaves only, a witness for instance, learns kinds
and counts; when the salt is destroyed, record and leaf can no longer be connected, and the tree stays whole.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from longbien.ledger import merkle
from longbien.wire.cbor import encode
from longbien.wire.wellformed import Malformed

SALT_BYTES = 32
MAX_KIND = 32


def commitment(salt: bytes, record: bytes) -> bytes:
    """HMAC-SHA-256 under the 32-byte salt over SHA-256 of the record. Raises `Malformed` (LEAF_SALT)."""
    if len(salt) != SALT_BYTES:
        raise Malformed("LEAF_SALT", "32 bytes expected")
    return hmac.digest(salt, sha256(record).digest(), "sha256")


def leaf_data(kind: str, salt: bytes, record: bytes) -> bytes:
    """The entry as the tree hashes it: deterministic CBOR [kind, commitment]. Codes: LEAF_KIND, LEAF_SALT."""
    check_kind(kind)
    return encode([kind, commitment(salt, record)])


def leaf_hash(kind: str, salt: bytes, record: bytes) -> bytes:
    """The hash at level 0 of the tree for this record."""
    return merkle.leaf_hash(leaf_data(kind, salt, record))


def check_kind(kind: str) -> None:
    """Raises `Malformed` (LEAF_KIND) unless `kind` is 1 to 32 small letters, digits and inner hyphens."""
    words = kind.split("-")
    if len(kind) > MAX_KIND or not all(
        word.isascii() and word.isalnum() and word == word.lower() for word in words
    ):
        raise Malformed("LEAF_KIND", "kind")
