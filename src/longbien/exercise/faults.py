"""What goes wrong in a simulated world, and how often: decided by the seed, counted, and switched off when the world heals.

What it knows: kinds of fault and their chances. What it must never know: what a node does with them. A crash can come before and
after every commit, so between any two steps of a node; a disk can fail, or give back other bytes than were written.
"""

import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, func, select

from longbien.exercise.lean import LeanConnection
from longbien.exercise.memory import MemoryStore
from longbien.store import Transaction
from longbien.store.schema import checkpoints, leaves


class Crash(BaseException):
    """The process of a node is gone, this instant. Not an `Exception`, so that nothing of the node can catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The chances of one seed, from 0 to 1: `crash`, `disk` and `rot` for each commit, the others for each message.

    `slow` is the longest delay of a message (ms). `split` is the chance that the network divides at each act.
    """

    crash: float = 0.0
    disk: float = 0.0
    rot: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    garbled: float = 0.0
    late: float = 0.0
    split: float = 0.0
    slow: int = 200


CALM = Weather()


def weather(chance: random.Random) -> Weather:
    """Some seeds are calm, some have one kind of fault, most have a few."""

    def some(most: float) -> float:
        return chance.random() * most if chance.random() < 0.5 else 0.0

    return Weather(
        crash=some(0.05),
        disk=some(0.01),
        rot=some(0.01),
        lost=some(0.4),
        doubled=some(0.4),
        garbled=some(0.1),
        late=some(0.3),
        split=some(0.2),
        slow=chance.choice((20, 200, 3_000, 30_000)),
    )


class Faults:
    """Throws the dice of one world. `happened` counts what came of it, by kind."""

    def __init__(self, chance: random.Random, chances: Weather) -> None:
        self.happened: Counter[str] = Counter()
        self._chance = chance
        self._chances = chances

    @property
    def slow(self) -> int:
        """The longest delay of a message, in ms."""
        return self._chances.slow

    def strikes(self, kind: str) -> bool:
        """Whether a fault of this kind happens now."""
        likely: float = getattr(self._chances, kind)
        if not likely or self._chance.random() >= likely:
            return False
        self.happened[kind] += 1
        return True

    def happen(self, kind: str) -> None:
        """A fault that somebody else decided."""
        self.happened[kind] += 1

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self._chances = CALM


class FaultyStore(MemoryStore):
    """An in-memory store that outlives the node that used it; `before` and `after` are called around every commit."""

    def __init__(self) -> None:
        super().__init__()
        self._raw = self._in_memory()
        self._lean = LeanConnection(self._raw)
        self.release()

    def begin(self, image: bytes, *, before: Callable[[], None], after: Callable[[], None]) -> None:
        """A new life with these contents."""
        self.refill(image)
        self.before, self.after = before, after

    def release(self) -> None:
        """The world that used this store is over."""
        self.before = self.after = _nothing
        self._spoilt: tuple[int, bytes] | None = None

    def spoil(self) -> bool:
        """From now on the disk gives back other bytes for the newest leaf; only for one that no signed head covers yet."""
        with self._engine.begin() as connection:
            signed = connection.execute(select(func.max(checkpoints.c.size))).scalar_one() or 0
            newest = select(leaves.c.position, leaves.c.hash).order_by(leaves.c.position.desc()).limit(1)
            row = connection.execute(newest).first()
        if row is None or row.position < signed:
            return False
        self._spoilt = (row.position, row.hash)
        self._write_hash(row.position, bytes([row.hash[0] ^ 1]) + row.hash[1:])
        return True

    def repair(self) -> None:
        """The bad sector is replaced by the right bytes."""
        if self._spoilt is not None:
            self._write_hash(*self._spoilt)
            self._spoilt = None

    def _write_hash(self, position: int, value: bytes) -> None:
        with self._engine.begin() as connection:
            connection.execute(leaves.update().where(leaves.c.position == position).values(hash=value))

    @contextlib.contextmanager
    def unharmed(self) -> Iterator[Transaction]:
        """A transaction of the world itself, which looks at the rows and does not fall."""
        before, after = self.before, self.after
        self.before = self.after = _nothing
        try:
            with self.transaction() as tx:
                yield tx
        finally:
            self.before, self.after = before, after

    def _begin(self) -> contextlib.AbstractContextManager[Connection]:
        return _Begun(self._raw, self._lean)

    def _before_commit(self) -> None:
        self.before()

    def _after_commit(self) -> None:
        self.after()


class _Begun(contextlib.AbstractContextManager[Connection]):
    """A transaction of SQLite itself."""

    def __init__(self, raw: sqlite3.Connection, lean: LeanConnection) -> None:
        self._raw = raw
        self._lean = lean

    def __enter__(self) -> Connection:
        self._raw.execute("BEGIN IMMEDIATE")
        # It answers as a connection does wherever the rooms of the store ask (see `lean`).
        return cast("Connection", self._lean)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._raw.execute("COMMIT" if kind is None else "ROLLBACK")


def _nothing() -> None:
    """Nothing goes wrong."""
