"""A month as weeks of days, for a table: names of days and months in the reader's language, the week as it begins in the node's State.

What it knows: calendars and zones. What it must never know: what happens on a day.
"""

from calendar import Calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_skeleton, get_day_names
from babel.localedata import locale_identifiers

from longbien.web.times import zones
from longbien.web.words import law_language

FIRST_YEAR, LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month with its days in weeks; `days` are the names of the columns. `before` and `after` are the months around it, as `2026-11`."""

    title: str
    days: tuple[str, ...]
    weeks: tuple[tuple[date, ...], ...]
    number: int
    before: str
    after: str


def month(named: str, today: date, language: str, party: str) -> Month:
    """The month that is named as `2026-11`, that of `today` where it cannot be read."""
    first = _first(named, today)
    begins = first_day(party)
    names = get_day_names("abbreviated", locale=_locale(language))
    return Month(
        title=format_skeleton("yMMMM", first, locale=_locale(language)),
        days=tuple(names[(begins + place) % 7] for place in range(7)),
        weeks=tuple(map(tuple, Calendar(begins).monthdatescalendar(first.year, first.month))),
        number=first.month,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{first + timedelta(days=31):%Y-%m}",
    )


def day_of(at: int, zone: str) -> date:
    """The day of a moment (ms) where the reader is; by UTC where nobody says where that is."""
    return datetime.fromtimestamp(at / 1000, _zone(zone)).date()


@cache
def first_day(party: str) -> int:
    """The first day of a State's week, 0 for Monday; Monday where the calendar data do not know the State."""
    known = sorted(name for name in locale_identifiers() if name.endswith(f"_{party}"))
    return int(Locale.parse(known[0]).first_week_day) if known else 0


def _first(named: str, today: date) -> date:
    try:
        found = datetime.strptime(named, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return today.replace(day=1)
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else today.replace(day=1)


def _zone(zone: str) -> tzinfo:
    return ZoneInfo(zone) if zone in zones() else UTC


def _locale(language: str) -> Locale:
    return Locale.parse(law_language(language))
