"""A source: the file or block device that is sealed, read once from its first byte to its last.

Knows sizes, holes, unreadable places and how to notice that somebody writes meanwhile; must never know what is in it.
Raw images, E01 and AFF4 containers are all just bytes. An unreadable sector stops the seal: to image a failing disk
is the work of an acquisition tool, which says what it left out; a seal never invents zeros.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Protocol, Self

from longbien.carry.faults import CarryFault
from longbien.carry.reading import at, read_whole


class Source(Protocol):
    """Bytes of a size that is known before the first of them is read."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    def read_into(self, offset: int, view: memoryview) -> None:
        """Fills `view`; raises CarryFault SOURCE_UNREADABLE, SOURCE_SHRANK."""

    def is_hole(self, start: int, end: int) -> bool:
        """Whether nothing but zeros stands there, as far as that is known without reading."""

    def check_unchanged(self) -> None:
        """Raises CarryFault SOURCE_GREW, SOURCE_SHRANK, SOURCE_CHANGED if somebody wrote since the beginning."""


class FileSource:
    """A regular file or a block device.

    Raises CarryFault: SOURCE_ABSENT, SOURCE_KIND, SOURCE_UNREADABLE.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # Without O_NONBLOCK a named pipe in place of a file would be waited for.
            self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise CarryFault("SOURCE_ABSENT", str(path)) from None
        except OSError as fault:
            raise self._unreadable(0, fault) from fault
        self._found = os.fstat(self._handle)
        if not (stat.S_ISREG(self._found.st_mode) or stat.S_ISBLK(self._found.st_mode)):
            os.close(self._handle)
            raise CarryFault("SOURCE_KIND", str(path))
        self.size = os.lseek(self._handle, 0, os.SEEK_END)
        self._data_from = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        os.close(self._handle)

    def read_into(self, offset: int, view: memoryview) -> None:
        """See `Source.read_into`."""
        read_whole(
            at(self._handle),
            offset,
            view,
            failed=self._unreadable,
            ended=lambda place: CarryFault("SOURCE_SHRANK", f"{self._path} ends at {place}"),
        )

    def is_hole(self, start: int, end: int) -> bool:
        """See `Source.is_hole`."""
        if self._data_from < start:
            self._data_from = self._next_data(start)
        return self._data_from >= end

    def check_unchanged(self) -> None:
        """See `Source.check_unchanged`. Of a block device only the size can be told."""
        size = os.lseek(self._handle, 0, os.SEEK_END)
        if size != self.size:
            code = "SOURCE_GREW" if size > self.size else "SOURCE_SHRANK"
            raise CarryFault(code, f"{self._path}: {self.size} bytes, now {size}")
        now = os.fstat(self._handle)
        if stat.S_ISREG(now.st_mode) and now.st_mtime_ns != self._found.st_mtime_ns:
            raise CarryFault("SOURCE_CHANGED", str(self._path))

    def _next_data(self, start: int) -> int:
        try:
            return os.lseek(self._handle, start, os.SEEK_DATA)
        except OSError as fault:
            # ENXIO: nothing but a hole up to the end. Anything else (a device, a file system without holes): no hole
            # known.
            return self.size if fault.errno == errno.ENXIO else start

    def _unreadable(self, offset: int, fault: OSError) -> CarryFault:
        return CarryFault("SOURCE_UNREADABLE", f"{self._path} at byte {offset}: {fault.strerror}")
