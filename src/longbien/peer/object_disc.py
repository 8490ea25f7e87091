"""Sealed objects on removable media: the same objects under the same names, for a way without a network.

What it knows: a folder. What it must never know: keys; a disc that is lost opens to nobody. Manifests and keys go by pouch.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from longbien.carry import CarryFault, FolderStore, ObjectStore, pieces
from longbien.node import Tell, untold
from longbien.node.evidence import Place


class Disc:
    """The `Remote` of a folder."""

    def __init__(self, folder: FolderStore) -> None:
        self._folder = folder

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterator[bytes]:
        """See `Remote.read_range`; an object that is not on the disc is REMOTE_REFUSED, one that is cut REMOTE_GONE."""
        try:
            reader = self._folder.open(object_id)
        except CarryFault as fault:
            code = "REMOTE_REFUSED" if fault.code == "OBJECT_ABSENT" else "REMOTE_GONE"
            raise CarryFault(code, fault.detail) from fault
        with reader:
            if end > reader.size:
                raise CarryFault("REMOTE_REFUSED", f"{object_id.hex()} is cut")
            yield from pieces(reader, start, end)


def write_disc(place: Place, objects: Sequence[bytes], folder: Path, tell: Tell = untold) -> int:
    """Copies objects into a folder; what is there already under its name is left. How many bytes that were.

    Raises CarryFault: OBJECT_ABSENT, DISK_FULL, DISK_FAILED, STORE_GONE.
    """
    target = FolderStore(folder)
    size = 0
    for number, name in enumerate(objects, 1):
        if not target.path(name).exists():
            size += _copy(place, target, name)
        tell(number, len(objects))
    return size


def _copy(place: Place, target: ObjectStore, name: bytes) -> int:
    with place.open(name) as reader:
        with target.create(name, reader.size) as sink:
            at = 0
            for piece in pieces(reader, 0, reader.size):
                sink.append_tail(piece, at)
                at += len(piece)
            sink.finish()
        return reader.size
