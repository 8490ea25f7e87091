"""One session of training: planned here or an invitation, who was there, and whether it helped.

What it knows: how `node.trainings` is laid out. What it must never do: change an invitation; only acts do.
"""

from longbien.law.instants import read_instant
from longbien.node import Denied, trainings
from longbien.node.trainings import Plan, Training
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.console import Console
from longbien.web.policy import WRITING
from longbien.web.screens.training import board_page, kinds, plain_number
from longbien.web.words import law_language


def plan(console: Console, asked: Asked) -> Reply:
    """An own session. Codes: those of `trainings.plan`."""
    course = asked.written("course")
    wanted = Plan(
        title=asked.written("title"),
        kind=asked.written("kind"),
        begins_at=_instant(asked.written("begins")),
        ends_at=_instant(asked.written("ends")),
        place=asked.written("place"),
        language=asked.written("language"),
        course=hex_bytes(course, 16) if course else None,
    )
    row = trainings.plan(console.node, wanted, office=asked.officer.office, by=asked.officer.person)
    if isinstance(row, Denied):
        return board_page(console, asked, error=row)
    return go(f"/training/sessions/{row.id.hex()}")


def session(console: Console, asked: Asked) -> Reply:
    """One session."""
    return _page(console, asked)


def add_trainee(console: Console, asked: Asked) -> Reply:
    """Somebody takes part. Codes: those of `trainings.add_trainee`."""
    said = {name: asked.written(name) for name in ("name", "party", "function")}
    return _done(console, asked, trainings.add_trainee(console.node, _identifier(asked), **said), "people")


def mark_trainee(console: Console, asked: Asked) -> Reply:
    """Whether somebody was there. Codes: those of `trainings.mark_trainee`."""
    number = plain_number(asked.written("number"))
    marked = trainings.mark_trainee(
        console.node, _identifier(asked), number, attended=asked.written("attended")
    )
    return _done(console, asked, marked, "people")


def add_measure(console: Console, asked: Asked) -> Reply:
    """Something is to be measured. Codes: those of `trainings.add_measure`."""
    said = {name: asked.written(name) for name in ("what", "before", "wanted")}
    return _done(console, asked, trainings.add_measure(console.node, _identifier(asked), **said), "measures")


def mark_measure(console: Console, asked: Asked) -> Reply:
    """What was found. Codes: those of `trainings.mark_measure`."""
    marked = trainings.mark_measure(
        console.node,
        _identifier(asked),
        plain_number(asked.written("number")),
        found=asked.written("found"),
        measured_on=asked.written("measured_on"),
    )
    return _done(console, asked, marked, "measures")


def _instant(text: str) -> int:
    """The ms of a time of a form, in UTC; 0 where it is none."""
    found = read_instant(f"{text}:00Z")
    return found if isinstance(found, int) else 0


def _identifier(asked: Asked) -> bytes:
    return hex_bytes(asked.params["training"], 16)


def _done(console: Console, asked: Asked, answer: Training | Denied, place: str) -> Reply:
    if isinstance(answer, Denied):
        return _page(console, asked, error=answer)
    return go(f"/training/sessions/{answer.session.id.hex()}#{place}")


def _page(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    identifier = _identifier(asked)
    found = trainings.training(console.node, identifier, language=law_language(asked.language))
    if found is None:
        raise NotThere
    values = {
        "session": found.session,
        "course": found.course,
        "trainees": found.trainees,
        "measures": found.measures,
        "kinds": kinds(console),
        "writes": bool(WRITING.intersection(asked.officer.roles)),
        "error": error,
    }
    exchange = identifier if found.session.meeting else None
    return Reply(page="training_session.html", values=values, status=422 if error else 200, exchange=exchange)
