"""A line to the other side that breaks and goes on: the bytes of one range, in order, each received once.

Knows cuts, waits and the pace; must never know what the bytes are.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Final, Protocol

from longbien.carry.faults import CarryFault
from longbien.carry.pace import Pace

# After how many seconds a broken line is tried again; after the last one without a byte, the fetch stops, to be resumed.
WAITS: Final = (0.0, 0.2, 1.0, 2.0, 5.0, 10.0)


class Remote(Protocol):
    """Where a sealed object can be read from."""

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterable[bytes | memoryview]:
        """The bytes from `start` to before `end`, in pieces; each is good until the next is asked for. A short answer counts as a cut.

        May raise CarryFault (REMOTE_GONE is tried again, anything else ends the fetch) and OSError (tried again).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to fetch: `workers` lines at once, at most `limit` bytes a second, retries after `waits` seconds."""

    workers: int = 4
    limit: int | None = None
    waits: tuple[float, ...] = WAITS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


PLAINLY: Final = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What all lines of a fetch share; `stop` keeps a line from trying again."""

    remote: Remote
    object_id: bytes
    manner: Manner
    pace: Pace
    stop: Event

    def receive(self, start: int, view: memoryview) -> None:
        """Fills `view` with what stands from `start` on; codes: those of `Line.fill`."""
        Line(self, start, start + len(view)).fill(view)


class Line:
    """The bytes from `start` to before `end`."""

    def __init__(self, lines: Lines, start: int, end: int) -> None:
        self._lines = lines
        self._at = start
        self._end = end
        self._pieces: Iterator[bytes | memoryview] = iter(())
        self._held = memoryview(b"")

    def fill(self, view: memoryview) -> None:
        """The next bytes; after a cut, the question begins where the cut was.

        Raises CarryFault: REMOTE_GONE (nothing came after the last wait), REMOTE_EXCESS, and what the other side raises.
        """
        waits = iter(self._lines.manner.waits)
        while view:
            fault = "" if self._held else self._take()
            if self._held:
                waits = iter(self._lines.manner.waits)
                part = self._held[: len(view)]
                view[: len(part)] = part
                view, self._held = view[len(part) :], self._held[len(part) :]
            elif fault:
                wait = next(waits, None)
                if wait is None or self._lines.stop.is_set():
                    raise CarryFault("REMOTE_GONE", fault)
                self._lines.manner.sleep(wait)
                self._pieces = iter(self._lines.remote.read_range(self._lines.object_id, self._at, self._end))

    def _take(self) -> str:
        """Takes the next piece of the answer; why there is none, if there is none."""
        try:
            piece = next(self._pieces, None)
        except OSError as fault:
            return fault.strerror or type(fault).__name__
        except CarryFault as fault:
            if fault.code != "REMOTE_GONE":
                raise
            return fault.detail or fault.code
        if piece is None:
            return "a short answer"
        if len(piece) > self._end - self._at:
            raise CarryFault("REMOTE_EXCESS", f"at byte {self._at}")
        self._at += len(piece)
        self._held = memoryview(piece)
        self._lines.pace.spend(len(piece))
        return ""
