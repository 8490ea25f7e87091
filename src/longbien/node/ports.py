"""What a node needs from the world, as arguments: time and randomness; who is told of long work; who signs; and how an impossible
state is named.

What it knows: types. What it must never know: a real clock. Production hands in the machine's clock and entropy, the
simulated world hands in its own, and no other code differs between them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from longbien.wire.statement import Statement

Now = Callable[[], int]
"""Milliseconds since 1970 in UTC. A claim for the record; it never decides order or acceptance."""

Entropy = Callable[[int], bytes]
"""So many bytes that nobody can guess."""


Tell = Callable[[int, int], None]
"""Is told how much of a long work is done, and how much it is in all."""


def untold(_done: int, _whole: int) -> None:
    """Nobody looks how far the work is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Nothing was stored and nothing was sent; `code` says why, `detail` which field or stage."""

    code: str
    detail: str


class Say(Protocol):
    """How a part of a node speaks for its State without holding a key."""

    def __call__(
        self, payload: bytes, *, kind: str, exchange: bytes, audience: Sequence[str]
    ) -> Statement | Denied:
        """A statement of this party about an exchange, signed now and kept nowhere. Code: STATEMENT_KEY_NONE."""
        ...


class Broken(RuntimeError):
    """An invariant does not hold. It is never caught below the process: the node stops rather than guess (P13)."""

    def __init__(self, invariant: str, detail: str = "") -> None:
        super().__init__(f"{invariant}: {detail}" if detail else invariant)
        self.invariant = invariant
