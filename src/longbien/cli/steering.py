"""Commands about exercises: what a running node answers.

What it knows: arguments, and the doors of `node.exercises`. What it must never do: run on a live node; the doors refuse it.
"""

from longbien.cli.answering import granted
from longbien.cli.asked import Arguments, CommandRefused, Result
from longbien.node import Node, exercises
from longbien.node.exercises import MARK, Exercise
from longbien.node.people import MACHINE_ROOM
from longbien.practice.clock import DEEDS
from longbien.practice.injects import INJECTS_MAX, write_offset


def new(node: Node, given: Arguments) -> Result:
    """An exercise."""
    made = exercises.new(node, title=given.text("title"), about=given.text("about"), by=MACHINE_ROOM)
    return _state(_found(node, granted(made).id.hex()))


def listed(node: Node, _: Arguments) -> Result:
    """Every exercise."""
    return {
        "mark": MARK,
        "exercises": [
            {"exercise": row.id.hex(), "title": row.title, "stage": row.stage, "made_at": row.made_at}
            for row in exercises.exercises(node)
        ],
    }


def take_in(node: Node, given: Arguments) -> Result:
    """Injects of a table."""
    rows = given["rows"]
    if not isinstance(rows, list) or not all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows
    ):
        raise CommandRefused("ARGUMENT_INVALID", "rows is not a table of texts")
    found = _found(node, given.text("exercise"))
    return _state(granted(exercises.add_injects(node, found.row.id, rows)))


def steer(node: Node, given: Arguments) -> Result:
    """Play, pause, shift, end."""
    deed, minutes = given.text("do"), given["minutes"]
    if deed not in DEEDS or type(minutes) is not int:
        raise CommandRefused("ARGUMENT_INVALID", "do or minutes")
    found = _found(node, given.text("exercise"))
    return _state(granted(exercises.steer(node, found.row.id, deed, minutes=minutes)))


def fire(node: Node, given: Arguments) -> Result:
    """An inject comes out now."""
    found = _found(node, given.text("exercise"))
    number = given.number("number", 0, highest=INJECTS_MAX)
    return _state(granted(exercises.fire(node, found.row.id, number)))


def report(node: Node, given: Arguments) -> Result:
    """How it went."""
    found = _found(node, given.text("exercise"))
    return {
        **_state(found),
        "came_out": [
            {
                "mark": MARK,
                "number": one.number,
                "time": write_offset(one.offset),
                "to": one.to,
                "text": one.text,
                "expected": one.expected,
                "fired_at": one.fired_at,
                "first_answer_ms": -1 if (took := found.first_after(one)) is None else took,
            }
            for one in found.injects
            if one.fired_at
        ],
        "answers": [
            {"mark": MARK, "number": one.inject, "text": one.text, "at": one.at} for one in found.responses
        ],
        "lessons": [
            {"mark": MARK, "kind": one.kind, "text": one.text, "owner": one.owner, "due_on": one.due_on}
            for one in found.lessons
        ],
    }


def _state(found: Exercise) -> Result:
    return {
        "mark": MARK,
        "exercise": found.row.id.hex(),
        "title": found.row.title,
        "stage": found.row.stage,
        "shift_minutes": found.row.shift // 60_000,
        "injects": len(found.injects),
        "out": sum(bool(one.fired_at) for one in found.injects),
    }


def _found(node: Node, prefix: str) -> Exercise:
    if not exercises.is_open(node):
        raise CommandRefused("EXERCISE_LIVE", node.directory.own.descriptor.mode)
    fitting = [row for row in exercises.exercises(node) if prefix and row.id.hex().startswith(prefix)]
    if len(fitting) != 1:
        raise CommandRefused("EXERCISE_UNKNOWN", prefix)
    found = exercises.exercise(node, fitting[0].id)
    assert found is not None, "an exercise is never deleted"
    return found


COMMANDS = {
    "exercise-new": new,
    "exercise-list": listed,
    "exercise-import": take_in,
    "exercise-steer": steer,
    "exercise-fire": fire,
    "exercise-report": report,
}
