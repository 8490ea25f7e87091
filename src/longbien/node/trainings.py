"""Training: sessions to which States are invited, own sessions, who was there, and whether it helped (Article 54).

What it knows: invitations as `meetings` reads them, and the notes of this State beside them. What it must never do: tell another State who
was there; a report does, and a report is an act. A session is named by the exchange of its invitation, or by a number of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from longbien.law.instants import read_date
from longbien.node import courses, meetings
from longbien.node.course_file import language_fits
from longbien.node.jobs import Touch
from longbien.node.meetings import TRAINING, Meeting
from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.store.training_rows import CourseRow, MeasureRow, Numbered, TraineeRow, TrainingRow

KINDS: Final = ("course", "tabletop", "live_exercise", "study_visit")
ATTENDED: Final = ("", "yes", "no")
SHOWN_MAX: Final = 400
NAME_MAX, WORDS_MAX, TRAINEES_MAX, MEASURES_MAX = 120, 200, 500, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session for one reader. `meeting` is the invitation, `None` for an own session; times in ms, 0 where an act has none.

    `noted` are those whose attendance is kept here, `there` those of them who were there.
    """

    id: bytes
    title: str
    kind: str
    begins_at: int
    ends_at: int
    place: str
    language: str
    practice: bool
    meeting: Meeting | None
    own: TrainingRow | None
    noted: int
    there: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A session with everything that is noted beside it."""

    session: Session
    course: CourseRow | None
    trainees: tuple[TraineeRow, ...]
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an own session is to be; times in ms."""

    title: str
    kind: str
    begins_at: int
    ends_at: int
    place: str
    language: str
    course: bytes | None = None


def sessions(node: Node, *, language: str = "en") -> tuple[Session, ...]:
    """Invitations and own sessions, the last to begin first."""
    with node.store.transaction() as tx:
        own = tx.trainings.trainings(SHOWN_MAX)
        counts = tx.trainings.attendance()
    found = [_own(node, row, counts.get(row.id, (0, 0))) for row in own]
    found += [
        _invited(item, counts.get(item.item.line.exchange, (0, 0)))
        for item in meetings.meetings(node, (TRAINING,), language=language)
    ]
    return tuple(sorted(found, key=lambda one: -one.begins_at))


def training(node: Node, identifier: bytes, *, language: str = "en") -> Training | None:
    """One session; an exchange of another kind is none."""
    with node.store.transaction() as tx:
        row = tx.trainings.training(identifier)
        noted, measures = tx.trainings.trainees(identifier), tx.trainings.measures(identifier)
        course = tx.trainings.course(row.course) if row is not None and row.course is not None else None
    counts = (len(noted), sum(one.attended == "yes" for one in noted))
    if row is not None:
        session = _own(node, row, counts)
    else:
        invitation = meetings.meeting(node, identifier, language=language)
        if invitation is None or invitation.procedure != TRAINING:
            return None
        session = _invited(invitation, counts)
    return Training(session=session, course=course, trainees=noted, measures=measures)


def plan(node: Node, wanted: Plan, *, office: str, by: bytes) -> TrainingRow | Denied:
    """An own session. Codes: OFFICE_UNKNOWN, TRAINING_TEXT, TRAINING_TIME, COURSE_UNKNOWN."""
    if office not in {item.id for item in node.directory.own.descriptor.offices}:
        return Denied(code="OFFICE_UNKNOWN", detail=office)
    texts = {"title": wanted.title, "place": wanted.place}
    for name, text in texts.items():
        if not 0 < len(text.strip()) <= WORDS_MAX or not text.isprintable():
            return Denied(code="TRAINING_TEXT", detail=name)
    if wanted.kind not in KINDS:
        return Denied(code="TRAINING_TEXT", detail="kind")
    if not language_fits(wanted.language):
        return Denied(code="TRAINING_TEXT", detail="language")
    if not 0 < wanted.begins_at < wanted.ends_at:
        return Denied(code="TRAINING_TIME", detail="it ends after it begins")
    if wanted.course is not None and courses.course(node, wanted.course) is None:
        return Denied(code="COURSE_UNKNOWN", detail=wanted.course.hex())
    row = TrainingRow(
        id=node.world.entropy(16),
        course=wanted.course,
        office=office,
        title=wanted.title.strip(),
        kind=wanted.kind,
        begins_at=wanted.begins_at,
        ends_at=wanted.ends_at,
        place=wanted.place.strip(),
        language=wanted.language,
        made_at=node.world.now(),
        made_by=by,
    )
    node.sequencer.run([Touch(leaf=None, write=lambda tx: tx.trainings.add_training(row))])
    return row


def add_trainee(
    node: Node, identifier: bytes, *, name: str, party: str = "", function: str = ""
) -> Training | Denied:
    """Somebody takes part. Codes: TRAINING_UNKNOWN, TRAINING_TEXT, TRAINING_FULL."""
    texts = {"name": name.strip(), "party": party.strip(), "function": function.strip()}
    for field, text in texts.items():
        if len(text) > NAME_MAX or (text and not text.isprintable()) or (field == "name" and not text):
            return Denied(code="TRAINING_TEXT", detail=field)
    return _added(
        node,
        identifier,
        lambda found: (
            Denied(code="TRAINING_FULL", detail=str(TRAINEES_MAX))
            if len(found.trainees) >= TRAINEES_MAX
            else TraineeRow(training=identifier, number=0, attended="", **texts)
        ),
    )


def mark_trainee(node: Node, identifier: bytes, number: int, *, attended: str) -> Training | Denied:
    """Whether somebody was there. Codes: TRAINING_UNKNOWN, TRAINING_LINE, TRAINING_TEXT."""
    if attended not in ATTENDED:
        return Denied(code="TRAINING_TEXT", detail="attended")

    def marked(found: Training) -> Numbered | Denied:
        row = next((one for one in found.trainees if one.number == number), None)
        if row is None:
            return Denied(code="TRAINING_LINE", detail=str(number))
        return replace(row, attended=attended)

    return _added(node, identifier, marked)


def add_measure(
    node: Node, identifier: bytes, *, what: str, before: str = "", wanted: str = ""
) -> Training | Denied:
    """Something is to be measured afterwards. Codes: TRAINING_UNKNOWN, TRAINING_TEXT, TRAINING_FULL."""
    texts = {"what": what.strip(), "before": before.strip(), "wanted": wanted.strip()}
    for field, text in texts.items():
        if len(text) > WORDS_MAX or (text and not text.isprintable()) or (field == "what" and not text):
            return Denied(code="TRAINING_TEXT", detail=field)
    return _added(
        node,
        identifier,
        lambda found: (
            Denied(code="TRAINING_FULL", detail=str(MEASURES_MAX))
            if len(found.measures) >= MEASURES_MAX
            else MeasureRow(training=identifier, number=0, found="", measured_on="", **texts)
        ),
    )


def mark_measure(
    node: Node, identifier: bytes, number: int, *, found: str, measured_on: str
) -> Training | Denied:
    """What was found, and on which day. Codes: TRAINING_UNKNOWN, TRAINING_LINE, TRAINING_TEXT, DATE_INVALID."""
    said = found.strip()
    if not 0 < len(said) <= WORDS_MAX or not said.isprintable():
        return Denied(code="TRAINING_TEXT", detail="found")
    if read_date(measured_on) is None:
        return Denied(code="DATE_INVALID", detail=measured_on)

    def marked(there: Training) -> Numbered | Denied:
        row = next((one for one in there.measures if one.number == number), None)
        if row is None:
            return Denied(code="TRAINING_LINE", detail=str(number))
        return replace(row, found=said, measured_on=measured_on)

    return _added(node, identifier, marked)


def _added(node: Node, identifier: bytes, line: Callable[[Training], Numbered | Denied]) -> Training | Denied:
    found = training(node, identifier)
    if found is None:
        return Denied(code="TRAINING_UNKNOWN", detail=identifier.hex())
    row = line(found)
    if isinstance(row, Denied):
        return row
    node.sequencer.run(
        [Touch(leaf=None, write=lambda tx: (tx.trainings.change if row.number else tx.trainings.add)(row))]
    )
    changed = training(node, identifier)
    assert changed is not None
    return changed


def _own(node: Node, row: TrainingRow, counts: tuple[int, int]) -> Session:
    return Session(
        id=row.id,
        title=row.title,
        kind=row.kind,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        place=row.place,
        language=row.language,
        practice=node.directory.own.descriptor.mode != "live",
        meeting=None,
        own=row,
        noted=counts[0],
        there=counts[1],
    )


def _invited(found: Meeting, counts: tuple[int, int]) -> Session:
    return Session(
        id=found.item.line.exchange,
        title=found.title,
        kind=found.kind,
        begins_at=found.begins_at,
        ends_at=found.ends_at,
        place=found.place,
        language=found.language,
        practice=found.practice,
        meeting=found,
        own=None,
        noted=counts[0],
        there=counts[1],
    )
