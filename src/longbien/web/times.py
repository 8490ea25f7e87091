"""Moments and spans as an officer reads them: always UTC, and beside it the own zone and that of the other State where it has one.

What it knows: zones and digits. What it must never do: guess a zone. A State with several zones has none here.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from longbien.law.instants import DAY, HOUR, MINUTE
from longbien.web.words import Say

# Every offset from UTC that a place has today, written as the law's times are.
OFFSETS: Final = (
    "Z",
    *(f"-{hours:02d}:00" for hours in range(1, 13)),
    *("-09:30", "-03:30", "-02:30"),
    *(f"+{hours:02d}:00" for hours in range(1, 15)),
    *("+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+08:45", "+09:30", "+10:30", "+12:45", "+13:45"),
)


def utc(at: int) -> str:
    """`2026-11-24 03:00 UTC`."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def machine(at: int) -> str:
    """As `<time datetime>` wants it."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def there(at: int, zone: str) -> str:
    """`04:00 Europe/Paris`, with the day where it is another one; "" without a zone."""
    if zone not in zones():
        return ""
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    day = "" if local.date() == datetime.fromtimestamp(at / 1000, UTC).date() else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M} {zone}"


@cache
def zones() -> frozenset[str]:
    """Every zone by name that this machine knows."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


@cache
def zone_of(party: str) -> str:
    """The zone of a State that has exactly one, else ""."""
    found = [zone for zone, territory in get_global("zone_territories").items() if territory == party]
    return found[0] if len(found) == 1 else ""


def left(due_at: int, now: int, say: Say) -> str:
    """How much time is left, in the two largest units."""
    span = abs(due_at - now)
    days, hours, minutes = span // DAY, span % DAY // HOUR, span % HOUR // MINUTE
    if days > 2:
        text = say("%(n)s day", "%(n)s days", days)
    elif days:
        text = say("%(days)s d %(hours)s h", days=days, hours=hours)
    elif hours:
        text = say("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    else:
        text = say("%(minutes)s min", minutes=minutes)
    return say("%(span)s late", span=text) if due_at < now else say("%(span)s left", span=text)


def urgency(due_at: int, now: int) -> str:
    """How a clock looks: late, soon (within four hours), today (24 hours) or later."""
    if due_at < now:
        return "late"
    span = due_at - now
    return "soon" if span < 4 * HOUR else "today" if span < DAY else "later"
