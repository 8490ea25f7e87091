"""Objects that are being sealed: each is written down before its first byte, so that one that nobody names never stays.

What it knows: identifiers, and where objects lie. What it must never know: keys, or what is sealed. Whoever is killed between an object
and the commit that names it leaves its line here, and the next start throws the object away.
"""

import contextlib
from collections.abc import Iterator, Sequence

from longbien.carry import CarryFault, abandon
from longbien.carry.place import Place
from longbien.node.ports import Broken
from longbien.store import Store, StoreFault, Transaction


class Begun:
    """The objects of one node that have no item yet. `place` is None at a node that has no place for evidence."""

    def __init__(self, store: Store, place: Place | None) -> None:
        self._store = store
        self._place = place

    @contextlib.contextmanager
    def sealing(self, manifest: bytes, objects: Sequence[bytes]) -> Iterator[None]:
        """These objects may come to be inside the block; after a fault in it none of them is there."""
        with self._store.transaction() as tx:
            tx.sealings.begin(manifest, objects)
        try:
            yield
        except (StoreFault, Broken):
            # Whether the commit that names them is durable is not known now; the next start looks.
            raise
        except Exception:
            with self._store.transaction() as tx:
                unnamed = set(tx.sealings.all())
            with contextlib.suppress(CarryFault):
                self.throw_away([name for name in objects if name in unnamed])
            raise

    @staticmethod
    def done(tx: Transaction, objects: Sequence[bytes]) -> None:
        """Items name these objects from this commit on."""
        tx.sealings.end(objects)

    def sweep(self) -> None:
        """What an earlier life of the node left; a store that does not answer is asked at the next start."""
        with self._store.transaction() as tx:
            left = tx.sealings.all()
        with contextlib.suppress(CarryFault):
            self.throw_away(left)

    def throw_away(self, objects: Sequence[bytes]) -> None:
        """Nobody names these; they are gone when this returns. Raises CarryFault."""
        if not objects or self._place is None:
            return
        for name in objects:
            abandon(self._place.incoming, name)
            self._place.delete(name)
        with self._store.transaction() as tx:
            tx.sealings.end(objects)
