"""Digests of a source, without sealing it: what is noted when a file is collected.

Knows reading and hashing. It must never know what the digests are for.
"""

from collections.abc import Sequence
from typing import Final

from longbien.carry.sealing import HASHERS, Moved, nothing
from longbien.carry.source import Source
from longbien.evidence.digests import SHA256
from longbien.evidence.look import LOOK_BYTES

_PIECE_BYTES: Final = 1 << 20


def digests_of(source: Source, names: Sequence[str] = (), *, moved: Moved = nothing) -> dict[str, bytes]:
    """SHA-256 of a source, and further digests by name; raises CarryFault when it cannot be read or changes meanwhile."""
    hashers = {name: HASHERS[name]() for name in dict.fromkeys((SHA256, *names))}
    buffer = memoryview(bytearray(_PIECE_BYTES))
    for start in range(0, source.size, _PIECE_BYTES):
        piece = buffer[: min(_PIECE_BYTES, source.size - start)]
        source.read_into(start, piece)
        for hasher in hashers.values():
            hasher.update(piece)
        moved(len(piece))
    source.check_unchanged()
    return {name: hasher.digest() for name, hasher in hashers.items()}


def first_bytes(source: Source) -> bytes:
    """What a look at a file may see of it: its first bytes."""
    view = memoryview(bytearray(min(LOOK_BYTES, source.size)))
    source.read_into(0, view)
    return view.tobytes()
