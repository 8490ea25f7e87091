"""The ticket of a sealed object: who was given the object's key can show it, and may then fetch the ciphertext.

Knows one derivation (docs/wire/13-evidence-transfer.md). It must never know who asks. A server keeps only the digest of a
ticket, so that neither its database nor its memory lets anybody fetch; and a ticket opens nothing but the door.
"""

import hmac
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from longbien.wire.cbor import digest

TICKET_BYTES: Final = 32
_LABEL: Final = b"longbien/1/object-ticket\0"


def ticket_of(key: bytes, object_id: bytes) -> bytes:
    """32 bytes: HKDF-Expand (SHA-512) of the object's key with the label and the identifier."""
    return HKDFExpand(SHA512(), TICKET_BYTES, _LABEL + object_id).derive(key)


def kept(ticket: bytes) -> bytes:
    """What a server keeps of a ticket."""
    return digest(ticket)


def opens(ticket: bytes, kept_digest: bytes) -> bool:
    """Whether the ticket is the one whose digest was kept; the answer takes the same time for every wrong one."""
    return hmac.compare_digest(kept(ticket), kept_digest)
