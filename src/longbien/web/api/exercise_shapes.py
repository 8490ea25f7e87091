"""The shapes of exercises in the API.

What it knows: names, types, bounds. What it must never hold: a decision. Whatever is given of an exercise says so in `mark`.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from longbien.node.exercises import OWNER_MAX, SHIFT_MAX, TEXT_MAX, TITLE_MAX
from longbien.practice.injects import INJECTS_MAX, WORD_MAX
from longbien.web.api.shapes import Given, Id, Name, Taken

Stage = Literal["planned", "playing", "paused", "ended"]
Word = Annotated[str, Meta(max_length=WORD_MAX)]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Mark = Literal["EXERCISE"]


class ExerciseLine(Given, frozen=True, kw_only=True):
    """An exercise in one line."""

    mark: Mark
    exercise: Id
    title: str
    stage: Stage
    made_at: datetime


class ExerciseList(Given, frozen=True, kw_only=True):
    """Every exercise, the youngest first."""

    items: tuple[ExerciseLine, ...]


class ExerciseInject(Given, frozen=True, kw_only=True):
    """An inject; `offset` is in seconds from the beginning of play, `first_answer` in seconds from when it came out."""

    number: int
    offset: int
    sender: str
    to: str
    channel: str
    text: str
    expected: str
    fired_at: datetime | None
    first_answer: float | None


class ExerciseResponse(Given, frozen=True, kw_only=True):
    """What a player answered."""

    inject: int
    text: str
    at: datetime


class ExerciseLesson(Given, frozen=True, kw_only=True):
    """What was seen, or is to be done; `due_on` is a date or ""."""

    number: int
    kind: Literal["observation", "lesson"]
    text: str
    owner: str
    due_on: str


class Exercise(Given, frozen=True, kw_only=True):
    """An exercise whole, for who steers it; `shift` is in seconds."""

    mark: Mark
    exercise: Id
    title: str
    about: str
    stage: Stage
    shift: int
    injects: tuple[ExerciseInject, ...]
    responses: tuple[ExerciseResponse, ...]
    lessons: tuple[ExerciseLesson, ...]


class PlayerInject(Given, frozen=True, kw_only=True):
    """What has come out, as a player reads it."""

    number: int
    sender: str
    channel: str
    text: str
    fired_at: datetime


class PlayerInjects(Given, frozen=True, kw_only=True):
    """What has come out for a role, the newest first."""

    mark: Mark
    items: tuple[PlayerInject, ...]


class ExerciseWanted(Taken, frozen=True, kw_only=True):
    """A new exercise."""

    title: Annotated[str, Meta(min_length=1, max_length=TITLE_MAX)]
    about: Annotated[str, Meta(max_length=TEXT_MAX)] = ""


class InjectWanted(Taken, frozen=True, kw_only=True):
    """An inject; `time` is written as 1:30, or in minutes; `to` is a role, "" for everybody."""

    time: Annotated[str, Meta(min_length=1, max_length=12)]
    text: Text
    sender: Word = ""
    to: Annotated[str, Meta(max_length=20)] = ""
    channel: Word = ""
    expected: Annotated[str, Meta(max_length=TEXT_MAX)] = ""


class InjectsWanted(Taken, frozen=True, kw_only=True):
    """Injects, all of which are taken or none."""

    injects: Annotated[tuple[InjectWanted, ...], Meta(min_length=1, max_length=INJECTS_MAX)]


class Steering(Taken, frozen=True, kw_only=True):
    """What is to be done with the clock; `minutes` is for a shift."""

    do: Literal["play", "pause", "shift", "end"]
    minutes: Annotated[int, Meta(ge=-SHIFT_MAX, le=SHIFT_MAX)] = 0


class PlayerQuery(Taken, frozen=True, kw_only=True):
    """For which role."""

    role: Name = "duty"


class ResponseWanted(Taken, frozen=True, kw_only=True):
    """An answer of a player in a role."""

    inject: Annotated[int, Meta(ge=1, le=INJECTS_MAX)]
    text: Text
    role: Name = "duty"


class LessonWanted(Taken, frozen=True, kw_only=True):
    """What was seen, or is to be done by whom and until when."""

    kind: Literal["observation", "lesson"]
    text: Text
    owner: Annotated[str, Meta(max_length=OWNER_MAX)] = ""
    due_on: Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", max_length=10)] = ""
