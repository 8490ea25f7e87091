"""Rows of training: courses, their materials, own sessions, who was there, and what was measured afterwards.

What it knows: identifiers, texts, files by their digest. What it must never know: what an exchange says, or who may see a session.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from longbien.store.kept import Record, columns_of, record_of
from longbien.store.training_schema import (
    course_files,
    course_materials,
    courses,
    trainees,
    training_measures,
    trainings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A course; `changed_at` (ms) names its version."""

    id: bytes
    title: str
    language: str
    about: str
    made_at: int
    made_by: bytes
    changed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """A part of a course: a text or the address of a link in `body`, or a file by its digest."""

    course: bytes
    number: int
    kind: str
    title: str
    body: str
    sha256: bytes | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRow:
    """An own session; times in ms."""

    id: bytes
    course: bytes | None
    office: str
    title: str
    kind: str
    begins_at: int
    ends_at: int
    place: str
    language: str
    made_at: int
    made_by: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeRow:
    """Who takes part; `attended` is yes, no, or "" while nobody has said."""

    training: bytes
    number: int
    name: str
    party: str
    function: str
    attended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """What shows whether it helped; `measured_on` is "" until somebody measured."""

    training: bytes
    number: int
    what: str
    before: str
    wanted: str
    found: str
    measured_on: str


Numbered = TraineeRow | MeasureRow
_NUMBERED: dict[type, Table] = {TraineeRow: trainees, MeasureRow: training_measures}


class TrainingRows:
    """The part of a transaction that is about training."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def courses(self) -> tuple[CourseRow, ...]:
        """Every course, by its title."""
        return self._all(CourseRow, select(courses).order_by(courses.c.title, courses.c.id))

    def course(self, identifier: bytes) -> CourseRow | None:
        """A course."""
        return self._one(CourseRow, select(courses).where(courses.c.id == identifier))

    def add_course(self, row: CourseRow) -> None:
        """A course is there."""
        self._connection.execute(insert(courses), columns_of(row))

    def change_course(self, row: CourseRow) -> None:
        """The course as it is now."""
        self._connection.execute(update(courses).where(courses.c.id == row.id).values(columns_of(row)))

    def materials(self, course: bytes) -> tuple[MaterialRow, ...]:
        """The parts of a course, in their order."""
        found = select(course_materials).where(course_materials.c.course == course)
        return self._all(MaterialRow, found.order_by(course_materials.c.number))

    def add_material(self, row: MaterialRow, content: bytes | None = None) -> None:
        """A part of a course is there, behind the others, with the bytes of a file."""
        number = self._next(course_materials, course_materials.c.course == row.course)
        self._connection.execute(insert(course_materials), columns_of(replace(row, number=number)))
        if content is not None and row.sha256 is not None and self.file(row.sha256) is None:
            self._connection.execute(insert(course_files), {"sha256": row.sha256, "content": content})

    def drop_material(self, course: bytes, number: int) -> None:
        """It is a part no more; a file that no course has is gone."""
        here = and_(course_materials.c.course == course, course_materials.c.number == number)
        self._connection.execute(delete(course_materials).where(here))
        used = select(course_materials.c.sha256).where(course_materials.c.sha256 == course_files.c.sha256)
        self._connection.execute(delete(course_files).where(~used.exists()))

    def file(self, sha256: bytes) -> bytes | None:
        """The bytes of a file."""
        found = self._connection.execute(
            select(course_files.c.content).where(course_files.c.sha256 == sha256)
        ).scalar_one_or_none()
        return None if found is None else bytes(found)

    def trainings(self, limit: int) -> tuple[TrainingRow, ...]:
        """The youngest own sessions, by their begin, the last first."""
        return self._all(TrainingRow, select(trainings).order_by(trainings.c.begins_at.desc()).limit(limit))

    def training(self, identifier: bytes) -> TrainingRow | None:
        """An own session."""
        return self._one(TrainingRow, select(trainings).where(trainings.c.id == identifier))

    def add_training(self, row: TrainingRow) -> None:
        """An own session is planned."""
        self._connection.execute(insert(trainings), columns_of(row))

    def trainees(self, training: bytes) -> tuple[TraineeRow, ...]:
        """Who takes part, in the order in which they were noted."""
        found = select(trainees).where(trainees.c.training == training)
        return self._all(TraineeRow, found.order_by(trainees.c.number))

    def measures(self, training: bytes) -> tuple[MeasureRow, ...]:
        """What was or will be measured."""
        found = select(training_measures).where(training_measures.c.training == training)
        return self._all(MeasureRow, found.order_by(training_measures.c.number))

    def attendance(self) -> dict[bytes, tuple[int, int]]:
        """For each session, how many were noted, and how many of them were there."""
        there = func.sum(case((trainees.c.attended == "yes", 1), else_=0))
        query = select(trainees.c.training, func.count().label("all"), there.label("there"))
        rows = self._connection.execute(query.group_by(trainees.c.training))
        return {bytes(row[0]): (int(row[1]), int(row[2])) for row in rows}

    def add(self, row: Numbered) -> None:
        """A line of a session, behind the others."""
        table = _NUMBERED[type(row)]
        number = self._next(table, table.c.training == row.training)
        self._connection.execute(insert(table), columns_of(replace(row, number=number)))

    def change(self, row: Numbered) -> None:
        """A line of a session, as it is from now on."""
        table = _NUMBERED[type(row)]
        here = and_(table.c.training == row.training, table.c.number == row.number)
        self._connection.execute(update(table).where(here).values(columns_of(row)))

    def _next(self, table: Table, here: ColumnElement[bool]) -> int:
        highest = self._connection.execute(select(func.max(table.c.number)).where(here)).scalar()
        return int(highest or 0) + 1

    def _one(self, kind: type[Record], query: Select[Any]) -> Record | None:
        row = self._connection.execute(query).first()
        return None if row is None else record_of(kind, row)

    def _all(self, kind: type[Record], query: Select[Any]) -> tuple[Record, ...]:
        return tuple(record_of(kind, row) for row in self._connection.execute(query))
