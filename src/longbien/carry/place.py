"""Where the sealed objects of a node lie: a folder, or a bucket of an object store with a folder for what is on its way there.

What it knows: two stores that act as one. What it must never know: keys, or whose an object is.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from obstore.store import from_url

from longbien.carry.faults import CarryFault
from longbien.carry.objects import FolderStore, ObjectStore, OpenObject
from longbien.carry.sealing import Sink
from longbien.carry.segments import SegmentStore

# How long a store that does not answer is asked again before it is said to be gone; whoever wanted something comes again.
_PATIENCE: Final = timedelta(seconds=20)
_TRIES: Final = 4


class Place:
    """Objects sealed here go to the bucket, where there is one; those that are fetched arrive in `incoming` and go there from it.

    `address` is how another process finds the bucket. Every call may raise CarryFault STORE_GONE or DISK_FAILED, as `ObjectStore` says.
    """

    def __init__(
        self, incoming: FolderStore, bucket: SegmentStore | None = None, *, address: str = ""
    ) -> None:
        self.incoming = incoming
        self.address = address
        self._bucket = bucket

    @property
    def has_bucket(self) -> bool:
        """Whether the folder is only on the way."""
        return self._bucket is not None

    def create(self, object_id: bytes, size: int) -> Sink:
        """See `ObjectStore.create`."""
        return (self._bucket or self.incoming).create(object_id, size)

    def open(self, object_id: bytes) -> OpenObject:
        """See `ObjectStore.open`."""
        try:
            return self.incoming.open(object_id)
        except CarryFault as fault:
            if fault.code != "OBJECT_ABSENT" or self._bucket is None:
                raise
        return self._bucket.open(object_id)

    def delete(self, object_id: bytes) -> None:
        """The object is gone when this returns, wherever it lay and however much of it; one that is not there is gone already."""
        stores: list[ObjectStore] = [self.incoming]
        if self._bucket is not None:
            stores.append(self._bucket)
        for store in stores:
            _delete(store, object_id)

    # On the way from the folder into the bucket.

    def is_in_bucket(self, object_id: bytes) -> bool:
        """Whether the bucket has it whole."""
        try:
            with self.in_bucket(object_id):
                return True
        except CarryFault as fault:
            if fault.code != "OBJECT_ABSENT":
                raise
            return False

    def in_bucket(self, object_id: bytes) -> OpenObject:
        """The bucket's copy, also while the folder has one."""
        assert self._bucket is not None, "a place without a bucket"
        return self._bucket.open(object_id)

    def copy_to_bucket(self, object_id: bytes, moved: Callable[[int], None]) -> None:
        """The bucket has it too when this returns; what an earlier call has brought there counts."""
        assert self._bucket is not None, "a place without a bucket"
        with self.incoming.open(object_id) as reader:
            self._bucket.take(object_id, reader, moved)

    def delete_in_bucket(self, object_id: bytes) -> None:
        """The bucket has nothing of it."""
        assert self._bucket is not None, "a place without a bucket"
        _delete(self._bucket, object_id)

    def let_go(self, object_id: bytes) -> None:
        """The folder has nothing of it."""
        _delete(self.incoming, object_id)


def place_at(folder: Path, bucket: str, *, direct: bool = False) -> Place:
    """A folder, and the bucket of this address if there is one; `direct` is that of `FolderStore`.

    Raises CarryFault DISK_FAILED; what the library raises for an address that it cannot read (`BaseError`, `ValueError`).
    """
    incoming = FolderStore(folder, direct=direct)
    if not bucket:
        return Place(incoming)
    store = from_url(bucket, retry_config={"max_retries": _TRIES, "retry_timeout": _PATIENCE})
    return Place(incoming, SegmentStore(store), address=bucket)


def _delete(store: ObjectStore, object_id: bytes) -> None:
    try:
        store.delete(object_id)
    except CarryFault as fault:
        if fault.code != "OBJECT_ABSENT":
            raise
