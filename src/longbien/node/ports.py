"""What a node needs from the world, as arguments: time and randomness; and how an impossible state is named.

What it knows: three types. What it must never know: a real clock. Production hands in the machine's clock and entropy, the
simulated world hands in its own, and no other code differs between them.
"""

from collections.abc import Callable

Now = Callable[[], int]
"""Milliseconds since 1970 in UTC. A claim for the record; it never decides order or acceptance."""

Entropy = Callable[[int], bytes]
"""So many bytes that nobody can guess."""


class Broken(RuntimeError):
    """An invariant does not hold. It is never caught below the process: the node stops rather than guess (P13)."""

    def __init__(self, invariant: str, detail: str = "") -> None:
        super().__init__(f"{invariant}: {detail}" if detail else invariant)
        self.invariant = invariant
