"""Rows of exercises.

What it knows: identifiers, texts, moments. What it must never know: when something is due.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, and_, func, insert, select, update

from longbien.store.exercise_schema import exercise_injects, exercise_lessons, exercise_responses, exercises
from longbien.store.kept import Record, columns_of, record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRow:
    """An exercise with its clock (`stage`, `since`, `played`, `shift`; ms)."""

    id: bytes
    title: str
    about: str
    stage: str
    since: int
    played: int
    shift: int
    made_at: int
    made_by: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectRow:
    """Something that players get `offset` ms after the beginning; `fired_at` (ms) is 0 while it is to come."""

    exercise: bytes
    number: int = 0
    offset: int
    sender: str
    to: str
    channel: str
    text: str
    expected: str
    fired_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRow:
    """What a player answered to an inject."""

    exercise: bytes
    number: int = 0
    inject: int
    person: bytes
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """What somebody saw (observation), or what is to be done (lesson); `due_on` is a date or ""."""

    exercise: bytes
    number: int = 0
    kind: str
    text: str
    owner: str
    due_on: str
    person: bytes
    at: int


Numbered = InjectRow | ResponseRow | LessonRow
_TABLES: dict[type, Table] = {
    InjectRow: exercise_injects,
    ResponseRow: exercise_responses,
    LessonRow: exercise_lessons,
}


class ExerciseRows:
    """The part of a transaction that is about exercises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[ExerciseRow, ...]:
        """Every exercise, the youngest first."""
        query = select(exercises).order_by(exercises.c.made_at.desc(), exercises.c.id)
        return tuple(record_of(ExerciseRow, row) for row in self._connection.execute(query))

    def find(self, identifier: bytes) -> ExerciseRow | None:
        """An exercise."""
        row = self._connection.execute(select(exercises).where(exercises.c.id == identifier)).first()
        return None if row is None else record_of(ExerciseRow, row)

    def add(self, row: ExerciseRow) -> None:
        """An exercise is there."""
        self._connection.execute(insert(exercises), columns_of(row))

    def change(self, row: ExerciseRow) -> None:
        """The exercise as it is now."""
        self._connection.execute(update(exercises).where(exercises.c.id == row.id).values(columns_of(row)))

    def lines(self, kind: type[Record], exercise: bytes) -> tuple[Record, ...]:
        """Injects, responses or lessons of an exercise, by their number."""
        table = _TABLES[kind]
        query = select(table).where(table.c.exercise == exercise).order_by(table.c.number)
        return tuple(record_of(kind, row) for row in self._connection.execute(query))

    def add_line(self, row: Numbered) -> None:
        """A line behind the others of its kind."""
        table = _TABLES[type(row)]
        highest = select(func.max(table.c.number)).where(table.c.exercise == row.exercise)
        number = int(self._connection.execute(highest).scalar() or 0) + 1
        self._connection.execute(insert(table), columns_of(replace(row, number=number)))

    def fire(self, exercise: bytes, number: int, at: int) -> None:
        """An inject came out at this moment (ms), unless it was out before."""
        table = exercise_injects
        here = and_(table.c.exercise == exercise, table.c.number == number, table.c.fired_at == 0)
        self._connection.execute(update(table).where(here).values(fired_at=at))
