"""The two tables at the door of the evidence room: files that were handed in and are not sealed yet, and files that wait to be taken away.

What it knows: a folder. What it must never do: look into a file, use a name that somebody gave, or keep anything longer than it is
needed: what was handed in goes when it is sealed, what was made to be taken away goes after a day. Neither is ever served by its path.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from longbien.carry import CarryFault
from longbien.carry.faults import of_disk
from longbien.law.instants import DAY
from longbien.node.ports import Entropy, Now
from longbien.store import Store

GIB: Final = 1 << 30
PIECE: Final = 1 << 20
_UNFINISHED: Final = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A file that came in whole: where it lies, how long it is, its SHA-256."""

    path: Path
    size: int
    sha256: bytes


class TooLarge(Exception):
    """More came than may come; nothing was kept."""

    code = "UPLOAD_TOO_LARGE"

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} bytes")
        self.detail = f"at most {most} bytes"


class Receiving:
    """A file while it comes in. What is left without `finish` is thrown away. Raises CarryFault DISK_FULL, DISK_FAILED; `TooLarge`."""

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._most = most
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._done = False
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._handle = os.open(path.with_suffix(_UNFINISHED), flags, 0o600)
        except OSError as fault:
            raise of_disk(fault, path.parent) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.close(self._handle)
        if not self._done:
            self._path.with_suffix(_UNFINISHED).unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """The next bytes."""
        self._size += len(piece)
        if self._size > self._most:
            raise TooLarge(self._most)
        self._sha256.update(piece)
        view = memoryview(piece)
        try:
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError as fault:
            raise of_disk(fault, self._path.parent) from fault

    def finish(self) -> HandedIn:
        """It is whole, and stays after a power cut."""
        try:
            os.fsync(self._handle)
            self._path.with_suffix(_UNFINISHED).rename(self._path)
        except OSError as fault:
            raise of_disk(fault, self._path.parent) from fault
        self._done = True
        return HandedIn(path=self._path, size=self._size, sha256=self._sha256.digest())


class Intake:
    """The folder. `most` bytes may one file have."""

    def __init__(
        self, folder: Path, *, store: Store, now: Now, entropy: Entropy, most: int = 50 * GIB
    ) -> None:
        self._in = folder / "in"
        self._out = folder / "out"
        self._store = store
        self._now = now
        self._entropy = entropy
        self.most = most
        for place in (folder, self._in, self._out):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)

    def receive(self) -> Receiving:
        """A place for a file that comes."""
        return Receiving(self._in / self._named(self._entropy(16)), self.most)

    def drop(self, handed: HandedIn) -> None:
        """It was not wanted after all."""
        handed.path.unlink(missing_ok=True)

    def way_out(self, work: bytes) -> Path:
        """A new folder for what a work makes; raises CarryFault."""
        place = self._out / self._named(work)
        try:
            place.mkdir(mode=0o700)
        except OSError as fault:
            raise of_disk(fault, self._out) from fault
        return place

    def sweep(self) -> None:
        """What was sealed, belongs to nothing or has waited for a day is gone."""
        with self._store.transaction() as tx:
            wanted = {
                Path(os.fsdecode(item.path))
                for bundle in tx.evidence.bundles()
                if not bundle.sealed_at
                for item in tx.evidence.bundle_items(bundle.manifest)
            }
        for path in self._in.iterdir():
            if path.absolute() not in wanted and self._old(path):
                path.unlink(missing_ok=True)
        for path in self._out.iterdir():
            if self._old(path):
                shutil.rmtree(path, ignore_errors=True)

    def sealed(self, paths: list[Path]) -> None:
        """These files are sealed now; those of them that were handed in here are not needed any more."""
        for path in paths:
            if path.parent == self._in.absolute():
                path.unlink(missing_ok=True)

    def _named(self, mark: bytes) -> str:
        """A name that says when it was made, by the node's own clock."""
        return f"{self._now():014d}-{mark.hex()}"

    def _old(self, path: Path) -> bool:
        made = path.name.partition("-")[0]
        return not made.isdigit() or int(made) < self._now() - DAY


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file piece by piece; raises CarryFault."""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as fault:
        raise CarryFault("SOURCE_UNREADABLE", path.name) from fault
