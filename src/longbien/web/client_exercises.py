"""The client's calls about exercises.

What it knows: paths and shapes. What it must never know: a connection; how to ask is handed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from longbien.web.api import exercise_shapes as shapes

BASE = "/exercises"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercises:
    """`get` and `post` are those of the client."""

    get: Callable[..., Any]
    post: Callable[..., Any]

    def every(self) -> tuple[shapes.ExerciseLine, ...]:
        """Every exercise, the youngest first."""
        found: shapes.ExerciseList = self.get(BASE, shapes.ExerciseList)
        return found.items

    def new(self, wanted: shapes.ExerciseWanted) -> shapes.Exercise:
        """A new exercise."""
        made: shapes.Exercise = self.post(BASE, shapes.Exercise, wanted)
        return made

    def one(self, exercise: str) -> shapes.Exercise:
        """An exercise whole, for who steers it."""
        found: shapes.Exercise = self.get(_path(exercise), shapes.Exercise)
        return found

    def add_injects(self, exercise: str, injects: Sequence[shapes.InjectWanted]) -> shapes.Exercise:
        """Further injects, all or none."""
        wanted = shapes.InjectsWanted(injects=tuple(injects))
        made: shapes.Exercise = self.post(f"{_path(exercise)}/injects", shapes.Exercise, wanted)
        return made

    def steer(self, exercise: str, wanted: shapes.Steering) -> shapes.Exercise:
        """Play, pause, shift, end."""
        made: shapes.Exercise = self.post(f"{_path(exercise)}/steer", shapes.Exercise, wanted)
        return made

    def fire(self, exercise: str, number: int) -> shapes.Exercise:
        """An inject comes out now."""
        made: shapes.Exercise = self.post(f"{_path(exercise)}/injects/{number}/fire", shapes.Exercise)
        return made

    def play(self, exercise: str, role: str = "duty") -> tuple[shapes.PlayerInject, ...]:
        """What has come out for a role, the newest first."""
        path = f"{_path(exercise)}/injects"
        found: shapes.PlayerInjects = self.get(path, shapes.PlayerInjects, role=role)
        return found.items

    def respond(self, exercise: str, wanted: shapes.ResponseWanted) -> shapes.ExerciseResponse:
        """An answer of a player."""
        path = f"{_path(exercise)}/responses"
        made: shapes.ExerciseResponse = self.post(path, shapes.ExerciseResponse, wanted)
        return made

    def add_lesson(self, exercise: str, wanted: shapes.LessonWanted) -> shapes.ExerciseLesson:
        """What was seen or learned."""
        made: shapes.ExerciseLesson = self.post(f"{_path(exercise)}/lessons", shapes.ExerciseLesson, wanted)
        return made


def _path(exercise: str) -> str:
    return f"{BASE}/{quote(exercise, safe='')}"
