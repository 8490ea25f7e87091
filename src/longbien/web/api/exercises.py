"""Routes about exercises: planned, steered, played, talked over.

What it knows: the doors of `node.exercises`. What it must never do: give a player what has not come out; to steer has a scope of its own.
"""

import msgspec

from longbien.node import exercises as doors
from longbien.node.exercises import MARK, ROLES, Exercise
from longbien.practice.injects import Fault, Inject, inject
from longbien.web.api import exercise_shapes as shapes
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.told import moment, moment_or_none


def every(call: Call) -> Answer:
    """Every exercise."""
    _open(call)
    items = tuple(
        shapes.ExerciseLine(
            mark=MARK,
            exercise=row.id.hex(),
            title=row.title,
            stage=row.stage,  # type: ignore[arg-type]  # one of the four, by the clock
            made_at=moment(row.made_at),
        )
        for row in doors.exercises(call.api.node)
    )
    return Answer(given=shapes.ExerciseList(items=items))


def new(call: Call) -> Answer:
    """A new exercise."""
    wanted: shapes.ExerciseWanted = call.body
    row = granted(doors.new(call.api.node, title=wanted.title, about=wanted.about, by=_by(call)))
    found = doors.exercise(call.api.node, row.id)
    assert found is not None, "it was just made"
    where = {"Location": f"/api/v1/exercises/{row.id.hex()}"}
    return Answer(given=_shown(found), status=201, headers=where)


def one(call: Call) -> Answer:
    """An exercise whole, with everything for a report."""
    return Answer(given=_shown(_found(call)))


def add_injects(call: Call) -> Answer:
    """Further injects, all or none."""
    wanted: shapes.InjectsWanted = call.body
    read: list[Inject] = []
    for number, each in enumerate(wanted.injects, start=1):
        found = inject({name: text.strip() for name, text in msgspec.to_builtins(each).items()}, ROLES)
        if isinstance(found, Fault):
            raise Refused(found.code, f"injects[{number - 1}].{found.where}")
        read.append(found)
    added = doors.add_several(call.api.node, call.bytes("exercise"), read)
    return Answer(given=_shown(granted(added)), status=201)


def steer(call: Call) -> Answer:
    """Play, pause, shift, end."""
    wanted: shapes.Steering = call.body
    steered = doors.steer(call.api.node, call.bytes("exercise"), wanted.do, minutes=wanted.minutes)
    return Answer(given=_shown(granted(steered)))


def fire(call: Call) -> Answer:
    """An inject comes out now."""
    number = int(call.path["place"])
    return Answer(given=_shown(granted(doors.fire(call.api.node, call.bytes("exercise"), number))))


def play(call: Call) -> Answer:
    """What has come out for a role."""
    query: shapes.PlayerQuery = call.query
    found = doors.for_player(_found(call), [query.role])
    items = tuple(
        shapes.PlayerInject(
            number=each.number,
            sender=each.sender,
            channel=each.channel,
            text=each.text,
            fired_at=moment(each.fired_at),
        )
        for each in found
    )
    return Answer(given=shapes.PlayerInjects(mark=MARK, items=items))


def respond(call: Call) -> Answer:
    """An answer of a player."""
    wanted: shapes.ResponseWanted = call.body
    answered = granted(
        doors.respond(
            call.api.node,
            call.bytes("exercise"),
            wanted.inject,
            wanted.text,
            roles=[wanted.role],
            by=_by(call),
        )
    )
    newest = answered.responses[-1]
    told = shapes.ExerciseResponse(inject=newest.inject, text=newest.text, at=moment(newest.at))
    return Answer(given=told, status=201)


def add_lesson(call: Call) -> Answer:
    """What was seen or learned."""
    wanted: shapes.LessonWanted = call.body
    added = granted(
        doors.add_lesson(
            call.api.node,
            call.bytes("exercise"),
            kind=wanted.kind,
            text=wanted.text,
            owner=wanted.owner,
            due_on=wanted.due_on,
            by=_by(call),
        )
    )
    return Answer(given=_lessons(added)[-1], status=201)


def _open(call: Call) -> None:
    if not doors.is_open(call.api.node):
        raise Refused("EXERCISE_LIVE", "a node for exercises has a database and keys of its own")


def _found(call: Call) -> Exercise:
    _open(call)
    found = doors.exercise(call.api.node, call.bytes("exercise"))
    if found is None:
        raise Refused("EXERCISE_UNKNOWN", call.path["exercise"])
    return found


def _by(call: Call) -> bytes:
    return b"" if call.token is None else call.token.id.encode()


def _shown(found: Exercise) -> shapes.Exercise:
    row = found.row
    return shapes.Exercise(
        mark=MARK,
        exercise=row.id.hex(),
        title=row.title,
        about=row.about,
        stage=row.stage,  # type: ignore[arg-type]  # one of the four, by the clock
        shift=row.shift // 1000,
        injects=tuple(
            shapes.ExerciseInject(
                number=each.number,
                offset=each.offset // 1000,
                sender=each.sender,
                to=each.to,
                channel=each.channel,
                text=each.text,
                expected=each.expected,
                fired_at=moment_or_none(each.fired_at),
                first_answer=None if (took := found.first_after(each)) is None else took / 1000,
            )
            for each in found.injects
        ),
        responses=tuple(
            shapes.ExerciseResponse(inject=each.inject, text=each.text, at=moment(each.at))
            for each in found.responses
        ),
        lessons=_lessons(found),
    )


def _lessons(found: Exercise) -> tuple[shapes.ExerciseLesson, ...]:
    return tuple(
        shapes.ExerciseLesson(
            number=each.number,
            kind=each.kind,  # type: ignore[arg-type]  # one of the two, by the room that made it
            text=each.text,
            owner=each.owner,
            due_on=each.due_on,
        )
        for each in found.lessons
    )
