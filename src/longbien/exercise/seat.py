"""One State's place in a simulated world: what survives a crash, and the node that lives on it for now.

What it knows: the store, the keys and the objects (durable), the clock (wrong in as many ways as clocks are), and the node (thrown away at
every crash). What it must never do: help. A node is built over the durable rows exactly as after a power cut.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import sqlalchemy

from longbien.exercise.cast import Crypto, Member, Passkey, surroundings
from longbien.exercise.faults import Crash, Faults, FaultyStore
from longbien.exercise.shelf import Shelf
from longbien.keys import KeyStore
from longbien.node import Consignment, Node, World, reception
from longbien.node.directory import recall
from longbien.store import Store

# A thousand nodes begin with the same papers; the bytes decide, so verifying them once is enough.
_remembered = lru_cache(maxsize=256)(recall)

Build = Callable[[Store, KeyStore, World], Node]
"""How a node comes to life; a planted bug brings its own way."""


class Clock:
    """A node's clock: true time, shifted by `offset` ms, or standing still."""

    def __init__(self, true: Callable[[], int]) -> None:
        self._true = true
        self.offset = 0
        self._stopped: int | None = None

    def __call__(self) -> int:
        """What the clock shows (ms)."""
        return self._true() + self.offset if self._stopped is None else self._stopped

    def stop(self) -> None:
        """The clock shows this instant from now on."""
        self._stopped = self()

    def mend(self) -> None:
        """Somebody set the clock right."""
        self.offset = 0
        self._stopped = None


@dataclass(slots=True, kw_only=True, eq=False)
class Letter:
    """A request on its way; `life` is that of the node that sent it, which alone can take the answer."""

    sender: str
    life: int
    sent: Consignment
    closed: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Paper:
    """A draft that officers work on until they have heard that it was sent; `persons` will approve it."""

    draft: bytes
    digest: bytes
    exchange: bytes
    act: str
    persons: int
    approved: set[int] = field(default_factory=set)


class Seat:
    """One State in one world. `struck` names a fault of the disk that the node may not survive (P13)."""

    def __init__(
        self,
        member: Member,
        *,
        store: FaultyStore,
        shelf: Shelf,
        crypto: Crypto,
        true: Callable[[], int],
        chance: random.Random,
        faults: Faults,
        build: Build,
    ) -> None:
        self.party = member.party
        self.officers: tuple[Passkey, ...] = member.officers
        self.clock = Clock(true)
        self.store = store
        self.shelf = shelf
        store.begin(member.image, before=self._before, after=self._after)
        self.keystore = member.keystore(crypto, chance)
        self.world = surroundings(crypto, self.clock, chance, recall=_remembered, objects=shelf.place)
        self.node: Node | None = None
        self.life = 0
        self.struck = ""
        self.uses = len(member.image)
        self.papers: list[Paper] = []
        self.inbox: list[tuple[Letter, reception.Admitted]] = []
        self.under_way: dict[tuple[str, int], Letter] = {}
        self.wakes_at: int | None = None
        self._faults = faults
        self._build = build

    def start(self) -> Node:
        """A node over what is durable; raises whatever a node's beginning raises."""
        self.life += 1
        self.node = None
        self.node = self._build(self.store, self.keystore, self.world)
        return self.node

    def fall(self) -> None:
        """The process is gone; so is everything that was only in its memory. A bad sector is replaced meanwhile."""
        self.node = None
        self.life += 1
        self.inbox.clear()
        self.under_way.clear()
        self.wakes_at = None
        self.store.repair()
        self.struck = ""

    def _before(self) -> None:
        if self._faults.strikes("crash"):
            raise Crash("before a commit")
        if self._faults.strikes("disk"):
            self.struck = "a failed commit"
            raise sqlalchemy.exc.OperationalError("COMMIT", {}, OSError("disk I/O error"))

    def _after(self) -> None:
        if self._faults.strikes("crash"):
            raise Crash("after a commit")
        if not self.struck and self._faults.strikes("rot") and self.store.spoil():
            self.struck = "a leaf that the disk gave back wrongly"
