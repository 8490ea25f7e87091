"""A roster: layers of people who take turns, exceptions from them, and who is on duty at an instant.

What it knows: local days and hours of one zone, right through the two nights a year when the clock jumps. What it must never know: what
time it is now. `on_duty` is the definition; shifts and gaps are cut from it, so that a list and a question cannot disagree.

A hand-over keeps its local hour: the shift over a jump is an hour shorter or longer. An hour that does not exist is taken as the clock
stood before the jump; one that comes twice is the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """People who follow each other. The first turn begins at `begin` (local), each lasts `turn` (whole hours).

    With `opens` and `closes` the layer is there for these local hours only, past midnight where `closes` is not later; with `days`
    (Monday is 0) on those days only, by the day on which the hours begin.
    """

    name: str
    persons: tuple[bytes, ...]
    begin: datetime
    turn: timedelta
    days: frozenset[int] = frozenset(range(7))
    opens: time | None = None
    closes: time | None = None

    @property
    def always(self) -> bool:
        """Whether it is there at every hour."""
        return self.opens is None and len(self.days) == 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """This person instead of everybody that the layers name, from `since` until before `until`."""

    person: bytes
    since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A later layer covers an earlier one, a later override everything before it."""

    zone: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Somebody (`None`: nobody, a gap) is on duty from `since` until before `until`."""

    person: bytes | None
    since: int
    until: int


def on_duty(roster: Roster, at: int) -> bytes | None:
    """Who is on duty at an instant, `None` for nobody."""
    for override in reversed(roster.overrides):
        if override.since <= at < override.until:
            return override.person
    zone = ZoneInfo(roster.zone)
    for layer in reversed(roster.layers):
        if layer.persons and _there(layer, zone, at):
            number = _turn(layer, zone, at)
            if number >= 0:
                return layer.persons[number % len(layer.persons)]
    return None


def shifts(roster: Roster, since: int, until: int) -> tuple[Shift, ...]:
    """Every shift and every gap between two instants, one beside the other, cut off at both ends."""
    zone = ZoneInfo(roster.zone)
    marks = {since, until}
    for override in roster.overrides:
        marks |= {override.since, override.until}
    for layer in roster.layers:
        marks.update(_marks(layer, zone, since, until))
    cuts = sorted(mark for mark in marks if since <= mark <= until)
    found: list[Shift] = []
    for start, end in pairwise(cuts):
        person = on_duty(roster, start)
        if found and found[-1].person == person:
            start = found.pop().since  # noqa: PLW2901 - the same person goes on
        found.append(Shift(person=person, since=start, until=end))
    return tuple(found)


def gaps(roster: Roster, since: int, until: int) -> tuple[Shift, ...]:
    """When nobody is on duty."""
    return tuple(shift for shift in shifts(roster, since, until) if shift.person is None)


def shift_at(roster: Roster, at: int, *, within: int) -> Shift:
    """The shift (or gap) of an instant, looked at so far (ms) to both sides."""
    return next(
        shift for shift in shifts(roster, at - within, at + within) if shift.since <= at < shift.until
    )


def next_after(roster: Roster, at: int, *, within: int) -> Shift | None:
    """The first later shift of another person, `None` where there is none so soon."""
    now = on_duty(roster, at)
    return next(
        (
            shift
            for shift in shifts(roster, at, at + within)
            if shift.since > at and shift.person not in {None, now}
        ),
        None,
    )


def instant(zone: ZoneInfo, local: datetime) -> int:
    """Local time of a zone as ms."""
    return (local.replace(tzinfo=zone, fold=0) - _EPOCH) // _MS


def local(zone: ZoneInfo, at: int) -> datetime:
    """What a clock on the wall shows."""
    return (_EPOCH + at * _MS).astimezone(zone).replace(tzinfo=None, fold=0)


def _turn(layer: Layer, zone: ZoneInfo, at: int) -> int:
    """The number of the turn at an instant; negative before the first. The wall clock may be off by a jump, so it is looked at again."""
    number = (local(zone, at) - layer.begin) // layer.turn + 1
    while instant(zone, layer.begin + number * layer.turn) > at:
        number -= 1
    while instant(zone, layer.begin + (number + 1) * layer.turn) <= at:
        number += 1
    return number


def _there(layer: Layer, zone: ZoneInfo, at: int) -> bool:
    if layer.always:
        return True
    today = local(zone, at).date()
    return any(
        start <= at < end
        for day in (today - _DAY, today, today + _DAY)
        if day.weekday() in layer.days
        for start, end in (_hours(layer, zone, day),)
    )


def _hours(layer: Layer, zone: ZoneInfo, day: date) -> tuple[int, int]:
    """From when until when a layer is there that begins on this day."""
    opens, closes = layer.opens or time(), layer.closes or time()
    last = day if closes > opens else day + _DAY
    return instant(zone, datetime.combine(day, opens)), instant(zone, datetime.combine(last, closes))


def _marks(layer: Layer, zone: ZoneInfo, since: int, until: int) -> Iterator[int]:
    """Where something may change in a layer."""
    number = max(_turn(layer, zone, since), 0)
    while (mark := instant(zone, layer.begin + number * layer.turn)) <= until:
        yield mark
        number += 1
    if layer.always:
        return
    day, last = local(zone, since).date() - _DAY, local(zone, until).date()
    while day <= last:
        yield from _hours(layer, zone, day)
        day += _DAY
