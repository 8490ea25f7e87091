"""Seal a source and open a sealed object: one pass, flat memory, digests beside the encryption.

Knows the order of reading, digesting, encrypting and writing; the format is `longbien.evidence.sealed`, and what to
seal for whom is decided elsewhere. The thread that moves bytes encrypts; each digest has a thread of its own
(`ring`). Whatever fails, nothing appears under the final name.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, Self

from blake3 import blake3

from longbien.carry.faults import of_disk
from longbien.carry.ring import DigestRing
from longbien.carry.source import Source
from longbien.evidence import digests as known
from longbien.evidence.digests import SHA256, Hasher
from longbien.evidence.sealed import CHUNK_BYTES, SEAL_BYTES, TAG_BYTES, Layout, ObjectSeal
from longbien.wire.wellformed import Malformed

# Tags of 64 GiB of evidence; those of larger objects go to an unnamed temporary file.
_TAGS_IN_MEMORY: Final = 1 << 20
_TAGS_AT_ONCE: Final = 4096
_ZEROS: Final = bytes(CHUNK_BYTES)
_GLANCE: Final = 64

HASHERS: Final[Mapping[str, Callable[[], Hasher]]] = {
    SHA256: hashlib.sha256,
    "sha512": hashlib.sha512,
    "blake3": blake3,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "md5": lambda: hashlib.md5(usedforsecurity=False),
}

Moved = Callable[[int], None]


class Sink(Protocol):
    """A file or object in the making: `UnfinishedFile`, or its like in an object store."""

    def __enter__(self) -> Self:
        """Leaving the block without `finish` leaves nothing behind."""

    def __exit__(self, *_fault: object) -> None:
        """See `__enter__`."""

    def buffer(self) -> memoryview:
        """A buffer for one chunk and its tag."""

    def write(self, buffer: memoryview, length: int, offset: int) -> None:
        """Takes a buffer back and keeps its first bytes at an offset. Chunks come in order; what is left out is
        zeros.
        """

    def append_tail(self, tail: memoryview | bytes, offset: int) -> None:
        """Keeps what stands after the last chunk, in order."""

    def finish(self) -> None:
        """Makes it durable, then visible."""


class Reader(Protocol):
    """A sealed object that can be read at any place."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    def read_into(self, offset: int, view: memoryview) -> None:
        """Fills `view`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal gives to the manifest; sizes in bytes, `holes` in chunks."""

    object_id: bytes
    size: int
    sealed_bytes: int
    commitment: bytes
    digests: Mapping[str, bytes]
    holes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An object as manifest and act name it: identifier, plaintext size, commitment, key, digests of the plaintext."""

    object_id: bytes
    size: int
    commitment: bytes
    key: bytes = field(repr=False)
    digests: Mapping[str, bytes]


def nothing(_count: int) -> None:
    """Tells nobody how far a run is."""


def seal(
    source: Source,
    sink: Sink,
    object_seal: ObjectSeal,
    *,
    digests: Sequence[str] = (SHA256,),
    keep_holes: bool = True,
    moved: Moved = nothing,
) -> Sealed:
    """Seals a source into a sink, which then is durable and visible.

    `object_seal` was made for the source's size, with a fresh salt. `digests` are taken of the plaintext in the same
    pass; SHA-256 always is. With `keep_holes`, chunks of nothing but zeros cost no room and no sending, and whoever
    sees the sealed object sees where they are; without, they are encrypted like any other. `moved` hears of every
    chunk's bytes.

    Raises CarryFault (source, disk, store). After any exception the sink leaves nothing.
    """
    layout = object_seal.layout
    assert layout.size == source.size, "the seal was made for another size"
    holes = 0
    with sink, DigestRing(hashers(digests)) as ring, _TagSpool() as tags:
        for index in range(layout.chunks):
            start, end = layout.chunk(index)
            plaintext = _read_chunk(source, ring, start, end)
            if keep_holes and end > start and plaintext is None:
                tags.add(object_seal.hole(index))
                holes += 1
            else:
                buffer = sink.buffer()
                chunk = buffer[: end - start + TAG_BYTES]
                object_seal.close_chunk(index, plaintext or _ZEROS[: end - start], chunk)
                tags.add(chunk[end - start :])
                sink.write(buffer, end - start, start)
            moved(end - start)
        source.check_unchanged()
        offset = layout.tags_at
        for part in tags.parts():
            sink.append_tail(part, offset)
            offset += len(part)
        sink.append_tail(object_seal.seal, layout.seal_at)
        found = ring.digests()
        sink.finish()
    return Sealed(
        object_id=object_seal.object_id,
        size=layout.size,
        sealed_bytes=layout.sealed_bytes,
        commitment=object_seal.commitment,
        digests=found,
        holes=holes,
    )


def read_seal(reader: Reader, wanted: Wanted) -> ObjectSeal:
    """The seal of a sealed object, which must have the length that follows from its plaintext's size.

    Raises `Malformed`: SEAL_TRUNCATED (too short), SEAL_EXCESS (too long), SEAL_COMMITMENT (not the seal of the
    manifest), SEAL_MISMATCH, KEY_INVALID; CarryFault.
    """
    layout = Layout(size=wanted.size)
    layout.check_sealed_bytes(reader.size)
    tail = memoryview(bytearray(SEAL_BYTES))
    reader.read_into(layout.seal_at, tail)
    return checked_seal(wanted, bytes(tail))


def checked_seal(wanted: Wanted, seal: bytes) -> ObjectSeal:
    """The seal with these last bytes, if it is the wanted one; codes: those of `read_seal`."""
    if not seal.endswith(wanted.commitment):
        raise Malformed("SEAL_COMMITMENT", wanted.object_id.hex())
    return ObjectSeal.read(key=wanted.key, object_id=wanted.object_id, size=wanted.size, seal=seal)


def unseal(
    reader: Reader,
    object_seal: ObjectSeal,
    *,
    said: Mapping[str, bytes],
    sink: Sink | None = None,
    moved: Moved = nothing,
) -> Mapping[str, bytes]:
    """Opens every chunk and takes the digests that the manifest names (and SHA-256); the digests found.

    Only when all of them agree does the plaintext appear in `sink`; without a sink the object is only verified.

    Raises `Malformed`: CHUNK_TAMPERED (with the chunk's number), DIGEST_MISMATCH, DIGEST_MISSING; CarryFault. After
    any exception the sink leaves nothing.
    """
    if sink is None:
        return _unseal(reader, object_seal, said, None, moved)
    with sink:
        return _unseal(reader, object_seal, said, sink, moved)


def _unseal(
    reader: Reader, object_seal: ObjectSeal, said: Mapping[str, bytes], sink: Sink | None, moved: Moved
) -> Mapping[str, bytes]:
    layout = object_seal.layout
    body = memoryview(bytearray(CHUNK_BYTES + TAG_BYTES))
    with DigestRing(hashers(said)) as ring:
        for index, tag in enumerate(_Tags(reader, layout)):
            start, end = layout.chunk(index)
            if end > start and object_seal.is_hole(index, tag):
                ring.give(memoryview(_ZEROS)[: end - start])
            else:
                sealed = body[: end - start + TAG_BYTES]
                reader.read_into(start, sealed[: end - start])
                sealed[end - start :] = tag
                plaintext = ring.next()[: end - start]
                object_seal.open_chunk(index, sealed, plaintext)
                ring.give(plaintext)
                if sink is not None and end > start:
                    buffer = sink.buffer()
                    buffer[: end - start] = plaintext
                    sink.write(buffer, end - start, start)
            moved(end - start)
        found = ring.digests()
    known.compare(said, found)
    if sink is not None:
        sink.finish()
    return found


def open_range(reader: Reader, object_seal: ObjectSeal, start: int, end: int) -> bytes:
    """The plaintext from `start` to before `end`, read from as few chunks as hold it; for looks at a few bytes.

    Raises `Malformed`: RANGE_OUTSIDE, CHUNK_TAMPERED; CarryFault.
    """
    layout = object_seal.layout
    if not 0 <= start <= end <= layout.size:
        raise Malformed("RANGE_OUTSIDE", f"{start} to {end} of {layout.size}")
    found = bytearray()
    for index in layout.covering(start, end):
        first, last = layout.chunk(index)
        tag = memoryview(bytearray(TAG_BYTES))
        reader.read_into(layout.tag(index)[0], tag)
        plaintext = bytearray(last - first)
        if not object_seal.is_hole(index, tag):
            sealed = memoryview(bytearray(last - first + TAG_BYTES))
            reader.read_into(first, sealed[: last - first])
            sealed[last - first :] = tag
            object_seal.open_chunk(index, sealed, plaintext)
        found += plaintext[max(start - first, 0) : end - first]
    return bytes(found)


class _TagSpool:
    """The tags of an object in the making, until the body is complete."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_TAGS_IN_MEMORY)  # noqa: SIM115 - `__exit__` closes it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._file.close()

    def add(self, tag: bytes | memoryview) -> None:
        """One more; raises CarryFault DISK_FULL, DISK_FAILED (the disk of temporary files)."""
        try:
            self._file.write(tag)
        except OSError as fault:
            raise of_disk(fault, tempfile.gettempdir()) from fault

    def parts(self) -> Iterator[bytes]:
        """All of them, in parts; raises CarryFault DISK_FULL, DISK_FAILED."""
        try:
            self._file.seek(0)
            while part := self._file.read(CHUNK_BYTES):
                yield part
        except OSError as fault:
            raise of_disk(fault, tempfile.gettempdir()) from fault


class _Tags:
    """The tags of a sealed object in order, read a few thousand at a time."""

    def __init__(self, reader: Reader, layout: Layout) -> None:
        self._reader = reader
        self._layout = layout
        self._next = 0
        self._held = memoryview(b"")

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> memoryview:
        if self._next == self._layout.chunks:
            raise StopIteration
        place = self._next % _TAGS_AT_ONCE
        if place == 0:
            count = min(_TAGS_AT_ONCE, self._layout.chunks - self._next)
            self._held = memoryview(bytearray(count * TAG_BYTES))
            self._reader.read_into(self._layout.tag(self._next)[0], self._held)
        self._next += 1
        return self._held[place * TAG_BYTES : (place + 1) * TAG_BYTES]


def hashers(names: Sequence[str] | Mapping[str, bytes]) -> dict[str, Hasher]:
    """One for each name, and for SHA-256; raises `Malformed` DIGEST_FORM."""
    wanted = dict.fromkeys((SHA256, *names))
    if unknown := wanted.keys() - HASHERS.keys():
        raise Malformed("DIGEST_FORM", " ".join(sorted(unknown)))
    return {name: HASHERS[name]() for name in wanted}


def _read_chunk(source: Source, ring: DigestRing, start: int, end: int) -> memoryview | None:
    """The chunk's plaintext, given to the digests already; None for nothing but zeros."""
    if end > start and source.is_hole(start, end):
        ring.give(memoryview(_ZEROS)[: end - start])
        return None
    plaintext = ring.next()[: end - start]
    source.read_into(start, plaintext)
    ring.give(plaintext)
    # A glance at the first bytes spares all but the chunks that begin with zeros a look at every byte.
    if not any(plaintext[:_GLANCE]) and plaintext.tobytes() == _ZEROS[: end - start]:
        return None
    return plaintext
