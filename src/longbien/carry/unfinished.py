"""A file that appears under its name only when it is whole and on the disk.

Knows the order of write, sync, link and sync; must never know what the bytes are. Whole chunks go to the disk past
the page cache where the file system allows: a seal is then about twice as fast as `cp`, and a terabyte of evidence
does not push everything else out of memory.
"""

import contextlib
import errno
import fcntl
import os
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Self

from longbien.carry.direct import DirectFile, chunk_buffer, write_all
from longbien.carry.faults import CarryFault, of_disk

PRIVATE_FILE = 0o600
PART = ".part"
# Beside a part that a fetch goes on with.
JOURNAL = ".journal"

# Two writes at a time keep a disk busy; two more buffers are being filled.
_WRITERS = 2
_BUFFERS = 4
# What file systems without hard links answer.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class UnfinishedFile:
    """`final` in the making, written as `final` + `.part`, of `size` bytes; what is not written is a hole.

    Nothing happens before the `with` block is entered. Fill what `buffer` hands out and give it back with `write`;
    `finish` makes the file appear, and leaving the block without it makes it disappear. Raises CarryFault:
    OBJECT_EXISTS, DISK_FULL, DISK_FAILED.
    """

    def __init__(self, final: Path, size: int) -> None:
        self.final = final
        self.part = final.with_name(final.name + PART)
        self._size = size
        self._handle: int
        self._writers: _Writers
        self._finished = False

    def __enter__(self) -> Self:
        if self.final.exists():
            raise CarryFault("OBJECT_EXISTS", str(self.final))
        self._handle = open_alone(self.part)
        self._writers = _Writers(self.part, self._handle)
        try:
            os.ftruncate(self._handle, 0)
            os.ftruncate(self._handle, self._size)
        except OSError as fault:
            self.__exit__()
            raise of_disk(fault, self.part) from fault
        return self

    def __exit__(self, *_fault: object) -> None:
        self._writers.close()
        os.close(self._handle)
        if not self._finished:
            with contextlib.suppress(OSError):
                self.part.unlink()

    def buffer(self) -> memoryview:
        """A buffer for one chunk and a tag; it belongs to the caller until it is written."""
        return self._writers.buffer()

    def write(self, buffer: memoryview, length: int, offset: int) -> None:
        """Writes the first `length` bytes of a buffer soon; a failure shows here or later, at `finish` at the latest."""
        self._writers.write(buffer, length, offset)

    def append_tail(self, tail: memoryview | bytes, offset: int) -> None:
        """Writes bytes of any length now."""
        try:
            write_all(self._handle, tail, offset)
        except OSError as fault:
            raise of_disk(fault, self.part) from fault

    def finish(self) -> None:
        """When this returns, the file is whole, durable and visible; raises CarryFault OBJECT_EXISTS, DISK_FULL,
        DISK_FAILED.
        """
        self._writers.drain()
        try:
            os.fsync(self._handle)
        except OSError as fault:
            raise of_disk(fault, self.part) from fault
        appear(self.part, self.final)
        self._finished = True


def open_alone(part: Path) -> int:
    """A handle of a part file that nobody else is writing; the lock goes with the handle, also when its holder is killed.

    Raises CarryFault OBJECT_EXISTS (somebody else is at it), DISK_FULL, DISK_FAILED.
    """
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as fault:
        raise of_disk(fault, part) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had it until now may have given it its name meanwhile.
        if part.stat().st_ino == os.fstat(handle).st_ino:
            return handle
    except OSError:
        pass
    os.close(handle)
    raise CarryFault("OBJECT_EXISTS", f"{part} is in the making")


def appear(part: Path, final: Path) -> None:
    """Gives a whole file its name, unless the name is taken: CarryFault OBJECT_EXISTS, DISK_FULL, DISK_FAILED."""
    try:
        _name(part, final)
    except FileExistsError:
        raise CarryFault("OBJECT_EXISTS", str(final)) from None
    except OSError as fault:
        raise of_disk(fault, final) from fault
    try:
        part.unlink(missing_ok=True)
        sync_directory(final.parent)
    except OSError as fault:
        with contextlib.suppress(OSError):
            final.unlink()
        raise of_disk(fault, final) from fault


def _name(part: Path, final: Path) -> None:
    try:
        os.link(part, final)
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        # Memory sticks know one name for a file. There, somebody who takes the name in this very moment loses it.
        if final.exists():
            raise FileExistsError from None
        part.rename(final)


def sync_directory(path: Path) -> None:
    """Makes names that were given or taken in `path` durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Writers:
    """A few threads that write aligned buffers directly, and anything else through the page cache."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._file = DirectFile(path, handle)
        self._todo: SimpleQueue[tuple[memoryview, int, int] | None] = SimpleQueue()
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        for _ in range(_BUFFERS):
            self._free.put(chunk_buffer())
        self._fault: OSError | None = None
        self._threads = [Thread(target=self._run, name="write", daemon=True) for _ in range(_WRITERS)]
        for thread in self._threads:
            thread.start()

    def buffer(self) -> memoryview:
        buffer = self._free.get()
        self._raise()
        return buffer

    def write(self, buffer: memoryview, length: int, offset: int) -> None:
        self._todo.put((buffer, length, offset))

    def drain(self) -> None:
        held = [self._free.get() for _ in range(_BUFFERS)]
        for buffer in held:
            self._free.put(buffer)
        self._raise()

    def close(self) -> None:
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()
        self._file.close()

    def _run(self) -> None:
        while (job := self._todo.get()) is not None:
            buffer, length, offset = job
            try:
                if self._fault is None:
                    self._file.write(buffer[:length], offset)
            except OSError as fault:
                self._fault = fault
            finally:
                self._free.put(buffer)

    def _raise(self) -> None:
        if self._fault is not None:
            raise of_disk(self._fault, self._path) from self._fault
