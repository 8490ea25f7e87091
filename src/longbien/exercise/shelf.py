"""Where the sealed objects of simulated States lie: real files, in memory where the machine has a file system for that.

What it knows: folders that one world after another uses. What it must never know: whose an object is. A crash leaves on a shelf
what it would leave on a disk.
"""

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from longbien.carry import FolderStore
from longbien.carry.place import Place

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made below it


class Shelf:
    """The objects of one State in one world."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(dir=_room().name))
        self.place = Place(FolderStore(self._folder))

    def objects(self) -> frozenset[bytes]:
        """The identifiers of all objects that lie here whole."""
        return frozenset(bytes.fromhex(path.name) for path in self._files() if not path.suffix)

    def clear(self) -> None:
        """The world that used it is over."""
        for path in self._files():
            path.unlink()

    def _files(self) -> Iterable[Path]:
        return list(self._folder.iterdir())


@cache
def _room() -> "tempfile.TemporaryDirectory[str]":
    """One folder for the whole process, which takes it along when it ends."""
    return tempfile.TemporaryDirectory(
        prefix="longbien-worlds-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None
    )
