"""Dialogue: meetings between States, what is to be done after them, and their minutes.

What it knows: how `node.meetings` is laid out. What it must never do: put a topic into a calendar, or publish what was not agreed. Every step
of a meeting is an act and is written where acts are written.
"""

from dataclasses import dataclass
from typing import Final

from longbien.law.instants import day_of, write_day
from longbien.node import Denied, meetings
from longbien.node.matter import matter
from longbien.node.meetings import Action, Meeting
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.minutes import NAME, public_minutes
from longbien.web.policy import WRITING
from longbien.web.screens import sheets
from longbien.web.words import law_language, speaker

# The steps that begin with the minutes as they are kept: which field takes the digest, and which the text.
FROM_MINUTES: Final = {"report": "report", "correct_report": "report", "give_notice": "text"}
NOTICE_MAX: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Something that is still to be done, with its meeting; `late` by the day in UTC."""

    meeting: Meeting
    action: Action
    late: bool


def dialogue(console: Console, asked: Asked) -> Reply:
    """The board: what comes, what is to be done, what was."""
    now = console.node.world.now()
    found = _meetings(console, asked)
    coming = sorted((item for item in found if _comes(item, now)), key=lambda item: item.begins_at)
    values = {
        "coming": coming,
        "past": [item for item in found if not _comes(item, now)],
        "todo": open_actions(found, write_day(day_of(now))),
        "may_begin": _may_begin(console, asked),
    }
    return Reply(page="dialogue.html", values=values)


def calendar(console: Console, asked: Asked) -> Reply:
    """Meetings and own actions as iCalendar."""
    if console.setting.agenda is None:
        return refused("CALENDAR_MISSING", asked)
    say = speaker(asked.language)
    label = say("To do after a meeting")
    found = meetings.appointments(_meetings(console, asked), own=console.node.party, label=label)
    raw = console.setting.agenda(found, console.node.world.now())
    return Reply(raw=raw, media="text/calendar", name="meetings.ics")


def meeting(console: Console, asked: Asked) -> Reply:
    """One meeting."""
    return _page(console, asked)


def keep_minutes(console: Console, asked: Asked) -> Reply:
    """The text of the minutes. Codes: those of `meetings.keep_minutes`."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    kept = meetings.keep_minutes(console.node, exchange, asked.written("text"), by=asked.officer.person)
    if isinstance(kept, Denied):
        return _page(console, asked, error=kept)
    return go(f"/dialogue/{exchange.hex()}?said=kept")


def mark(console: Console, asked: Asked) -> Reply:
    """An action is done, or open again. Codes: those of `meetings.mark_action`."""
    exchange = hex_bytes(asked.params["exchange"], 16)
    place = asked.written("place")
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
    marked = meetings.mark_action(
        console.node, exchange, number, done=asked.written("done") == "yes", by=asked.officer.person
    )
    if isinstance(marked, Denied):
        return _page(console, asked, error=marked)
    return go(f"/dialogue/{exchange.hex()}#actions")


def from_minutes(console: Console, asked: Asked) -> Reply:
    """A step that begins with the minutes: the report that names them, or a notice that carries them."""
    act = asked.written("act")
    found = _meeting(console, asked)
    if act not in FROM_MINUTES or not found.text:
        return refused("MINUTES_EMPTY", asked)
    value = found.text if act == "give_notice" else found.digest.hex()
    return sheets.begin_step(console, asked, act, {FROM_MINUTES[act]: value})


def public(console: Console, asked: Asked) -> Reply:
    """The minutes as a page for the public. Codes: those of `meetings.not_public`."""
    found = _meeting(console, asked)
    code = meetings.not_public(found)
    if code:
        return refused(code, asked)
    raw = public_minutes(console.node, found, asked.language, console.setting.mode)
    return Reply(raw=raw, media="text/html", name=NAME)


def open_actions(found: list[Meeting], today: str) -> list[Open]:
    """What is still to be done, the earliest day first, what has no day last."""
    listed = [
        Open(meeting=item, action=action, late=bool(action.due_on) and action.due_on < today)
        for item in found
        for action in item.actions
        if action.done_at is None
    ]
    return sorted(listed, key=lambda one: (not one.action.due_on, one.action.due_on))


def _comes(item: Meeting, now: int) -> bool:
    return not item.terminal and not item.held and (item.ends_at or now) >= now


def _meetings(console: Console, asked: Asked) -> list[Meeting]:
    found = meetings.meetings(console.node, language=law_language(asked.language))
    office = asked.officer.office
    return [item for item in found if console.subjects.in_office(item.item.line.exchange, office)]


def _meeting(console: Console, asked: Asked) -> Meeting:
    exchange = hex_bytes(asked.params["exchange"], 16)
    found = meetings.meeting(console.node, exchange, language=law_language(asked.language))
    if found is None:
        raise NotThere
    return found


def _may_begin(console: Console, asked: Asked) -> bool:
    node, officer = console.node, asked.officer
    rules = node.world.lawbook.rules(meetings.DIALOGUE)
    roles = node.directory.offices(node.party, officer.office)
    return rules is not None and bool(
        set(roles) & set(rules.from_roles) and WRITING.intersection(officer.roles)
    )


def _page(console: Console, asked: Asked, error: Denied | None = None) -> Reply:
    found = _meeting(console, asked)
    exchange = found.item.line.exchange
    told = matter(console.node, exchange, language=law_language(asked.language), office=asked.officer.office)
    assert told is not None
    steps = {item.act for item in told.next if item.open}
    text = asked.written("text") if error is not None and "text" in dict(asked.form) else found.text
    values = {
        "meeting": found,
        "exchange": exchange.hex(),
        "clocks": told.clocks,
        "turn": found.item.line.turn,
        "steps": [
            act
            for act in FROM_MINUTES
            if act in steps and (act != "give_notice" or len(found.text) <= NOTICE_MAX)
        ],
        "not_public": meetings.not_public(found),
        "today": write_day(day_of(console.node.world.now())),
        "text": text,
        "error": error,
        "said": asked.wish("said"),
        "writes": bool(WRITING.intersection(asked.officer.roles)),
    }
    return Reply(page="meeting.html", values=values, status=422 if error else 200, exchange=exchange)
