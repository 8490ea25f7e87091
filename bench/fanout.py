"""How long a warning takes to reach 192 States, with the product's own cryptography, beside 192 times one State.

All nodes live in this process and take turns, so the time is that of one processor doing everybody's work.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.report import Bar, Row
from longbien.exercise.cast import REAL, lawbook
from longbien.exercise.fanout import Fanout

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = 3_600_000
# Many cost no more than so many times one: nothing in the host grows with the number of those it warns.
MANY_BAR = Bar(value=1.5, at_least=False)


def rows(others: int) -> list[Row]:
    """One warning to one State, to `others` States, and to `others` of which half cannot be reached for an hour."""
    states = tuple(code for code, party in lawbook().parties.items() if party.kind == "state")
    one = min(_seconds(states[:2]) for _ in range(3))
    many = _seconds(states[: others + 1])
    world = Fanout(states[: others + 1], away=dict.fromkeys(states[1 : others + 1 : 2], HOUR), crypto=REAL)
    spread = world.spread(world.warn())
    return [
        Row(
            name=f"a warning to {others} States, verified and receipted",
            value=many,
            unit="s CPU",
            against=f"{others} times one State",
            ratio=many / (others * one),
            bar=MANY_BAR,
        ),
        Row(
            name=f"lost when half of {others} States are away for an hour",
            value=float(others - spread.followed),
            unit="States",
            note=f"{spread.lost} tries failed; the last receipt came {spread.last_at / HOUR:.2f} h after the warning",
        ),
    ]


def _seconds(states: Sequence[str]) -> float:
    world = Fanout(tuple(states), crypto=REAL)
    begin = time.process_time()
    spread = world.spread(world.warn())
    taken = time.process_time() - begin
    assert spread.followed == len(states) - 1
    return taken
