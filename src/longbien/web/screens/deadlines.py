"""Deadlines: every clock that runs in the reader's office, the law's apart from targets, as a list and as a calendar.

What it knows: clocks. What it must never put into a calendar: anything of a case; a calendar leaves the node.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from longbien.law import Labels
from longbien.node import queue
from longbien.node.telling import running
from longbien.web.asked import Asked, Reply, refused
from longbien.web.console import Console, DueClock
from longbien.web.month import day_of, month
from longbien.web.words import law_language

SHOWN_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A clock with the exchange in which it runs."""

    due: DueClock
    article: str
    item: queue.Item
    procedure: Labels
    mine: bool


def deadlines(console: Console, asked: Asked) -> Reply:
    """The page."""
    kind = asked.wish("kind", "all")
    found = [
        item for item in _clocks(console, asked) if kind == "all" or item.due.statutory is (kind == "law")
    ]
    now, grid, on_day = console.node.world.now(), None, {}
    if asked.wish("month"):
        grid = month(
            asked.wish("month"),
            day_of(now, asked.zone),
            asked.language,
            console.node.directory.own.descriptor.party,
        )
        on_day = _by_day(found, asked.zone)
    values = {
        "clocks": found[:SHOWN_MAX],
        "kind": kind,
        "kinds": ("all", "law", "target"),
        "grid": grid,
        "shown": asked.wish("month"),
        "on_day": on_day,
        "today": day_of(now, asked.zone),
    }
    return Reply(page="deadlines.html", values=values)


def calendar(console: Console, asked: Asked) -> Reply:
    """The same as iCalendar."""
    make = console.setting.calendar
    if make is None:
        return refused("CALENDAR_MISSING", asked)
    raw = make(
        [item.due for item in _clocks(console, asked)], console.node.world.now(), law_language(asked.language)
    )
    return Reply(raw=raw, media="text/calendar", name="deadlines.ics")


def _by_day(found: Iterable[Deadline], zone: str) -> dict[date, list[Deadline]]:
    """The clocks of each day of the reader's own."""
    days: dict[date, list[Deadline]] = {}
    for item in found:
        days.setdefault(day_of(item.due.due_at, zone), []).append(item)
    return days


def _clocks(console: Console, asked: Asked) -> list[Deadline]:
    node, office = console.node, asked.officer.office
    clocks = [(row, clock) for row, clock in running(node) if console.subjects.in_office(row.id, office)]
    with node.store.transaction() as tx:
        lines = tx.queue.find({row.id for row, _ in clocks})
        items = {item.line.exchange: item for item in queue.items(tx, tuple(lines.values()))}
    found = []
    for row, clock in clocks:
        item = items.get(row.id)
        if item is None:
            continue
        rules = node.world.lawbook.rules(item.line.procedure, item.line.version)
        rule = None if rules is None else rules.clocks.get(clock.id)
        due = DueClock(
            exchange=row.id.hex(),
            clock=clock.id,
            labels={"en": clock.id} if rule is None else rule.labels,
            due_at=clock.due_at,
            statutory=clock.statutory,
            reminders=clock.reminders,
            practice=not console.setting.live,
        )
        found.append(
            Deadline(
                due=due,
                article="" if rule is None else rule.article,
                item=item,
                procedure={"en": item.line.procedure} if rules is None else rules.labels,
                mine=item.line.owner == asked.officer.person,
            )
        )
    return found
