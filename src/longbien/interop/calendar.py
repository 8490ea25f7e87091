"""Running clocks as a calendar (RFC 5545) that an officer's own program shows and sounds.

What it knows: when a clock is due, who set it (the law or the product), and the first digits of the exchange. What it must never
hold: anything of a case. A calendar leaves the node for telephones and other people's servers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import util
from typing import TYPE_CHECKING

from longbien.interop.faults import NotMade
from longbien.interop.words import word
from longbien.law import Labels, worded
from longbien.node.meetings import Appointment

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar

# As many digits as officers use to name an exchange; two exchanges may share them, no person can be found by them.
REFERENCE_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A running clock: `due_at` in ms; `reminders` in ms before it; `practice` where a node of the exchange is not a live one."""

    exchange: str
    clock: str
    labels: Labels
    due_at: int
    statutory: bool
    reminders: tuple[int, ...]
    practice: bool


def calendar(clocks: Sequence[Due], *, at: int, language: str) -> bytes:
    """The calendar at `at` (ms). The law's clocks and the product's targets differ in title and in category.

    Raises:
        NotMade: WRITER_MISSING.
    """
    made = _begun("clocks")
    from icalendar import Event  # noqa: PLC0415 - an optional part

    for clock in clocks:
        event = Event()
        title = _title(clock, language)
        event.add("uid", f"{sha256(f'{clock.exchange} {clock.clock}'.encode()).hexdigest()[:32]}@longbien")
        event.add("dtstamp", _utc(at))
        event.add("dtstart", _utc(clock.due_at))
        event.add("summary", title)
        event.add("categories", ["STATUTORY" if clock.statutory else "TARGET"])
        event.add("transp", "TRANSPARENT")
        for before in clock.reminders:
            event.add_component(_alarm(title, before))
        made.add_component(event)
    return bytes(made.to_ical())


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A shift of a person, from `since` until before `until` (ms); `person` is "" where nobody is on duty."""

    person: str
    since: int
    until: int


def shift_calendar(turns: Sequence[Turn], *, office: str, at: int) -> bytes:
    """The shifts of an office as a calendar at `at` (ms); a gap is an event of its own, so that somebody sees it.

    Raises:
        NotMade: WRITER_MISSING.
    """
    made = _begun("shifts")
    from icalendar import Event  # noqa: PLC0415 - an optional part

    for turn in turns:
        event = Event()
        event.add("uid", f"{sha256(f'{office} {turn.until}'.encode()).hexdigest()[:32]}@longbien")
        event.add("dtstamp", _utc(at))
        event.add("dtstart", _utc(turn.since))
        event.add("dtend", _utc(turn.until))
        event.add("summary", f"{office} · {turn.person or '—'}")
        event.add("categories", ["SHIFT" if turn.person else "GAP"])
        made.add_component(event)
    return bytes(made.to_ical())


def meeting_calendar(appointments: Sequence[Appointment], *, at: int) -> bytes:
    """Meetings, and what is to be done after them, as a calendar at `at` (ms): a word for the kind and first digits, no topic.

    Raises:
        NotMade: WRITER_MISSING.
    """
    made = _begun("meetings")
    from icalendar import Event  # noqa: PLC0415 - an optional part

    for item in appointments:
        event = Event()
        mark = "EXERCISE · " if item.practice else ""
        event.add("uid", f"{sha256(f'meeting {item.identifier}'.encode()).hexdigest()[:32]}@longbien")
        event.add("dtstamp", _utc(at))
        if item.ends_at is None:
            event.add("dtstart", _utc(item.begins_at).date())
        else:
            event.add("dtstart", _utc(item.begins_at))
            event.add("dtend", _utc(item.ends_at))
        event.add("summary", f"{mark}{item.label} · {item.short}")
        event.add("status", item.status.upper())
        event.add("categories", ["ACTION" if item.ends_at is None else "MEETING"])
        made.add_component(event)
    return bytes(made.to_ical())


def _begun(kind: str) -> "Calendar":
    if util.find_spec("icalendar") is None:
        raise NotMade("WRITER_MISSING", "install longbien[documents]")
    from icalendar import Calendar  # noqa: PLC0415 - an optional part

    made = Calendar()
    made.add("prodid", f"-//Longbien//{kind}//EN")
    made.add("version", "2.0")
    return made


def _alarm(title: str, before: int) -> "Alarm":
    from icalendar import Alarm  # noqa: PLC0415 - an optional part

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(milliseconds=-before))
    return alarm


def _title(clock: Due, language: str) -> str:
    kind = word("clock_law" if clock.statutory else "clock_target", language)
    mark = "EXERCISE · " if clock.practice else ""
    return f"{mark}[{kind}] {worded(clock.labels, language)} · {clock.exchange[:REFERENCE_DIGITS]}"


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)
