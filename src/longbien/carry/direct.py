"""A file past the page cache, where the file system allows: what is written goes to the disk now, and what is read comes from it.

Knows alignment, and what to do where direct access is not to be had; must never know what the bytes are. A terabyte of evidence
so pushes nothing else out of memory, and the sync of somebody's act waits for no gigabytes of ours.
"""

import errno
import mmap
import os
from pathlib import Path
from typing import Final

from longbien.evidence.sealed import CHUNK_BYTES, TAG_BYTES

_PAGE: Final = mmap.PAGESIZE
_BUFFER_BYTES: Final = (CHUNK_BYTES + TAG_BYTES + _PAGE - 1) // _PAGE * _PAGE
# What Linux answers where it opened a file for direct access and then cannot.
_NOT_DIRECT: Final = errno.EINVAL


def chunk_buffer() -> memoryview:
    """Room for one chunk and its tag, where direct access wants it."""
    return memoryview(mmap.mmap(-1, _BUFFER_BYTES))


def write_all(handle: int, data: memoryview | bytes, offset: int) -> None:
    """Writes all of `data` at `offset`; raises OSError."""
    view = memoryview(data)
    done = 0
    while done < len(view):
        done += os.pwrite(handle, view[done:], offset + done)


class DirectFile:
    """The file at `path`, which is open as `handle` already; that handle serves whatever is not aligned. Its calls raise OSError."""

    def __init__(self, path: Path, handle: int, *, writing: bool = True) -> None:
        self._handle = handle
        access = os.O_RDWR if writing else os.O_RDONLY
        try:
            self._direct = os.open(path, access | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            # The file system knows no direct access (tmpfs of older kernels, some network file systems).
            self._direct = handle

    def write(self, view: memoryview, offset: int) -> None:
        """Writes all of a view."""
        if self._is_aligned(view, offset):
            try:
                if os.pwrite(self._direct, view, offset) == len(view):
                    return
            except OSError as fault:
                if fault.errno != _NOT_DIRECT:
                    raise
        write_all(self._handle, view, offset)

    def read(self, view: memoryview, offset: int) -> int:
        """How many bytes of a view were filled."""
        if self._is_aligned(view, offset):
            try:
                return os.preadv(self._direct, [view], offset)
            except OSError as fault:
                if fault.errno != _NOT_DIRECT:
                    raise
        return os.preadv(self._handle, [view], offset)

    def close(self) -> None:
        """The other handle stays open."""
        if self._direct != self._handle:
            os.close(self._direct)

    def _is_aligned(self, view: memoryview, offset: int) -> bool:
        return self._direct != self._handle and len(view) % _PAGE == 0 and offset % _PAGE == 0
