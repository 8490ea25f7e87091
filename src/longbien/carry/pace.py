"""How fast bytes may go, how fast they do, and when the last of them will be here.

Knows counts and a clock that is an argument; must never know what is moved.
"""

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

# A rate over ten seconds neither jumps nor lags.
_WINDOW_SECONDS = 10.0
# A tenth of the claim of a thread that does not step back.
_BEHIND_OTHERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` and `total` in bytes, `rate` in bytes a second, `left` in seconds; None where it cannot be told yet."""

    done: int
    total: int
    rate: float | None
    left: float | None


class Meter:
    """Counts the bytes of one run; `clock` gives seconds and never goes back."""

    def __init__(self, total: int, clock: Callable[[], float], *, done: int = 0) -> None:
        self._total = total
        self._done = done
        self._clock = clock
        self._marks = deque([(clock(), done)])
        self._lock = Lock()

    def moved(self, count: int) -> None:
        """So many more bytes are done."""
        with self._lock:
            self._done += count
            now = self._clock()
            self._marks.append((now, self._done))
            while len(self._marks) > 2 and self._marks[0][0] < now - _WINDOW_SECONDS:
                self._marks.popleft()

    def progress(self) -> Progress:
        """How far the run is now."""
        with self._lock:
            since, before = self._marks[0]
            seconds = self._clock() - since
            rate = (self._done - before) / seconds if seconds > 0 and self._done > before else None
            left = (self._total - self._done) / rate if rate else None
            return Progress(done=self._done, total=self._total, rate=rate, left=left)


def step_back() -> None:
    """The calling thread leaves the processors to whoever else needs them (Linux: nice values belong to threads)."""
    os.setpriority(os.PRIO_PROCESS, 0, _BEHIND_OTHERS)


class Pace:
    """Holds several threads together below `limit` bytes a second; None lets everything through."""

    def __init__(
        self, limit: int | None, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock()
        self._lock = Lock()

    def spend(self, count: int) -> None:
        """Waits until `count` bytes that have been moved are paid for."""
        if self._limit is None:
            return
        with self._lock:
            self._free_at = max(self._free_at, self._clock()) + count / self._limit
            wait = self._free_at - self._clock()
        if wait > 0:
            self._sleep(wait)
