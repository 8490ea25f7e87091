"""The sealed object: one file, encrypted chunk by chunk for whoever is given its key.

Knows where each chunk and its tag stand, and how key, object, size and position are bound into every one of
them (docs/wire/09-sealed-object.md). It must never know files, threads, or where a key comes from; key and
salt are arguments. The construction is C2SP chunked-encryption with other parameters: chunks of 1 MiB, the
tags after the body, and holes.

Laws:

1. Byte i of the plaintext stands at byte i of the sealed object, encrypted; so any range can be read alone, and
   a hole of the plaintext can stay a hole.
2. A chunk opens only with the key, in the object, at the position and in an object of the size that it was
   sealed for.
3. One salt seals one content: whoever starts again after a fault starts with another salt.
"""

import hmac
import struct
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from longbien.wire.wellformed import Malformed

# 1 MiB is on the plateau of AES-GCM from Python, and hands work between threads seldom enough.
CHUNK_BYTES: Final = 1 << 20
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
SALT_BYTES: Final = 24
COMMITMENT_BYTES: Final = 32
OBJECT_BYTES: Final = 16
SEAL_BYTES: Final = SALT_BYTES + COMMITMENT_BYTES
# 4 PiB less one byte, as in C2SP chunked-encryption: beyond it AES-GCM under one key wears out.
SIZE_MAX: Final = (1 << 52) - 1

_LABEL: Final = b"longbien/1/sealed-object+AEAD_AES_256_GCM\0"
_NONCE_BYTES: Final = 12
_CHUNK_AAD: Final = b""
_HOLE_AAD: Final = b"hole"

Buffer: TypeAlias = "bytes | bytearray | memoryview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand in a sealed object whose plaintext has `size` bytes.

    Raises `Malformed` SEAL_SIZE for a size beyond `SIZE_MAX`.
    """

    size: int

    def __post_init__(self) -> None:
        if not 0 <= self.size <= SIZE_MAX:
            raise Malformed("SEAL_SIZE", str(self.size))

    @property
    def chunks(self) -> int:
        """How many chunks there are. The last one is always shorter than the others, and may be empty."""
        return self.size // CHUNK_BYTES + 1

    @property
    def tags_at(self) -> int:
        """Offset of the first tag: the end of the body."""
        return self.size

    @property
    def seal_at(self) -> int:
        """Offset of salt and commitment: the end of the tags."""
        return self.size + TAG_BYTES * self.chunks

    @property
    def sealed_bytes(self) -> int:
        """The size of the whole sealed object."""
        return self.seal_at + SEAL_BYTES

    def chunk(self, index: int) -> tuple[int, int]:
        """First byte of a chunk and the byte after its last, in the plaintext and in the sealed object alike."""
        start = index * CHUNK_BYTES
        return start, min(start + CHUNK_BYTES, self.size)

    def tag(self, index: int) -> tuple[int, int]:
        """First byte of a chunk's tag and the byte after its last, in the sealed object."""
        start = self.tags_at + index * TAG_BYTES
        return start, start + TAG_BYTES

    def check_sealed_bytes(self, found: int) -> None:
        """Raises `Malformed` SEAL_TRUNCATED or SEAL_EXCESS unless the sealed object is exactly as long as it must be."""
        if found != self.sealed_bytes:
            code = "SEAL_TRUNCATED" if found < self.sealed_bytes else "SEAL_EXCESS"
            raise Malformed(code, f"{found} bytes, {self.sealed_bytes} due")

    def covering(self, start: int, end: int) -> range:
        """The chunks in which the bytes from `start` to before `end` of the plaintext lie."""
        if start >= end:
            return range(0)
        return range(start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES + 1)


class ObjectSeal:
    """The seal of one object: opens and closes its chunks.

    `key` (32 bytes) is for this object alone, `object_id` has 16 bytes, `size` is that of the plaintext, `salt`
    24 random bytes. `commitment` (32 bytes) names key, object, size and salt at once. A buffer that takes a chunk
    has room for its tag too: `CHUNK_BYTES + TAG_BYTES` always suffice.

    Raises `Malformed`: KEY_INVALID, FIELD_RANGE (object, salt), SEAL_SIZE.
    """

    __slots__ = ("_cipher", "_nonce", "commitment", "layout", "object_id", "salt")

    def __init__(self, *, key: bytes, object_id: bytes, size: int, salt: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise Malformed("KEY_INVALID", f"sealed object: {len(key)} bytes")
        if len(object_id) != OBJECT_BYTES or len(salt) != SALT_BYTES:
            raise Malformed("FIELD_RANGE", "seal")
        self.layout = Layout(size=size)
        self.object_id = object_id
        self.salt = salt
        context = object_id + struct.pack(">Q", size)
        wanted = KEY_BYTES + _NONCE_BYTES + COMMITMENT_BYTES
        grown = HKDFExpand(SHA512(), wanted, _LABEL + salt + context).derive(key)
        self._cipher = AESGCM(grown[:KEY_BYTES])
        self._nonce = int.from_bytes(grown[KEY_BYTES : KEY_BYTES + _NONCE_BYTES])
        self.commitment = grown[KEY_BYTES + _NONCE_BYTES :]

    @classmethod
    def read(cls, *, key: bytes, object_id: bytes, size: int, seal: bytes) -> "ObjectSeal":
        """The seal whose salt and commitment were read from the end of a sealed object.

        Raises `Malformed`: KEY_INVALID, SEAL_SIZE, SEAL_TRUNCATED (not 56 bytes), SEAL_MISMATCH (it is another
        key, object or size, or these bytes were changed).
        """
        if len(seal) != SEAL_BYTES:
            raise Malformed("SEAL_TRUNCATED", f"{len(seal)} bytes")
        found = cls(key=key, object_id=object_id, size=size, salt=bytes(seal[:SALT_BYTES]))
        if not hmac.compare_digest(found.commitment, bytes(seal[SALT_BYTES:])):
            raise Malformed("SEAL_MISMATCH", object_id.hex())
        return found

    @property
    def seal(self) -> bytes:
        """The last 56 bytes of the sealed object: salt and commitment."""
        return self.salt + self.commitment

    def close_chunk(self, index: int, plaintext: Buffer, into: bytearray | memoryview) -> None:
        """Ciphertext and then tag of a whole chunk, written to `into`, which is exactly 16 bytes longer."""
        self._check_length(index, len(plaintext))
        self._cipher.encrypt_into(self._nonce_of(index), plaintext, _CHUNK_AAD, into)

    def open_chunk(self, index: int, sealed: Buffer, into: bytearray | memoryview) -> None:
        """The plaintext of a chunk, given as ciphertext and tag, written to `into`, which is 16 bytes shorter.

        A hole is opened by `is_hole`, not here. Raises `Malformed` CHUNK_TAMPERED.
        """
        self._check_length(index, len(sealed) - TAG_BYTES)
        try:
            self._cipher.decrypt_into(self._nonce_of(index), sealed, _CHUNK_AAD, into)
        except InvalidTag as error:
            raise Malformed("CHUNK_TAMPERED", str(index)) from error

    def hole(self, index: int) -> bytes:
        """The tag of a chunk that is a hole: its plaintext is zeros, and zeros stand in the sealed object."""
        self._check_index(index)
        return self._cipher.encrypt(self._nonce_of(index), b"", _HOLE_AAD)

    def is_hole(self, index: int, tag: Buffer) -> bool:
        """Whether the tag says so. Then the plaintext is zeros, and the chunk's bytes in the sealed object are not
        read.
        """
        return hmac.compare_digest(self.hole(index), bytes(tag))

    def _nonce_of(self, index: int) -> bytes:
        return (self._nonce ^ index).to_bytes(_NONCE_BYTES)

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.layout.chunks:
            raise Malformed("CHUNK_RANGE", str(index))

    def _check_length(self, index: int, length: int) -> None:
        self._check_index(index)
        start, end = self.layout.chunk(index)
        if length != end - start:
            raise Malformed("CHUNK_LENGTH", str(index))
