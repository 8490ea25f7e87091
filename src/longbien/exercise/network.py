"""The network of a simulated world: it loses, delays, doubles, reorders and garbles, and it divides.

What it knows: who can reach whom, and when what arrives. What it must never know: what is in a message, or what is made of it.
"""

import random
from collections.abc import Iterable, Sequence

from longbien.exercise.faults import Faults

# A message that was doubled may come again as much later as this (ms): long after everything was settled.
ECHO = 3_600_000


class Network:
    """Carries bytes between parties, as one seed decides."""

    def __init__(self, parties: Sequence[str], chance: random.Random, faults: Faults) -> None:
        self._parties = parties
        self._chance = chance
        self._faults = faults
        self._apart: set[frozenset[str]] = set()
        self._away: set[str] = set()

    def carry(self, sender: str, to: str, message: bytes) -> Iterable[tuple[int, bytes]]:
        """(delay in ms, bytes) for every copy that arrives, none when the message is lost."""
        if self.apart(sender, to) or self._faults.strikes("lost"):
            return
        yield self._delay(), self._maybe_garbled(message)
        if self._faults.strikes("doubled"):
            yield self._chance.choice((self._delay(), self._chance.randrange(ECHO))), message

    def apart(self, one: str, other: str) -> bool:
        """Whether no message goes through between the two."""
        return frozenset((one, other)) in self._apart or not self._away.isdisjoint((one, other))

    def shift(self) -> None:
        """Perhaps the network divides somewhere, or grows together again."""
        if self._faults.strikes("split"):
            self._apart ^= {frozenset(self._chance.sample(self._parties, 2))}

    def leave(self, party: str) -> None:
        """Nobody reaches this party, and it reaches nobody."""
        self._away.add(party)

    def heal(self) -> None:
        """Everybody reaches everybody."""
        self._apart.clear()
        self._away.clear()

    def _delay(self) -> int:
        return 1 + self._chance.randrange(self._faults.slow)

    def _maybe_garbled(self, message: bytes) -> bytes:
        if not self._faults.strikes("garbled"):
            return message
        place = self._chance.randrange(len(message))
        return (
            message[:place] + bytes([message[place] ^ 1 << self._chance.randrange(8)]) + message[place + 1 :]
        )
