"""A small world for evidence: files, seals, and other sides that behave badly on purpose."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from longbien.carry import (
    CarryFault,
    FileSource,
    FolderStore,
    Manner,
    Sealed,
    Wanted,
    pieces,
    read_seal,
    seal,
    unseal,
)
from longbien.carry.sealing import Sink
from longbien.evidence.sealed import ObjectSeal

KEY, OBJECT, SALT = bytes(range(32)), bytes(range(16)), bytes(range(24))
AT_ONCE = Manner(waits=(0.0,) * 5, sleep=lambda _seconds: None)


def noise(name: str, size: int) -> bytes:
    return hashlib.shake_256(name.encode()).digest(size)


def object_seal(size: int, *, object_id: bytes = OBJECT, salt: bytes = SALT) -> ObjectSeal:
    return ObjectSeal(key=KEY, object_id=object_id, size=size, salt=salt)


def seal_file(
    path: Path, sink: Callable[[int], Sink], *, digests: Sequence[str] = (), keep_holes: bool = True
) -> Sealed:
    with FileSource(path) as source:
        made = object_seal(source.size)
        return seal(source, sink(made.layout.sealed_bytes), made, digests=digests, keep_holes=keep_holes)


def seal_bytes(content: bytes, store: FolderStore, tmp_path: Path, *, object_id: bytes = OBJECT) -> Wanted:
    """Content sealed into a folder, as the receiver will want it."""
    path = tmp_path / f"source-{object_id.hex()}"
    path.write_bytes(content)
    with FileSource(path) as source:
        made = object_seal(source.size, object_id=object_id)
        done = seal(source, store.create(object_id, made.layout.sealed_bytes), made)
    return wanted_of(done)


def open_bytes(store: FolderStore, wanted: Wanted, sink: Sink | None = None) -> Mapping[str, bytes]:
    with store.open(wanted.object_id) as reader:
        return unseal(reader, read_seal(reader, wanted), said=wanted.digests, sink=sink)


def wanted_of(done: Sealed) -> Wanted:
    """What was sealed, as the receiver will want it."""
    return Wanted(
        object_id=done.object_id, size=done.size, commitment=done.commitment, key=KEY, digests=done.digests
    )


def refused(code: str) -> "pytest.RaisesExc[Exception]":
    """The next block ends with an exception of this code."""
    return pytest.raises(Exception, check=lambda fault: getattr(fault, "code", "") == code)


@dataclass
class Far:
    """The other side: a folder, what it has sent, and what happens to each answer.

    `mishap` gets the number of the question, its start, and the bytes of the answer; it gives what is sent instead,
    or raises.
    """

    store: FolderStore
    mishap: Callable[[int, int, bytes], Iterable[bytes]] = lambda _number, _start, content: [content]
    asked: list[tuple[int, int]] = field(default_factory=list)
    sent: int = 0

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterable[bytes]:
        self.asked.append((start, end))
        with self.store.open(object_id) as reader:
            content = b"".join(pieces(reader, start, end))
        for piece in self.mishap(len(self.asked), start, content):
            self.sent += len(piece)
            yield piece


def gone(_number: int, _start: int, _content: bytes) -> Iterable[bytes]:
    raise CarryFault("REMOTE_GONE", "nobody there")
