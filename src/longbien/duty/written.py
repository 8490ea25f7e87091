"""A roster as a person writes it, in TOML.

What it knows: the words of the file. What it must never know: who somebody is; names are looked up in what it is given. The text itself
is what a node keeps; an override is added to its end.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from longbien.duty.reading import DutyFault, known, person, table, tables, taken, texts
from longbien.duty.roster import Layer, Override, Roster, instant

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TURN = re.compile(r"(?:(\d{1,3}) )?(hour|day|week)s?")
_HOURS = {"hour": 1, "day": 24, "week": 168}
TURN_HOURS_MAX = 24 * 366


def read_roster(text: str, people: Mapping[str, bytes]) -> Roster:
    """The roster in a text; `people` are the persons of the office by name.

    Raises:
        DutyFault: with its code.
    """
    found = table(text)
    known(found, ("zone", "layer", "override"))
    zone = taken(found, "zone", str, "")
    if zone not in available_timezones():
        raise DutyFault("DUTY_ZONE_UNKNOWN", f"{zone}; write a name such as Asia/Ho_Chi_Minh")
    layers = tuple(
        _layer(item, f"layer {place}: ", people) for place, item in enumerate(tables(found, "layer"), start=1)
    )
    if not layers:
        raise DutyFault("DUTY_KEY_MISSING", "write at least one [[layer]]")
    overrides = tuple(
        _override(item, f"override {place}: ", people, ZoneInfo(zone))
        for place, item in enumerate(tables(found, "override"), start=1)
    )
    return Roster(zone=zone, layers=layers, overrides=overrides)


def with_override(text: str, name: str, since: int, until: int) -> str:
    """The same roster with one more exception."""
    return text.rstrip() + _written(name, since, until)


def without_override(text: str, name: str, since: int, until: int) -> str | None:
    """The same roster without an exception that `with_override` added, the newest such; `None` where there is none."""
    before, found, after = text.rpartition(_written(name, since, until))
    return None if not found else f"{before}\n{after}"


def _layer(found: Mapping[str, Any], where: str, people: Mapping[str, bytes]) -> Layer:
    known(found, ("name", "persons", "begin", "turn", "days", "from", "until"), where)
    begin = taken(found, "begin", datetime, where)
    if begin.tzinfo is not None:
        raise DutyFault("DUTY_VALUE", f"{where}begin is local, such as 2026-11-02T08:00:00")
    days = texts(found, "days", where, list(DAYS))
    known(dict.fromkeys(days), DAYS, f"{where}days ")
    if ("from" in found) != ("until" in found):
        raise DutyFault("DUTY_VALUE", f"{where}from and until belong together")
    hours = "from" in found
    return Layer(
        name=taken(found, "name", str, where, ""),
        persons=tuple(person(name, people, where) for name in texts(found, "persons", where)),
        begin=begin,
        turn=_turn(taken(found, "turn", str, where), where),
        days=frozenset(DAYS.index(day) for day in days),
        opens=taken(found, "from", time, where) if hours else None,
        closes=taken(found, "until", time, where) if hours else None,
    )


def _turn(text: str, where: str) -> timedelta:
    match = _TURN.fullmatch(text)
    hours = 0 if match is None else int(match[1] or 1) * _HOURS[match[2]]
    if not 1 <= hours <= TURN_HOURS_MAX:
        raise DutyFault("DUTY_VALUE", f'{where}turn is written "week", "day", "2 weeks" or "12 hours"')
    return timedelta(hours=hours)


def _override(found: Mapping[str, Any], where: str, people: Mapping[str, bytes], zone: ZoneInfo) -> Override:
    known(found, ("person", "from", "until"), where)
    since, until = (_instant(taken(found, key, datetime, where), zone) for key in ("from", "until"))
    if since >= until:
        raise DutyFault("DUTY_VALUE", f"{where}until must be later than from")
    return Override(
        person=person(taken(found, "person", str, where), people, where), since=since, until=until
    )


def _instant(written: datetime, zone: ZoneInfo) -> int:
    if written.tzinfo is None:
        return instant(zone, written)
    return instant(ZoneInfo("UTC"), written.astimezone(UTC).replace(tzinfo=None))


def _written(name: str, since: int, until: int) -> str:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"\n\n[[override]]\nperson = {quoted}\nfrom = {_utc(since)}\nuntil = {_utc(until)}\n"


def _utc(at: int) -> str:
    """To the millisecond, so that nothing is lost on the way through a text."""
    return (datetime(1970, 1, 1) + timedelta(milliseconds=at)).isoformat(timespec="milliseconds") + "Z"  # noqa: DTZ001 - marked as UTC here
