"""An object arrives at a node's place: fetched into the folder and, where there is a bucket, from there into it.

Knows the order: fetched and verified, copied, read back from the bucket and verified there, and only then is the folder's copy let go. So
there is a whole copy at every moment, and a call after any interruption goes on where the last one was. It must never know whose an
object is.
"""

from collections.abc import Callable

from longbien.carry.fetch import fetch
from longbien.carry.line import PLAINLY, Manner, Remote
from longbien.carry.pace import Progress
from longbien.carry.place import Place
from longbien.carry.sealing import Wanted, read_seal, unseal
from longbien.wire.wellformed import Malformed

Told = Callable[[Progress], None]
# Where there is a bucket, the bytes go three times: here, there, and back to be looked at.
_LEGS = 3


def receive(
    wanted: Wanted, remote: Remote, place: Place, *, manner: Manner = PLAINLY, told: Told | None = None
) -> None:
    """The object lies whole, verified and durable where this place keeps objects. `told` hears of the way as a whole.

    Raises what `fetch` raises; CarryFault STORE_GONE. What has come so far is kept for the next call. OBJECT_EXISTS: it is in the folder,
    and there is no bucket.
    """
    if not place.has_bucket:
        fetch(wanted, remote, place.incoming, manner=manner, told=told)
        return
    legs = _Legs(told)
    if not place.is_in_bucket(wanted.object_id):
        if not place.incoming.path(wanted.object_id).exists():
            fetch(wanted, remote, place.incoming, manner=manner, told=legs.fetched)
        place.copy_to_bucket(wanted.object_id, legs.next(wanted.size))
    _look_at(wanted, place, legs.next(wanted.size))
    place.let_go(wanted.object_id)


def _look_at(wanted: Wanted, place: Place, moved: Callable[[int], None]) -> None:
    with place.in_bucket(wanted.object_id) as reader:
        try:
            unseal(reader, read_seal(reader, wanted), said=wanted.digests, moved=moved)
        except Malformed:
            # The bucket keeps something else than it was given: the next call gives it again.
            place.delete_in_bucket(wanted.object_id)
            raise


class _Legs:
    """Tells of each leg as a third of the whole way."""

    def __init__(self, told: Told | None) -> None:
        self._told = told
        self._leg = 0

    def fetched(self, progress: Progress) -> None:
        """How far the first leg is."""
        self._tell(progress.done, progress.total)

    def next(self, size: int) -> Callable[[int], None]:
        """The next leg, of so many bytes."""
        self._leg += 1
        done = 0

        def moved(count: int) -> None:
            nonlocal done
            done += count
            self._tell(min(done, size), size)

        return moved

    def _tell(self, done: int, size: int) -> None:
        if self._told is not None and size:
            whole = (self._leg * size + done) // _LEGS
            self._told(Progress(done=whole, total=size, rate=None, left=None))
