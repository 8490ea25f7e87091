"""Envelopes: what the network sees of a message between two nodes.

A header that names the key it is sealed for and nothing about the case, and sealed bytes of one of nine
sizes. Knows sealing and padding; must never know what a parcel holds. An envelope authenticates nobody:
whoever has the public key can seal. Who speaks is proven by the statements inside.

Only the addressee reads (P8), and a changed header opens nothing, because its digest is part of HPKE's
`info`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.wire.cbor import decode, digest, encode
from longbien.wire.fields import Fields
from longbien.wire.suites import KID_BYTES, OpenKey, SealKey, Suites
from longbien.wire.wellformed import Malformed

# Class n stands for 2^n KiB of plaintext: 4 KiB … 1 MiB. Padmé and Tor cells are precedents for few, fixed
# sizes.
CLASS_MIN: Final = 2
CLASS_MAX: Final = 10
PARCEL_BYTES_MAX: Final = (1 << CLASS_MAX) * 1024 - 1
ID_BYTES: Final = 16
# The largest plaintext, the overhead of the largest suite and the header, rounded up.
ENVELOPE_BYTES_MAX: Final = (1 << CLASS_MAX) * 1024 + 8192

_CONTEXT: Final = b"longbien/1/envelope"
_MARK: Final = b"\x80"
_HEADER_BYTES_MAX: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope as it can be read from outside.

    `to` is the kid of the key it is sealed for; `size_class` n promises 2^n KiB of plaintext; `header` are
    the bytes that the sealing is bound to.
    """

    id: bytes
    suite: int
    to: bytes
    size_class: int
    header: bytes
    sealed: bytes


def seal(parcel: bytes, *, to: SealKey, envelope_id: bytes, suites: Suites) -> bytes:
    """`parcel`, padded to the smallest class that holds it and sealed for `to`; the bytes of an envelope.

    `envelope_id` is 16 random bytes. Raises `Malformed`: ENVELOPE_TOO_LARGE, SUITE_UNKNOWN, KEY_INVALID,
    FIELD_RANGE.
    """
    if len(envelope_id) != ID_BYTES:
        raise Malformed("FIELD_RANGE", "envelope.id")
    if len(parcel) > PARCEL_BYTES_MAX:
        raise Malformed("ENVELOPE_TOO_LARGE", f"{len(parcel)} bytes exceed {PARCEL_BYTES_MAX}")
    size_class = max(CLASS_MIN, (len(parcel) // 1024).bit_length())
    header = encode({"class": size_class, "id": envelope_id, "suite": to.suite, "to": to.kid})
    plaintext = (parcel + _MARK).ljust(_plain_bytes(size_class), b"\0")
    sealed = suites.get(to.suite).seal(to.public, _info(header), plaintext)
    return encode([header, sealed], limit=ENVELOPE_BYTES_MAX)


def parse(raw: bytes) -> Envelope:
    """The envelope that the bytes are, by structure alone; nothing is opened.

    Raises `Malformed`: every code of `cbor.decode` and `fields.Fields`; ENVELOPE_STRUCTURE.
    """
    value = decode(raw, limit=ENVELOPE_BYTES_MAX)
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed("ENVELOPE_STRUCTURE", "envelope")
    header, sealed = value
    if not isinstance(header, bytes) or not isinstance(sealed, bytes):
        raise Malformed("ENVELOPE_STRUCTURE", "envelope")
    fields = Fields(decode(header, limit=_HEADER_BYTES_MAX), "envelope")
    size_class = fields.int("class", min=CLASS_MIN, max=CLASS_MAX)
    envelope_id = fields.bytes("id", size=ID_BYTES)
    suite = fields.int("suite")
    to = fields.bytes("to", size=KID_BYTES)
    fields.done()
    return Envelope(id=envelope_id, suite=suite, to=to, size_class=size_class, header=header, sealed=sealed)


def addressed_to(raw: bytes) -> bytes:
    """The kid of the key that the envelope is sealed for; raises `Malformed` as `parse` does."""
    return parse(raw).to


def open_envelope(raw: bytes, keys: Mapping[bytes, OpenKey], suites: Suites) -> bytes:
    """The parcel inside.

    Raises `Malformed`: every code of `parse`; SUITE_UNKNOWN, ENVELOPE_NOT_FOR_US (no key of that name),
    SUITE_MISMATCH, ENVELOPE_CLASS (size and class differ), ENVELOPE_TAMPERED, ENVELOPE_PADDING.
    """
    # (1) form
    envelope = parse(raw)
    # (2) the suite is one of ours
    suite = suites.get(envelope.suite)
    # (3) the key is one of ours, and (4) of the same suite
    if envelope.to not in keys:
        raise Malformed("ENVELOPE_NOT_FOR_US", envelope.to.hex())
    key = keys[envelope.to]
    if key.seal_key.suite != envelope.suite:
        raise Malformed("SUITE_MISMATCH", "envelope.suite")
    # (5) the size is the one that the class promises
    size = _plain_bytes(envelope.size_class)
    if len(envelope.sealed) != size + suite.overhead_bytes:
        raise Malformed("ENVELOPE_CLASS", f"{len(envelope.sealed)} bytes in class {envelope.size_class}")
    # (6) it opens under its own header
    plaintext = key.open(_info(envelope.header), envelope.sealed)
    # (7) the padding is ours: a mark, then nothing but zeros
    unpadded = plaintext.rstrip(b"\0")
    if len(plaintext) != size or not unpadded.endswith(_MARK):
        raise Malformed("ENVELOPE_PADDING")
    return unpadded[:-1]


def _plain_bytes(size_class: int) -> int:
    return (1 << size_class) * 1024


def _info(header: bytes) -> bytes:
    return _CONTEXT + digest(header)
