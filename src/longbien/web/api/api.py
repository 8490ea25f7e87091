"""What the API is made of: the node, and the writers of other rooms that it may not know itself.

What it knows: parts. What it must never know: a route.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from longbien.node import Node
from longbien.node.evidence_work import Outside
from longbien.node.meetings import Appointment
from longbien.node.statistics import Report
from longbien.web.api.pace import Pace
from longbien.web.api.shapes import RunningClock

Figures = Callable[[Report], dict[str, Any]]
"""A report as JSON: `longbien.interop.figures.as_json`."""

Calendar = Callable[[Sequence[RunningClock], int, str], bytes]
"""Running clocks, now (ms) and a language as iCalendar; raises what has a `code` where no writer is installed."""

Agenda = Callable[[Sequence[Appointment], int], bytes]
"""Meetings as iCalendar at a moment (ms); raises what has a `code` where no writer is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The parts; `outside` is `None` where nothing is fetched and no file for a court is made. `each` bounds what one token asks, `strangers` what comes without one from one address."""

    node: Node
    figures: Figures
    calendar: Calendar
    agenda: Agenda
    each: Pace
    strangers: Pace
    outside: Outside | None = None
