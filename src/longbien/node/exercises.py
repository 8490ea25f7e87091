"""Exercises on a node that is for exercises: planned, let out inject by inject, answered, talked over afterwards.

What it knows: tables of injects and the clock of `practice`. What it must never do: run where something is real. A node in the mode `live`
refuses everything here (EXERCISE_LIVE); an exercise has a node of its own, with a database and keys of its own, and whatever it gives
out bears the word EXERCISE.

Who steers sees everything; who plays sees what has come out, and what came out for the own roles.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from longbien.law.instants import MINUTE, read_date
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.node.roles import Role
from longbien.practice.clock import DEEDS, Clock, due, move
from longbien.practice.injects import INJECTS_MAX, Fault, Inject, read
from longbien.store import Transaction
from longbien.store.exercise_rows import ExerciseRow, InjectRow, LessonRow, ResponseRow

MARK: Final = "EXERCISE"
ROLES: Final = frozenset(role.value for role in Role)
KINDS: Final = ("observation", "lesson")
TITLE_MAX, TEXT_MAX, OWNER_MAX = 200, 4000, 120
LINES_MAX, EXERCISES_MAX = 2000, 200
SHIFT_MAX: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise as it stands now, with what has come out until now."""

    row: ExerciseRow
    injects: tuple[InjectRow, ...]
    responses: tuple[ResponseRow, ...]
    lessons: tuple[LessonRow, ...]

    def first_after(self, inject: InjectRow) -> int | None:
        """How long (ms) the first answer to an inject took; `None` while there is none."""
        answers = [one.at for one in self.responses if one.inject == inject.number]
        return min(answers) - inject.fired_at if answers else None


def is_open(node: Node) -> bool:
    """Whether this node is one for exercises or demonstrations, and not a live one."""
    return node.directory.own.descriptor.mode != "live"


def exercises(node: Node) -> tuple[ExerciseRow, ...]:
    """Every exercise, the youngest first."""
    with node.store.transaction() as tx:
        return tx.exercises.all()


def exercise(node: Node, identifier: bytes) -> Exercise | None:
    """One exercise; what became due until now has come out."""
    with node.store.transaction() as tx:
        row = tx.exercises.find(identifier)
        if row is None:
            return None
        if row.stage == "playing":
            _let_out(tx, row, node.world.now())
        return Exercise(
            row=row,
            injects=tuple(
                sorted(tx.exercises.lines(InjectRow, identifier), key=lambda one: (one.offset, one.number))
            ),
            responses=tx.exercises.lines(ResponseRow, identifier),
            lessons=tx.exercises.lines(LessonRow, identifier),
        )


def for_player(found: Exercise, roles: Collection[str]) -> tuple[InjectRow, ...]:
    """What has come out for somebody with these roles, the newest first."""
    out = [one for one in found.injects if one.fired_at and (not one.to or one.to in roles)]
    return tuple(sorted(out, key=lambda one: (-one.fired_at, -one.number)))


def new(node: Node, *, title: str, about: str = "", by: bytes) -> ExerciseRow | Denied:
    """An exercise without injects. Codes: EXERCISE_LIVE, EXERCISE_TEXT, EXERCISES_MANY."""
    if not is_open(node):
        return Denied(code="EXERCISE_LIVE", detail="")
    plain, words = title.strip(), about.replace("\r\n", "\n").strip()
    if not 0 < len(plain) <= TITLE_MAX or not plain.isprintable() or len(words) > TEXT_MAX or "\0" in words:
        return Denied(code="EXERCISE_TEXT", detail="title or about")
    if len(exercises(node)) >= EXERCISES_MAX:
        return Denied(code="EXERCISES_MANY", detail=str(EXERCISES_MAX))
    clock, now = Clock(), node.world.now()
    row = ExerciseRow(
        id=node.world.entropy(16),
        title=plain,
        about=words,
        stage=clock.stage,
        since=clock.since,
        played=clock.played,
        shift=clock.shift,
        made_at=now,
        made_by=by,
    )
    node.sequencer.run([Touch(leaf=None, write=lambda tx: tx.exercises.add(row))])
    return row


def add_injects(node: Node, identifier: bytes, rows: Sequence[Sequence[str]]) -> Exercise | Denied:
    """Further injects from a table whose first row names its columns; all of them or none.

    Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_OVER, INJECTS_MANY, and those of `practice.injects.read`.
    """
    found = _steerable(node, identifier)
    if isinstance(found, Denied):
        return found
    wanted = read(rows, ROLES)
    if isinstance(wanted, Fault):
        return Denied(code=wanted.code, detail=wanted.where)
    return _added(node, found, wanted)


def add_several(node: Node, identifier: bytes, wanted: Sequence[Inject]) -> Exercise | Denied:
    """Further injects, before or while it is played; all of them or none.

    Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_OVER, INJECTS_MANY.
    """
    found = _steerable(node, identifier)
    return found if isinstance(found, Denied) else _added(node, found, wanted)


def steer(node: Node, identifier: bytes, deed: str, *, minutes: int = 0) -> Exercise | Denied:
    """Play, pause, shift (by so many minutes, earlier where negative) or end.

    Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_OVER, EXERCISE_STAGE, EXERCISE_SHIFT.
    """
    found = _steerable(node, identifier)
    if isinstance(found, Denied):
        return found
    if deed == "shift" and not 0 < abs(minutes) <= SHIFT_MAX:
        return Denied(code="EXERCISE_SHIFT", detail=str(SHIFT_MAX))
    now, clock = node.world.now(), _clock(found.row)
    moved = move(clock, deed, now, by=minutes * MINUTE) if deed in DEEDS else None
    if moved is None:
        return Denied(code="EXERCISE_STAGE", detail=f"{clock.stage}: {deed}")
    row = replace(found.row, stage=moved.stage, since=moved.since, played=moved.played, shift=moved.shift)

    def write(tx: Transaction) -> None:
        _let_out(tx, found.row, now)
        tx.exercises.change(row)

    return _written(node, identifier, write)


def fire(node: Node, identifier: bytes, number: int) -> Exercise | Denied:
    """An inject comes out now. Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_OVER, EXERCISE_STAGE (it is not played), INJECT_UNKNOWN."""
    found = _steerable(node, identifier)
    if isinstance(found, Denied):
        return found
    if found.row.stage != "playing":
        return Denied(code="EXERCISE_STAGE", detail=found.row.stage)
    if number not in {one.number for one in found.injects}:
        return Denied(code="INJECT_UNKNOWN", detail=str(number))
    now = node.world.now()
    return _written(node, identifier, lambda tx: tx.exercises.fire(identifier, number, now))


def respond(
    node: Node, identifier: bytes, number: int, text: str, *, roles: Collection[str], by: bytes
) -> Exercise | Denied:
    """A player answers what came out for the own roles.

    Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_OVER, INJECT_UNKNOWN (or not out yet), EXERCISE_TEXT, EXERCISE_FULL.
    """
    found = _steerable(node, identifier)
    if isinstance(found, Denied):
        return found
    if number not in {one.number for one in for_player(found, roles)}:
        return Denied(code="INJECT_UNKNOWN", detail=str(number))
    words = text.replace("\r\n", "\n").strip()
    if not 0 < len(words) <= TEXT_MAX or "\0" in words:
        return Denied(code="EXERCISE_TEXT", detail="text")
    if len(found.responses) >= LINES_MAX:
        return Denied(code="EXERCISE_FULL", detail=str(LINES_MAX))
    row = ResponseRow(exercise=identifier, inject=number, person=by, text=words, at=node.world.now())
    return _written(node, identifier, lambda tx: tx.exercises.add_line(row))


def add_lesson(
    node: Node, identifier: bytes, *, kind: str, text: str, owner: str = "", due_on: str = "", by: bytes
) -> Exercise | Denied:
    """What somebody saw, or what is to be done by whom and until when; also when it is over.

    Codes: EXERCISE_LIVE, EXERCISE_UNKNOWN, EXERCISE_TEXT, EXERCISE_FULL, DATE_INVALID.
    """
    found = exercise(node, identifier) if is_open(node) else None
    if found is None:
        code = "EXERCISE_UNKNOWN" if is_open(node) else "EXERCISE_LIVE"
        return Denied(code=code, detail=identifier.hex())
    words, who = text.replace("\r\n", "\n").strip(), owner.strip()
    fits = 0 < len(words) <= TEXT_MAX and len(who) <= OWNER_MAX and "\0" not in words
    if kind not in KINDS or not fits or (who and not who.isprintable()):
        return Denied(code="EXERCISE_TEXT", detail="kind, text or owner")
    if due_on and read_date(due_on) is None:
        return Denied(code="DATE_INVALID", detail=due_on)
    if len(found.lessons) >= LINES_MAX:
        return Denied(code="EXERCISE_FULL", detail=str(LINES_MAX))
    row = LessonRow(
        exercise=identifier,
        kind=kind,
        text=words,
        owner=who,
        due_on=due_on,
        person=by,
        at=node.world.now(),
    )
    return _written(node, identifier, lambda tx: tx.exercises.add_line(row))


def _steerable(node: Node, identifier: bytes) -> Exercise | Denied:
    if not is_open(node):
        return Denied(code="EXERCISE_LIVE", detail="")
    found = exercise(node, identifier)
    if found is None:
        return Denied(code="EXERCISE_UNKNOWN", detail=identifier.hex())
    return Denied(code="EXERCISE_OVER", detail="") if found.row.stage == "ended" else found


def _added(node: Node, found: Exercise, wanted: Iterable[Inject]) -> Exercise | Denied:
    rows = [
        InjectRow(
            exercise=found.row.id,
            offset=one.offset,
            sender=one.sender,
            to=one.to,
            channel=one.channel,
            text=one.text,
            expected=one.expected,
        )
        for one in wanted
    ]
    if len(found.injects) + len(rows) > INJECTS_MAX:
        return Denied(code="INJECTS_MANY", detail=str(INJECTS_MAX))

    def write(tx: Transaction) -> None:
        for row in rows:
            tx.exercises.add_line(row)

    return _written(node, found.row.id, write)


def _written(node: Node, identifier: bytes, write: Callable[[Transaction], None]) -> Exercise:
    node.sequencer.run([Touch(leaf=None, write=write)])
    found = exercise(node, identifier)
    assert found is not None, "an exercise is never deleted"
    return found


def _let_out(tx: Transaction, row: ExerciseRow, now: int) -> None:
    waiting = [(one.number, one.offset) for one in tx.exercises.lines(InjectRow, row.id) if not one.fired_at]
    for number, at in due(_clock(row), waiting, now).items():
        tx.exercises.fire(row.id, number, at)


def _clock(row: ExerciseRow) -> Clock:
    return Clock(stage=row.stage, since=row.since, played=row.played, shift=row.shift)
