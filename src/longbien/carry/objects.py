"""Where sealed objects lie: one interface, and a folder behind it.

Knows names, sizes and ranges; must never know a key. An object is written once and never changed: there is no way to
write over one. Its name is its identifier, so two writers can meet only if they seal the same object, and then one of
them is told.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol, Self

from longbien.carry.direct import DirectFile
from longbien.carry.faults import CarryFault, of_disk
from longbien.carry.reading import at, read_whole
from longbien.carry.sealing import Reader, Sink
from longbien.carry.unfinished import JOURNAL, PART, UnfinishedFile, sync_directory
from longbien.evidence.sealed import CHUNK_BYTES

PRIVATE_DIRECTORY: Final = 0o700


class OpenObject(Reader, Protocol):
    """A `Reader` that is closed by leaving its `with` block."""

    def __enter__(self) -> Self:
        """The reader itself."""

    def __exit__(self, *_fault: object) -> None:
        """Closes it."""


class ObjectStore(Protocol):
    """Create-only storage of sealed objects by identifier (16 bytes). Every call may raise CarryFault STORE_GONE or
    DISK_FAILED.
    """

    def create(self, object_id: bytes, size: int) -> Sink:
        """A new object of `size` bytes in the making; raises CarryFault OBJECT_EXISTS, here or at `finish`."""

    def open(self, object_id: bytes) -> OpenObject:
        """A whole object; raises CarryFault OBJECT_ABSENT."""

    def delete(self, object_id: bytes) -> None:
        """The object is gone when this returns; raises CarryFault OBJECT_ABSENT."""


class FolderStore:
    """Objects as files of a folder that only its owner may enter; raises CarryFault DISK_FAILED.

    With `direct`, reading goes past the page cache: for who hands out terabytes, into buffers of `chunk_buffer`.
    """

    def __init__(self, folder: Path, *, direct: bool = False) -> None:
        self.folder = folder
        self._direct = direct
        try:
            folder.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        except OSError as fault:
            raise of_disk(fault, folder) from fault

    def path(self, object_id: bytes) -> Path:
        """Where the object stands once it is whole."""
        return self.folder / object_id.hex()

    def create(self, object_id: bytes, size: int) -> UnfinishedFile:
        """See `ObjectStore.create`."""
        return UnfinishedFile(self.path(object_id), size)

    def open(self, object_id: bytes) -> "FileReader":
        """See `ObjectStore.open`."""
        return FileReader(self.path(object_id), direct=self._direct)

    def delete(self, object_id: bytes) -> None:
        """See `ObjectStore.delete`."""
        path = self.path(object_id)
        try:
            path.unlink()
            sync_directory(self.folder)
        except FileNotFoundError:
            raise CarryFault("OBJECT_ABSENT", object_id.hex()) from None
        except OSError as fault:
            raise of_disk(fault, path) from fault

    def sweep(self) -> None:
        """Removes what was killed left behind: parts that nobody will go on with, and parts and journals of whole
        objects.

        What a fetch left is kept, for it goes on. Nobody may be sealing into the folder meanwhile.
        """
        for path in [*self.folder.glob("*" + PART), *self.folder.glob("*" + JOURNAL)]:
            is_fetch = path.with_suffix(JOURNAL).exists()
            if not is_fetch or path.with_suffix("").exists():
                path.unlink(missing_ok=True)


class FileReader:
    """A sealed object in a file; raises CarryFault OBJECT_ABSENT, DISK_FAILED."""

    def __init__(self, path: Path, *, direct: bool = False) -> None:
        self._path = path
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise CarryFault("OBJECT_ABSENT", path.name) from None
        except OSError as fault:
            raise of_disk(fault, path) from fault
        self._file = DirectFile(path, self._handle, writing=False) if direct else None
        self.size = os.fstat(self._handle).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._file is not None:
            self._file.close()
        os.close(self._handle)

    def read_into(self, offset: int, view: memoryview) -> None:
        """See `Reader.read_into`."""
        read_whole(
            at(self._handle) if self._file is None else self._file.read,
            offset,
            view,
            failed=lambda place, fault: of_disk(fault, f"{self._path} at byte {place}"),
            ended=lambda place: CarryFault("DISK_FAILED", f"{self._path} ends at {place}"),
        )


def pieces(reader: Reader, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a sealed object from `start` to before `end`, at most 1 MiB at a time: what a range is answered
    with.

    The caller has checked the range (`longbien.evidence.ranges`). Raises CarryFault.
    """
    while start < end:
        piece = memoryview(bytearray(min(CHUNK_BYTES, end - start)))
        reader.read_into(start, piece)
        yield piece.tobytes()
        start += len(piece)
