"""How fast somebody may ask: a bucket that fills steadily, and a question takes one drop.

What it knows: names and times that it is given. What it must never know: who they are.
"""

import threading
from dataclasses import dataclass

# Names that rest longer than their bucket takes to fill need not be remembered; beyond this many the oldest go.
NAMES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Left:
    """What is left after a question: `allowed`, whole questions left, and in how many seconds one more may be asked."""

    allowed: bool
    questions: int
    seconds: int


class Pace:
    """`burst` questions at once and `each_second` of them in the long run, for each name."""

    def __init__(self, *, burst: int, each_second: float) -> None:
        self.burst = burst
        self.each_second = each_second
        self._drops: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, now: int) -> Left:
        """Takes a drop at `now` (ms), if there is one."""
        with self._lock:
            drops, at = self._drops.pop(name, (float(self.burst), now))
            drops = min(float(self.burst), drops + max(0, now - at) / 1000 * self.each_second)
            allowed = drops >= 1
            drops -= 1 if allowed else 0
            self._drops[name] = (drops, now)
            while len(self._drops) > NAMES_MAX:
                del self._drops[next(iter(self._drops))]
        missing = max(0.0, 1 - drops) / self.each_second
        return Left(allowed, int(drops), 0 if drops >= 1 else max(1, -int(-missing // 1)))
