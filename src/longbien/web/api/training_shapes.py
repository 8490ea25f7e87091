"""The shapes of training in the API: needs, offers, sessions, courses.

What it knows: names, types, bounds. What it must never hold: a decision.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from longbien.node.course_file import ABOUT_MAX, TEXT_MAX, TITLE_MAX
from longbien.node.trainings import NAME_MAX, WORDS_MAX
from longbien.web.api.shapes import Digest, Given, Id, Language, Moment, Name, Taken

Title = Annotated[str, Meta(min_length=1, max_length=TITLE_MAX)]
Person = Annotated[str, Meta(max_length=NAME_MAX)]
Words = Annotated[str, Meta(max_length=WORDS_MAX)]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length=10)]
Kind = Literal["course", "tabletop", "live_exercise", "study_visit"]


class Assistance(Given, frozen=True, kw_only=True):
    """A need or an offer: an exchange of technical assistance. Days are dates or ""; `practice`: not real."""

    exchange: Id
    direction: str
    party: str
    area: str
    about: str
    indicator: str
    language: str
    beneficiaries: int
    from_on: str
    until_on: str
    stage: str
    ended: bool
    practice: bool


class AssistanceFit(Given, frozen=True, kw_only=True):
    """An offer that fits a need, and on how many days from today on both stand."""

    need: Id
    offer: Id
    same_language: bool
    days: int


class Session(Given, frozen=True, kw_only=True):
    """A session: an invitation (`invitation`) or one of this State's own. `noted` people, of whom so many were `there`."""

    training: Id
    invitation: bool
    title: str
    kind: str
    begins_at: datetime | None
    ends_at: datetime | None
    place: str
    language: str
    practice: bool
    noted: int
    there: int


class TrainingBoard(Given, frozen=True, kw_only=True):
    """What States need and offer, what fits, and sessions."""

    assistance: tuple[Assistance, ...]
    fits: tuple[AssistanceFit, ...]
    sessions: tuple[Session, ...]


class CourseLine(Given, frozen=True, kw_only=True):
    """A course in one line."""

    course: Id
    title: str
    language: str
    changed_at: datetime


class CourseList(Given, frozen=True, kw_only=True):
    """Every course, by its title."""

    items: tuple[CourseLine, ...]


class Material(Given, frozen=True, kw_only=True):
    """A part of a course: a text or an address in `body`, or a file by its digest."""

    number: int
    kind: str
    title: str
    body: str
    sha256: Digest | None
    size: int


class Course(Given, frozen=True, kw_only=True):
    """A course with its parts."""

    course: Id
    title: str
    language: str
    about: str
    changed_at: datetime
    materials: tuple[Material, ...]


class CourseWanted(Taken, frozen=True, kw_only=True):
    """A course, or how it is to be from now on."""

    title: Title
    language: Language
    about: Annotated[str, Meta(max_length=ABOUT_MAX)] = ""


class MaterialWanted(Taken, frozen=True, kw_only=True):
    """A text, or the address of a link."""

    kind: Literal["text", "link"]
    title: Title
    body: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]


class MaterialQuery(Taken, frozen=True, kw_only=True):
    """The name of a file."""

    name: Title


class Trainee(Given, frozen=True, kw_only=True):
    """Somebody who takes part; `attended` is "" while nobody has said."""

    number: int
    name: str
    party: str
    function: str
    attended: Literal["yes", "no", ""]


class Measure(Given, frozen=True, kw_only=True):
    """What shows whether it helped; `measured_on` is "" until somebody measured."""

    number: int
    what: str
    before: str
    wanted: str
    found: str
    measured_on: str


class Training(Given, frozen=True, kw_only=True):
    """A session with everything that is noted beside it."""

    session: Session
    course: Id | None
    trainees: tuple[Trainee, ...]
    measures: tuple[Measure, ...]


class TrainingWanted(Taken, frozen=True, kw_only=True):
    """An own session of an office."""

    office: Name
    title: Title
    kind: Kind
    begins_at: Moment
    ends_at: Moment
    place: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX)]
    language: Language
    course: Id | None = None


class TraineeWanted(Taken, frozen=True, kw_only=True):
    """Somebody takes part."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
    party: Person = ""
    function: Person = ""


class TraineeMark(Taken, frozen=True, kw_only=True):
    """Whether somebody was there; "" takes it back."""

    attended: Literal["yes", "no", ""]


class MeasureWanted(Taken, frozen=True, kw_only=True):
    """Something is to be measured."""

    what: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX)]
    before: Words = ""
    wanted: Words = ""


class MeasureMark(Taken, frozen=True, kw_only=True):
    """What was found, and on which day."""

    found: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX)]
    measured_on: Day
