"""The client's calls about training: needs, offers, sessions, courses.

What it knows: paths and shapes. What it must never know: a connection; how to ask is handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

import msgspec

from longbien.web.api import training_shapes as shapes
from longbien.web.api.shapes import Given

Shape = TypeVar("Shape", bound=Given)

COURSES, SESSIONS = "/trainings/courses", "/trainings/sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainings:
    """`get`, `post`, `ask` and `once` are those of the client."""

    get: Callable[..., Any]
    post: Callable[..., Any]
    ask: Callable[..., Any]
    once: Callable[[str, str, BinaryIO], bytes]

    def board(self, language: str = "en") -> shapes.TrainingBoard:
        """What States need and offer, what fits, and sessions."""
        found: shapes.TrainingBoard = self.get("/trainings", shapes.TrainingBoard, language=language)
        return found

    def courses(self) -> tuple[shapes.CourseLine, ...]:
        """Every course."""
        found: shapes.CourseList = self.get(COURSES, shapes.CourseList)
        return found.items

    def course(self, course: str) -> shapes.Course:
        """A course with its parts."""
        found: shapes.Course = self.get(f"{COURSES}/{_part(course)}", shapes.Course)
        return found

    def new_course(self, wanted: shapes.CourseWanted) -> shapes.Course:
        """A course."""
        made: shapes.Course = self.post(COURSES, shapes.Course, wanted)
        return made

    def change_course(self, course: str, wanted: shapes.CourseWanted) -> shapes.Course:
        """Title, language and description as they are from now on."""
        return self._put(f"{COURSES}/{_part(course)}", wanted, shapes.Course)

    def add_material(self, course: str, wanted: shapes.MaterialWanted) -> shapes.Course:
        """A text or a link."""
        made: shapes.Course = self.post(f"{COURSES}/{_part(course)}/materials", shapes.Course, wanted)
        return made

    def add_file(self, course: str, name: str, file: BinaryIO) -> shapes.Course:
        """A file, read while it is sent."""
        raw = self.once("POST", f"{COURSES}/{_part(course)}/files?name={quote(name, safe='')}", file)
        return msgspec.json.decode(raw, type=shapes.Course)

    def drop_material(self, course: str, number: int) -> None:
        """A part is one no more."""
        self.ask("DELETE", f"{COURSES}/{_part(course)}/materials/{number}")

    def file(self, course: str, number: int) -> bytes:
        """A file of a course."""
        found: bytes = self.ask("GET", f"{COURSES}/{_part(course)}/files/{number}")[0]
        return found

    def export(self, course: str) -> bytes:
        """A course as one file that needs no network."""
        found: bytes = self.ask("GET", f"{COURSES}/{_part(course)}/file")[0]
        return found

    def take_in(self, file: BinaryIO) -> shapes.Course:
        """A course from a file."""
        return msgspec.json.decode(self.once("POST", "/trainings/files", file), type=shapes.Course)

    def plan(self, wanted: shapes.TrainingWanted) -> shapes.Training:
        """An own session."""
        made: shapes.Training = self.post(SESSIONS, shapes.Training, wanted)
        return made

    def session(self, training: str, language: str = "en") -> shapes.Training:
        """One session."""
        path = f"{SESSIONS}/{_part(training)}"
        found: shapes.Training = self.get(path, shapes.Training, language=language)
        return found

    def add_trainee(self, training: str, wanted: shapes.TraineeWanted) -> shapes.Training:
        """Somebody takes part."""
        made: shapes.Training = self.post(f"{SESSIONS}/{_part(training)}/people", shapes.Training, wanted)
        return made

    def mark_trainee(self, training: str, number: int, attended: str) -> shapes.Training:
        """Whether somebody was there: yes, no, or "" to take it back."""
        path = f"{SESSIONS}/{_part(training)}/people/{number}"
        return self._put(path, {"attended": attended}, shapes.Training)

    def add_measure(self, training: str, wanted: shapes.MeasureWanted) -> shapes.Training:
        """Something is to be measured."""
        made: shapes.Training = self.post(f"{SESSIONS}/{_part(training)}/measures", shapes.Training, wanted)
        return made

    def mark_measure(self, training: str, number: int, wanted: shapes.MeasureMark) -> shapes.Training:
        """What was found."""
        return self._put(f"{SESSIONS}/{_part(training)}/measures/{number}", wanted, shapes.Training)

    def _put(self, path: str, body: object, shape: type[Shape]) -> Shape:
        return msgspec.json.decode(self.ask("PUT", path, body)[0], type=shape)


def _part(text: str) -> str:
    return quote(text, safe="")
