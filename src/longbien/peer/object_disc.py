"""Sealed objects on removable media: the same objects under the same names, for a way without a network.

What it knows: a folder. What it must never know: keys; a disc that is lost opens to nobody. Manifests and keys go by pouch.
"""

from collections.abc import Sequence
from pathlib import Path

from longbien.carry import FolderStore, ObjectStore, pieces
from longbien.carry.place import Place
from longbien.node import Tell, untold


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
