"""The journal of a fetch: which chunks have arrived and were verified.

Knows chunk numbers and what survives which accident; must never know the chunks. A record is eight bytes: a chunk's
number, or the mark that everything before it is on the disk. A killed process loses no record, because the kernel has
it. A power cut may lose records, or chunks that records speak of: so after a restart, chunks recorded since the last
mark are read again and verified before they count, and only what fails that is fetched again.
"""

import contextlib
import fcntl
import os
import struct
from pathlib import Path
from typing import Final, Self

from longbien.carry.direct import write_all
from longbien.carry.faults import CarryFault, of_disk
from longbien.carry.unfinished import sync_directory
from longbien.evidence.sealed import SEAL_BYTES

MISSING, DOUBTFUL, CERTAIN = range(3)

_FORMAT: Final = b"longbien-fetch/1"
_MARK: Final = (1 << 64) - 1
_RECORD: Final = struct.Struct(">Q")
_BLOCK_BYTES: Final = 8192 * _RECORD.size
_HEAD_BYTES: Final = len(_FORMAT) + SEAL_BYTES


class Journal:
    """The journal beside a part file; nobody else can hold it open.

    Raises CarryFault: FETCH_RUNNING, DISK_FULL, DISK_FAILED.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise of_disk(fault, path) from fault
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise CarryFault("FETCH_RUNNING", str(path)) from None
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        os.close(self._handle)

    def read(self, seal: bytes, chunks: int) -> bytearray | None:
        """For each chunk MISSING, DOUBTFUL (to be verified again) or CERTAIN; None if this is no journal of that
        seal.
        """
        known = bytearray(chunks)
        since: list[int] = []
        try:
            if os.pread(self._handle, _HEAD_BYTES, 0) != _FORMAT + seal:
                return None
            self._end = _HEAD_BYTES
            while block := os.pread(self._handle, _BLOCK_BYTES, self._end):
                whole = len(block) // _RECORD.size * _RECORD.size
                for (number,) in _RECORD.iter_unpack(block[:whole]):
                    if number == _MARK:
                        for chunk in since:
                            known[chunk] = CERTAIN
                        since.clear()
                    elif number < chunks and known[number] == MISSING:
                        known[number] = DOUBTFUL
                        since.append(number)
                self._end += whole
                if whole < len(block):
                    # A record that was cut; the next one is written over it.
                    break
        except OSError as fault:
            raise of_disk(fault, self._path) from fault
        return known

    def begin(self, seal: bytes) -> None:
        """Starts anew; when this returns, the journal is durable and empty."""
        try:
            os.ftruncate(self._handle, 0)
            write_all(self._handle, _FORMAT + seal, 0)
            os.fsync(self._handle)
            sync_directory(self._path.parent)
        except OSError as fault:
            raise of_disk(fault, self._path) from fault
        self._end = _HEAD_BYTES

    def add(self, chunk: int) -> None:
        """The chunk was verified and written."""
        self._append(chunk)

    def mark(self) -> None:
        """Everything recorded so far counts from now on; the caller has synced the chunks."""
        try:
            os.fsync(self._handle)
        except OSError as fault:
            raise of_disk(fault, self._path) from fault
        self._append(_MARK)

    def doubt(self, seal: bytes, chunks: int) -> None:
        """Every chunk has to be verified again before it counts."""
        self.begin(seal)
        for chunk in range(chunks):
            self.add(chunk)

    def discard(self) -> None:
        """Nothing that is recorded counts any more; as far as the disk lets us say so."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)

    def remove(self) -> None:
        """The fetch has come to its end."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as fault:
            raise of_disk(fault, self._path) from fault

    def _append(self, number: int) -> None:
        try:
            write_all(self._handle, _RECORD.pack(number), self._end)
        except OSError as fault:
            raise of_disk(fault, self._path) from fault
        self._end += _RECORD.size
