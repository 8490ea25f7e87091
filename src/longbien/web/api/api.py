"""What the API is made of: the node, and the writers of other rooms that it may not know itself.

What it knows: parts. What it must never know: a route.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from longbien.node import Node
from longbien.node.evidence_work import Outside
from longbien.node.meetings import Appointment
from longbien.node.statistics import Report
from longbien.web.api.pace import Pace
from longbien.web.api.shapes import RunningClock

# How many codes of calls one gateway may hand in. A code is one of a million, so whoever guesses needs weeks for a page that lasts minutes.
REPLIES_BURST = 20
REPLIES_SECOND = 1 / 6

Figures = Callable[[Report], dict[str, Any]]
"""A report as JSON: `longbien.interop.figures.as_json`."""

Calendar = Callable[[Sequence[RunningClock], int, str], bytes]
"""Running clocks, now (ms) and a language as iCalendar; raises what has a `code` where no writer is installed."""

Agenda = Callable[[Sequence[Appointment], int], bytes]
"""Meetings as iCalendar at a moment (ms); raises what has a `code` where no writer is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The parts; `outside` is `None` where nothing is fetched and no file for a court is made. `each` bounds what one token asks, `strangers` what comes without one from one
    address, `replies` what one gateway hands in.
    """

    node: Node
    figures: Figures
    calendar: Calendar
    agenda: Agenda
    each: Pace
    strangers: Pace
    outside: Outside | None = None
    replies: Pace = field(default_factory=lambda: Pace(burst=REPLIES_BURST, each_second=REPLIES_SECOND))
