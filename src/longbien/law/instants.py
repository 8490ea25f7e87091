"""Times as people write them and as machines count them.

Knows RFC 3339, days and working days, all by arithmetic on integers. It must never ask what time it is.

A time in an act is text with its zone, because an address without a zoned time cannot be attributed to a
person (convention.md §4.4); a fact in an exchange is ms since the epoch, UTC.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WORKING_DAYS: Final = 5  # Monday to Friday; a State's own calendar belongs to its node, targets are not law

# In the first and the last year of the calendar a zone can carry a time out of it, and nobody could write it in UTC.
_EDGES: Final = ("0001", "9999")

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})?"
)

# One act is judged by its author's node and by its host's, and a time in it is read by several checks.
_TEXTS_KEPT: Final = 4096


def day_of(at: int) -> int:
    """The UTC day on which the instant `at` (ms) falls, counted from 1970-01-01."""
    return at // DAY


def day(value: date) -> int:
    """A calendar date as a day number counted from 1970-01-01."""
    return value.toordinal() - _EPOCH


@lru_cache(maxsize=_TEXTS_KEPT)
def read_date(text: str) -> int | None:
    """The day number of `YYYY-MM-DD`, or None when that day does not exist."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return day(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        return None


@lru_cache(maxsize=_TEXTS_KEPT)
def read_instant(text: str) -> int | str:
    """The ms of an RFC 3339 time, or a code: FIELD_INVALID, or TIME_WITHOUT_ZONE.

    `-00:00` says that the zone is unknown (RFC 3339 §4.3), so it counts as none. Leap seconds are refused: no
    log that we know writes them, and they have no place in ms since the epoch. The years 1 and 9999 are refused. Digits beyond ms are cut off.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return "FIELD_INVALID"
    days = read_date(found[1])
    hours, minutes, seconds = int(found[2]), int(found[3]), int(found[4])
    if days is None or found[1].startswith(_EDGES) or hours > 23 or minutes > 59 or seconds > 59:
        return "FIELD_INVALID"
    zone = found[6]
    if zone is None or zone == "-00:00":
        return "TIME_WITHOUT_ZONE"
    offset = _offset(zone)
    if offset is None:
        return "FIELD_INVALID"
    milliseconds = int((found[5] or "0").ljust(3, "0")[:3])
    return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + milliseconds - offset


def _offset(zone: str) -> int | None:
    """Ms east of UTC; None when no clock on earth stands so."""
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        return None
    size = hours * HOUR + minutes * MINUTE
    return -size if zone[0] == "-" else size


def write_instant(at: int) -> str:
    """The instant `at` (ms) as RFC 3339 text in UTC; `read_instant` gives it back."""
    days, rest = divmod(at, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, milliseconds = divmod(rest, SECOND)
    fraction = f".{milliseconds:03d}" if milliseconds else ""
    return f"{write_day(days)}T{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}Z"


def write_day(days: int) -> str:
    """The day number `days` as `YYYY-MM-DD`."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def after_working_days(at: int, count: int) -> int:
    """The instant `count` working days after `at`, at the same time of day; Saturdays and Sundays do not
    count.
    """
    if count == 0:
        return at
    days, rest = divmod(at, DAY)
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    if weekday >= WORKING_DAYS:
        # The weekend itself counts for nothing, so a span that begins there begins on Friday.
        days -= weekday - (WORKING_DAYS - 1)
        weekday = WORKING_DAYS - 1
    weeks, left = divmod(count, WORKING_DAYS)
    days += weeks * 7 + left + (2 if weekday + left >= WORKING_DAYS else 0)
    return days * DAY + rest
