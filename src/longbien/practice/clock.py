"""The clock of an exercise: played, paused, shifted, ended; and which injects it has let out.

What it knows: instants (ms), which are arguments, and offsets of injects from the beginning of play. What it must never do: ask what time it
is, or let out an inject twice. When an inject is let out does not depend on how often somebody looks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# Stage and deed, and the stage that follows; whatever does not stand here is refused.
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("planned", "play"): "playing",
        ("playing", "pause"): "paused",
        ("paused", "play"): "playing",
        ("playing", "end"): "ended",
        ("paused", "end"): "ended",
        ("planned", "shift"): "planned",
        ("playing", "shift"): "playing",
        ("paused", "shift"): "paused",
    }
)
STAGES: Final = ("planned", "playing", "paused", "ended")
DEEDS: Final = ("play", "pause", "shift", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where an exercise stands. `played` is how long it ran before `since` (ms), the newest deed in play; `shift` is added to the offset of
    every inject that is still to come.
    """

    stage: str = "planned"
    since: int = 0
    played: int = 0
    shift: int = 0


def elapsed(clock: Clock, now: int) -> int:
    """For how long (ms) it has been played."""
    running = max(now - clock.since, 0) if clock.stage == "playing" else 0
    return clock.played + running


def move(clock: Clock, deed: str, now: int, *, by: int = 0) -> Clock | None:
    """The clock after a deed, `None` where the stage does not allow it; `by` (ms) is for a shift, and may be negative."""
    stage = MOVES.get((clock.stage, deed))
    if stage is None:
        return None
    shift = clock.shift + by if deed == "shift" else clock.shift
    since = now if stage == "playing" else 0
    return Clock(stage=stage, since=since, played=elapsed(clock, now), shift=shift)


def due(clock: Clock, waiting: Iterable[tuple[int, int]], now: int) -> dict[int, int]:
    """Which waiting injects (number, offset) are out by now, each with the moment (ms) at which it came out.

    Only a clock that runs lets something out. What a shift brings before now comes out with the shift.
    """
    if clock.stage != "playing":
        return {}
    played = elapsed(clock, now)
    return {
        number: clock.since + max(offset + clock.shift - clock.played, 0)
        for number, offset in waiting
        if offset + clock.shift <= played
    }
