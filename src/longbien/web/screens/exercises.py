"""Exercises: planned and steered by operators, played by officers, talked over by both.

What it knows: how `node.exercises` is laid out. What it must never do: show a player what has not come out, or anything here on a live node.
"""

import csv
import io
from dataclasses import dataclass, replace
from typing import Final

from longbien.node import Denied, exercises
from longbien.node.exercises import MARK, ROLES, Exercise, for_player, is_open
from longbien.practice.injects import Fault, inject, write_offset
from longbien.store.exercise_rows import InjectRow, ResponseRow
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.policy import CASE, RUNNING
from longbien.web.screens.queue import harmless
from longbien.web.screens.training import plain_number
from longbien.web.times import machine

# A spreadsheet of injects; more is no table that a person wrote.
TABLE_MAX: Final = 2 << 20
CELLS: Final = ("time", "sender", "to", "channel", "text", "expected")
BAR_WIDTH: Final = 480
HEADING: Final = (
    "mark",
    "what",
    "number",
    "time",
    "to",
    "channel",
    "text",
    "expected",
    "at",
    "seconds",
    "owner",
    "due",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An inject as the report shows it: how long (ms) its first answer took, how long its bar is, and what was answered."""

    inject: InjectRow
    took: int | None
    bar: int
    answers: tuple[ResponseRow, ...]


def every(console: Console, asked: Asked) -> Reply:
    """The exercises of this node."""
    return _list(console, asked)


def new(console: Console, asked: Asked) -> Reply:
    """A new exercise. Codes: those of `exercises.new`."""
    made = exercises.new(
        console.node, title=asked.written("title"), about=asked.written("about"), by=asked.officer.person
    )
    if isinstance(made, Denied):
        return _list(console, asked, error=made)
    return go(f"/exercise/{made.id.hex()}")


def control(console: Console, asked: Asked) -> Reply:
    """Everything of an exercise, for who steers it."""
    return _control(console, asked)


def import_injects(console: Console, asked: Asked) -> Reply:
    """Injects from a file, or from text with commas. Codes: those of `exercises.add_injects`, TABLE_DAMAGED and those of the reader."""
    if asked.upload is not None and asked.upload.size:
        rows = console.setting.table(asked.upload.file.read(), asked.upload.name)
    else:
        rows = console.setting.table(asked.written("table").encode(), "table.csv")
    if isinstance(rows, Denied):
        return _control(console, asked, error=rows)
    return _done(console, asked, exercises.add_injects(console.node, _identifier(asked), rows))


def add_inject(console: Console, asked: Asked) -> Reply:
    """One more inject. Codes: those of `exercises.add_several`, INJECT_TIME, INJECT_TO, INJECT_TEXT."""
    wanted = inject({name: asked.written(name).strip() for name in CELLS}, ROLES)
    if isinstance(wanted, Fault):
        return _control(console, asked, error=Denied(code=wanted.code, detail=wanted.where))
    return _done(console, asked, exercises.add_several(console.node, _identifier(asked), [wanted]))


def steer(console: Console, asked: Asked) -> Reply:
    """Play, pause, shift, end. Codes: those of `exercises.steer`."""
    text = asked.written("minutes").strip()
    minutes = plain_number(text.removeprefix("-")) * (-1 if text.startswith("-") else 1)
    steered = exercises.steer(console.node, _identifier(asked), asked.written("do"), minutes=minutes)
    return _done(console, asked, steered)


def fire(console: Console, asked: Asked) -> Reply:
    """An inject comes out now. Codes: those of `exercises.fire`."""
    number = plain_number(asked.written("number"))
    return _done(console, asked, exercises.fire(console.node, _identifier(asked), number))


def play(console: Console, asked: Asked) -> Reply:
    """What has come out for the person who asks."""
    return _play(console, asked)


def respond(console: Console, asked: Asked) -> Reply:
    """An answer to an inject. Codes: those of `exercises.respond`."""
    answered = exercises.respond(
        console.node,
        _identifier(asked),
        plain_number(asked.written("number")),
        asked.written("text"),
        roles=asked.officer.roles,
        by=asked.officer.person,
    )
    if isinstance(answered, Denied):
        return _play(console, asked, error=answered)
    return go(f"{asked.path.removesuffix('/respond')}/player")


def report(console: Console, asked: Asked) -> Reply:
    """How it went: times, and what was seen and learned."""
    return _report(console, asked)


def add_lesson(console: Console, asked: Asked) -> Reply:
    """What was seen or learned. Codes: those of `exercises.add_lesson`."""
    said = {name: asked.written(name) for name in ("kind", "text", "owner", "due_on")}
    added = exercises.add_lesson(console.node, _identifier(asked), **said, by=asked.officer.person)
    if isinstance(added, Denied):
        return _report(console, asked, error=added)
    return go(f"{asked.path.removesuffix('/lessons')}/report#lessons")


def as_csv(console: Console, asked: Asked) -> Reply:
    """The report for a spreadsheet; each row says that it is of an exercise."""
    found = _found(console, asked)
    rows: list[tuple[str, ...]] = [HEADING]
    for line in lines(found, asked):
        one, seconds = line.inject, "" if line.took is None else str(line.took // 1000)
        named = (str(one.number), write_offset(one.offset), one.to, one.channel)
        rows.append((MARK, "inject", *named, one.text, one.expected, machine(one.fired_at), seconds, "", ""))
        rows += [
            (
                MARK,
                "answer",
                *named,
                each.text,
                "",
                machine(each.at),
                str((each.at - one.fired_at) // 1000),
                "",
                "",
            )
            for each in line.answers
        ]
    for lesson in found.lessons:
        blank = (str(lesson.number), "", "", "")
        at, owner, due = machine(lesson.at), lesson.owner, lesson.due_on
        rows.append((MARK, lesson.kind, *blank, lesson.text, "", at, "", owner, due))
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return Reply(raw=out.getvalue().encode(), media="text/csv", name="EXERCISE-report.csv")


def lines(found: Exercise, asked: Asked) -> list[Line]:
    """What has come out, with bars that are as long as the first answers took.

    Who steers sees all of it, and at the end everybody does; before, a player sees what came for the own roles, and not what is expected.
    """
    whole = found.row.stage == "ended" or bool(RUNNING.intersection(asked.officer.roles))
    mine = {one.number for one in for_player(found, asked.officer.roles)}
    took = {
        one.number: found.first_after(one)
        for one in found.injects
        if one.fired_at and (whole or one.number in mine)
    }
    longest = max((each for each in took.values() if each is not None), default=0)
    return [
        Line(
            inject=one if whole else replace(one, expected=""),
            took=each,
            bar=max(BAR_WIDTH * each // longest, 1) if each else 0,
            answers=tuple(answer for answer in found.responses if whole and answer.inject == one.number),
        )
        for one in found.injects
        if one.number in took
        for each in (took[one.number],)
    ]


def _identifier(asked: Asked) -> bytes:
    return hex_bytes(asked.params["exercise"], 16)


def _found(console: Console, asked: Asked) -> Exercise:
    found = exercises.exercise(console.node, _identifier(asked)) if is_open(console.node) else None
    if found is None:
        raise NotThere
    return found


def _done(console: Console, asked: Asked, answer: Exercise | Denied) -> Reply:
    if isinstance(answer, Denied):
        return _control(console, asked, error=answer)
    return go(f"/exercise/{answer.row.id.hex()}")


def _list(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    if not is_open(console.node):
        return refused("EXERCISE_LIVE", asked)
    values = {
        "rows": exercises.exercises(console.node),
        "steers": bool(RUNNING.intersection(asked.officer.roles)),
        "plays": bool(CASE.intersection(asked.officer.roles)),
        "written": {name: asked.written(name) for name in ("title", "about")},
        "error": error,
    }
    return Reply(page="exercises.html", values=values, status=422 if error else 200)


def _control(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    if not is_open(console.node):
        return refused("EXERCISE_LIVE", asked)
    found = _found(console, asked)
    values = {
        "exercise": found.row,
        "injects": found.injects,
        "first": {one.number: found.first_after(one) for one in found.injects if one.fired_at},
        "offset": write_offset,
        "roles_known": sorted(ROLES),
        "written": {name: asked.written(name) if error else "" for name in (*CELLS, "table")},
        "error": error,
    }
    return Reply(page="exercise.html", values=values, status=422 if error else 200)


def _play(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    if not is_open(console.node):
        return refused("EXERCISE_LIVE", asked)
    found = _found(console, asked)
    mine = asked.officer.person
    values = {
        "exercise": found.row,
        "injects": for_player(found, asked.officer.roles),
        "answers": {
            one.number: [
                each for each in found.responses if each.inject == one.number and each.person == mine
            ]
            for one in found.injects
        },
        "error": error,
    }
    return Reply(page="exercise_player.html", values=values, status=422 if error else 200)


def _report(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    if not is_open(console.node):
        return refused("EXERCISE_LIVE", asked)
    found = _found(console, asked)
    values = {
        "exercise": found.row,
        "lines": lines(found, asked),
        "bar_width": BAR_WIDTH,
        "lessons": found.lessons,
        "kinds": exercises.KINDS,
        "offset": write_offset,
        "written": {name: asked.written(name) if error else "" for name in ("text", "owner", "due_on")},
        "error": error,
    }
    return Reply(page="exercise_report.html", values=values, status=422 if error else 200)
