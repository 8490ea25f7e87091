"""A sealed object that arrives: a file that is filled in any order.

Knows where chunks and tags stand, and how a disk fails; must never know where the bytes come from, or a key.
"""

import os
from pathlib import Path
from typing import Self

from longbien.carry.direct import DirectFile
from longbien.carry.faults import CarryFault, of_disk
from longbien.carry.reading import read_whole
from longbien.carry.unfinished import open_alone
from longbien.evidence.sealed import TAG_BYTES, Layout


class Part:
    """The part file of one object. Its calls raise CarryFault: DISK_FULL, DISK_FAILED; the first one OBJECT_EXISTS too."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self._layout = layout
        self._handle = open_alone(path)
        self._file = DirectFile(path, self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._file.close()
        os.close(self._handle)

    @property
    def is_sized(self) -> bool:
        """Whether it is as long as the object."""
        return os.fstat(self._handle).st_size == self._layout.sealed_bytes

    def size_anew(self) -> None:
        """As long as the object, and one hole."""
        try:
            os.ftruncate(self._handle, 0)
            os.ftruncate(self._handle, self._layout.sealed_bytes)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def write(self, view: memoryview, offset: int) -> None:
        """A chunk, or anything else."""
        try:
            self._file.write(view, offset)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def read(self, count: int, offset: int) -> bytes:
        """As many bytes as are there."""
        try:
            return os.pread(self._handle, count, offset)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def tag(self, chunk: int) -> bytes:
        """The tag of a chunk."""
        return self.read(TAG_BYTES, self._layout.tag(chunk)[0])

    def sealed(self, chunk: int, buffer: memoryview) -> memoryview:
        """A chunk and its tag, as they stand on the disk, in a buffer of `chunk_buffer`."""
        start, end = self._layout.chunk(chunk)
        read_whole(
            self._file.read,
            start,
            buffer[: end - start],
            failed=lambda place, fault: of_disk(fault, f"part at byte {place}"),
            ended=lambda place: CarryFault("DISK_FAILED", f"part ends at {place}"),
        )
        buffer[end - start : end - start + TAG_BYTES] = self.tag(chunk)
        return buffer[: end - start + TAG_BYTES]

    def sync(self) -> None:
        """Everything written is on the disk when this returns; raises OSError, after which nothing counts."""
        os.fsync(self._handle)
