"""Routes about training: needs and offers, sessions, courses and the files that they travel in.

What it knows: the doors of `node.assistance`, `node.trainings` and `node.courses`. What it must never do: show a token of one office the own
session of another.
"""

from longbien.node import assistance, courses, trainings
from longbien.node.course_file import FILE_MAX, PACKED_MAX, Part
from longbien.web.api import shapes as common
from longbien.web.api import training_shapes as shapes
from longbien.web.api.answers import Answer, Call, Refused, granted
from longbien.web.api.told import milliseconds, moment, moment_or_none

ZIP = "application/zip"
FILE = "application/octet-stream"


def board(call: Call) -> Answer:
    """Needs and offers, what fits, sessions."""
    query: common.LanguageQuery = call.query
    node = call.api.node
    wishes = assistance.wishes(node, language=query.language)
    fits = assistance.fitting(wishes, now=node.world.now())
    sessions = trainings.sessions(node, language=query.language)
    return Answer(
        given=shapes.TrainingBoard(
            assistance=tuple(map(_wish, wishes)),
            fits=tuple(
                shapes.AssistanceFit(
                    need=fit.need.exchange.hex(),
                    offer=fit.offer.exchange.hex(),
                    same_language=fit.same_language,
                    days=fit.days,
                )
                for fit in fits
            ),
            sessions=tuple(_session(one) for one in sessions if _shown(call, one)),
        )
    )


def all_courses(call: Call) -> Answer:
    """Every course."""
    items = tuple(
        shapes.CourseLine(
            course=row.id.hex(), title=row.title, language=row.language, changed_at=moment(row.changed_at)
        )
        for row in courses.courses(call.api.node)
    )
    return Answer(given=shapes.CourseList(items=items))


def new(call: Call) -> Answer:
    """A course."""
    wanted: shapes.CourseWanted = call.body
    made = granted(
        courses.new(
            call.api.node, title=wanted.title, language=wanted.language, about=wanted.about, by=_by(call)
        )
    )
    return _made(call, made.id)


def course(call: Call) -> Answer:
    """One course."""
    return Answer(given=_course(_found(call)))


def change(call: Call) -> Answer:
    """Title, language and description as they are from now on."""
    wanted: shapes.CourseWanted = call.body
    changed = courses.change(
        call.api.node,
        call.bytes("course"),
        title=wanted.title,
        language=wanted.language,
        about=wanted.about,
    )
    return Answer(given=_course(granted(changed)))


def add(call: Call) -> Answer:
    """A text or a link."""
    wanted: shapes.MaterialWanted = call.body
    part = Part(kind=wanted.kind, title=wanted.title.strip(), body=wanted.body.strip())
    return _added(call, part, None)


def add_file(call: Call) -> Answer:
    """A file; its body was kept while it came."""
    query: shapes.MaterialQuery = call.query
    content = _handed(call, FILE_MAX, "MATERIAL_LARGE")
    return _added(call, Part(kind="file", title=query.name), content)


def drop(call: Call) -> Answer:
    """A part is one no more."""
    granted(courses.drop(call.api.node, call.bytes("course"), int(call.path["place"])))
    return Answer(status=204)


def file(call: Call) -> Answer:
    """The bytes of a file of a course."""
    found = courses.file_of(call.api.node, call.bytes("course"), int(call.path["place"]))
    if found is None:
        raise Refused("MATERIAL_UNKNOWN", call.path["place"])
    return Answer(raw=found[1], media=FILE)


def export(call: Call) -> Answer:
    """The course as one file."""
    return Answer(raw=granted(courses.exported(call.api.node, call.bytes("course"))), media=ZIP)


def take_in(call: Call) -> Answer:
    """A course from a file."""
    content = _handed(call, PACKED_MAX, "COURSE_FILE_LARGE")
    return _made(call, granted(courses.imported(call.api.node, content, by=_by(call))).id)


def plan(call: Call) -> Answer:
    """An own session."""
    wanted: shapes.TrainingWanted = call.body
    if _office(call) not in {"", wanted.office}:
        raise Refused("OFFICE_OTHER", _office(call))
    row = granted(
        trainings.plan(
            call.api.node,
            trainings.Plan(
                title=wanted.title,
                kind=wanted.kind,
                begins_at=milliseconds(wanted.begins_at),
                ends_at=milliseconds(wanted.ends_at),
                place=wanted.place,
                language=wanted.language,
                course=None if wanted.course is None else bytes.fromhex(wanted.course),
            ),
            office=wanted.office,
            by=_by(call),
        )
    )
    where = {"Location": f"/api/v1/trainings/sessions/{row.id.hex()}"}
    return Answer(given=_training(_there(call, row.id)), status=201, headers=where)


def session(call: Call) -> Answer:
    """One session."""
    query: common.LanguageQuery = call.query
    return Answer(given=_training(_there(call, call.bytes("training"), query.language)))


def add_trainee(call: Call) -> Answer:
    """Somebody takes part."""
    wanted: shapes.TraineeWanted = call.body
    there = _there(call, call.bytes("training")).session.id
    added = trainings.add_trainee(
        call.api.node, there, name=wanted.name, party=wanted.party, function=wanted.function
    )
    return Answer(given=_training(granted(added)), status=201)


def mark_trainee(call: Call) -> Answer:
    """Whether somebody was there."""
    wanted: shapes.TraineeMark = call.body
    there = _there(call, call.bytes("training")).session.id
    marked = trainings.mark_trainee(call.api.node, there, int(call.path["place"]), attended=wanted.attended)
    return Answer(given=_training(granted(marked)))


def add_measure(call: Call) -> Answer:
    """Something is to be measured."""
    wanted: shapes.MeasureWanted = call.body
    there = _there(call, call.bytes("training")).session.id
    added = trainings.add_measure(
        call.api.node, there, what=wanted.what, before=wanted.before, wanted=wanted.wanted
    )
    return Answer(given=_training(granted(added)), status=201)


def mark_measure(call: Call) -> Answer:
    """What was found."""
    wanted: shapes.MeasureMark = call.body
    there = _there(call, call.bytes("training")).session.id
    marked = trainings.mark_measure(
        call.api.node,
        there,
        int(call.path["place"]),
        found=wanted.found,
        measured_on=wanted.measured_on,
    )
    return Answer(given=_training(granted(marked)))


def _handed(call: Call, most: int, code: str) -> bytes:
    """The bytes that came as the body; they are kept nowhere else."""
    handed = call.handed
    if handed is None:
        raise Refused("INTAKE_NONE", "no place for files is configured")
    if handed.size > most:
        raise Refused(code, f"at most {most} bytes")
    content = handed.path.read_bytes()
    assert call.api.node.intake is not None
    call.api.node.intake.drop(handed)
    return content


def _added(call: Call, part: Part, content: bytes | None) -> Answer:
    added = granted(courses.add(call.api.node, call.bytes("course"), part, content))
    return Answer(given=_course(added), status=201)


def _made(call: Call, identifier: bytes) -> Answer:
    found = courses.course(call.api.node, identifier)
    assert found is not None, "it was just made"
    where = {"Location": f"/api/v1/trainings/courses/{identifier.hex()}"}
    return Answer(given=_course(found), status=201, headers=where)


def _found(call: Call) -> courses.Course:
    found = courses.course(call.api.node, call.bytes("course"))
    if found is None:
        raise Refused("COURSE_UNKNOWN", call.path["course"])
    return found


def _there(call: Call, identifier: bytes, language: str = "en") -> trainings.Training:
    found = trainings.training(call.api.node, identifier, language=language)
    if found is None or not _shown(call, found.session):
        raise Refused("TRAINING_UNKNOWN", identifier.hex())
    return found


def _shown(call: Call, one: trainings.Session) -> bool:
    return one.own is None or _office(call) in {"", one.own.office}


def _office(call: Call) -> str:
    return "" if call.token is None else call.token.office


def _by(call: Call) -> bytes:
    return b"" if call.token is None else call.token.id.encode()


def _wish(one: assistance.Wish) -> shapes.Assistance:
    return shapes.Assistance(
        exchange=one.exchange.hex(),
        direction=one.direction,
        party=one.party,
        area=one.area,
        about=one.about,
        indicator=one.indicator,
        language=one.language,
        beneficiaries=one.beneficiaries,
        from_on=one.from_on,
        until_on=one.until_on,
        stage=one.stage_label,
        ended=one.terminal,
        practice=one.practice,
    )


def _session(one: trainings.Session) -> shapes.Session:
    return shapes.Session(
        training=one.id.hex(),
        invitation=one.meeting is not None,
        title=one.title,
        kind=one.kind,
        begins_at=moment_or_none(one.begins_at),
        ends_at=moment_or_none(one.ends_at),
        place=one.place,
        language=one.language,
        practice=one.practice,
        noted=one.noted,
        there=one.there,
    )


def _course(found: courses.Course) -> shapes.Course:
    return shapes.Course(
        course=found.row.id.hex(),
        title=found.row.title,
        language=found.row.language,
        about=found.row.about,
        changed_at=moment(found.row.changed_at),
        materials=tuple(
            shapes.Material(
                number=one.number,
                kind=one.kind,
                title=one.title,
                body=one.body,
                sha256=None if one.sha256 is None else one.sha256.hex(),
                size=one.size,
            )
            for one in found.materials
        ),
    )


def _training(found: trainings.Training) -> shapes.Training:
    return shapes.Training(
        session=_session(found.session),
        course=None if found.course is None else found.course.id.hex(),
        trainees=tuple(
            shapes.Trainee(
                number=one.number,
                name=one.name,
                party=one.party,
                function=one.function,
                attended=one.attended,  # type: ignore[arg-type]  # one of the three, by the room that made it
            )
            for one in found.trainees
        ),
        measures=tuple(
            shapes.Measure(
                number=one.number,
                what=one.what,
                before=one.before,
                wanted=one.wanted,
                found=one.found,
                measured_on=one.measured_on,
            )
            for one in found.measures
        ),
    )
