"""Where the sealed objects of a node lie: a folder, or an object store beside a folder for what is being fetched.

What it knows: two stores that act as one. What it must never know: keys, or whose an object is.
"""

from pathlib import Path

from obstore.store import from_url

from longbien.carry.faults import CarryFault
from longbien.carry.objects import FolderStore, ObjectStore, OpenObject
from longbien.carry.sealing import Sink
from longbien.carry.segments import SegmentStore


class Place:
    """Objects sealed here go to `objects`; those that are fetched arrive in `incoming` and stay there.

    Every call may raise CarryFault STORE_GONE or DISK_FAILED, as `ObjectStore` says.
    """

    def __init__(self, incoming: FolderStore, objects: ObjectStore | None = None) -> None:
        self.incoming = incoming
        self._objects: ObjectStore = incoming if objects is None else objects

    def create(self, object_id: bytes, size: int) -> Sink:
        """See `ObjectStore.create`."""
        return self._objects.create(object_id, size)

    def open(self, object_id: bytes) -> OpenObject:
        """See `ObjectStore.open`."""
        try:
            return self.incoming.open(object_id)
        except CarryFault as fault:
            if fault.code != "OBJECT_ABSENT" or self._objects is self.incoming:
                raise
        return self._objects.open(object_id)

    def delete(self, object_id: bytes) -> None:
        """The object is gone when this returns, wherever it lay; one that is not there is gone already."""
        for store in dict.fromkeys((self.incoming, self._objects)):
            try:
                store.delete(object_id)
            except CarryFault as fault:
                if fault.code != "OBJECT_ABSENT":
                    raise


def place_at(folder: Path, bucket: str, *, direct: bool = False) -> Place:
    """A folder, and the bucket of this address if there is one; `direct` is that of `FolderStore`.

    Raises CarryFault DISK_FAILED; what the library raises for an address that it cannot read (`BaseError`, `ValueError`).
    """
    incoming = FolderStore(folder, direct=direct)
    return Place(incoming, SegmentStore(from_url(bucket))) if bucket else Place(incoming)
