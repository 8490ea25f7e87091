"""Training: what States need and offer, what fits, sessions, and courses with what they are made of.

What it knows: how `node.assistance`, `node.trainings` and `node.courses` are laid out. What it must never do: answer an offer; that is an act
and is written where acts are written.
"""

from typing import Final

from longbien.law import Labels
from longbien.node import Denied, assistance, courses, trainings
from longbien.node.assistance import ASSISTANCE
from longbien.node.course_file import Part
from longbien.node.courses import Course
from longbien.node.meetings import TRAINING
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes
from longbien.web.console import Console
from longbien.web.policy import WRITING
from longbien.web.screens.orders import plain_ascii
from longbien.web.words import LANGUAGES, law_language

ZIP: Final = "application/zip"
FIELDS: Final = ("title", "language", "about")


def board(console: Console, asked: Asked) -> Reply:
    """Needs and offers, what fits, sessions, courses."""
    return board_page(console, asked)


def new(console: Console, asked: Asked) -> Reply:
    """A course. Codes: those of `courses.new`."""
    said = {name: asked.written(name) for name in FIELDS}
    made = courses.new(console.node, **said, by=asked.officer.person)
    if isinstance(made, Denied):
        return board_page(console, asked, error=made)
    return go(f"/training/courses/{made.id.hex()}")


def take_in(console: Console, asked: Asked) -> Reply:
    """A course from a file. Codes: those of `courses.imported`, FILE_NONE."""
    if asked.upload is None or not asked.upload.size:
        return board_page(console, asked, error=Denied(code="FILE_NONE", detail=""))
    made = courses.imported(console.node, asked.upload.file.read(), by=asked.officer.person)
    if isinstance(made, Denied):
        return board_page(console, asked, error=made)
    return go(f"/training/courses/{made.id.hex()}")


def course(console: Console, asked: Asked) -> Reply:
    """One course."""
    return _page(console, asked)


def change(console: Console, asked: Asked) -> Reply:
    """Title, language, description. Codes: those of `courses.change`."""
    said = {name: asked.written(name) for name in FIELDS}
    return _done(console, asked, courses.change(console.node, _identifier(asked), **said))


def add_material(console: Console, asked: Asked) -> Reply:
    """A text, a link or a file. Codes: those of `courses.add`, FILE_NONE."""
    kind, identifier = asked.written("kind"), _identifier(asked)
    if kind == "file":
        if asked.upload is None or not asked.upload.size:
            return _page(console, asked, error=Denied(code="FILE_NONE", detail=""))
        part = Part(kind="file", title=asked.upload.name or "file")
        return _done(console, asked, courses.add(console.node, identifier, part, asked.upload.file.read()))
    part = Part(
        kind="link" if kind == "link" else "text",
        title=asked.written("title").strip(),
        body=asked.written("body").strip(),
    )
    return _done(console, asked, courses.add(console.node, identifier, part))


def drop_material(console: Console, asked: Asked) -> Reply:
    """A part is one no more. Codes: those of `courses.drop`."""
    number = plain_number(asked.written("number"))
    return _done(console, asked, courses.drop(console.node, _identifier(asked), number))


def material(console: Console, asked: Asked) -> Reply:
    """A file of a course."""
    found = courses.file_of(console.node, _identifier(asked), plain_number(asked.params["number"]))
    if found is None:
        raise NotThere
    row, content = found
    return Reply(raw=content, media="application/octet-stream", name=plain_ascii(row.title))


def export(console: Console, asked: Asked) -> Reply:
    """The course as one file."""
    identifier = _identifier(asked)
    raw = courses.exported(console.node, identifier)
    if isinstance(raw, Denied):
        raise NotThere
    return Reply(raw=raw, media=ZIP, name=f"course-{identifier.hex()[:8]}.zip")


def board_page(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    """The board, with what was refused."""
    node, office, law = console.node, asked.officer.office, law_language(asked.language)
    now = node.world.now()
    wishes = [
        wish
        for wish in assistance.wishes(node, language=law)
        if console.subjects.in_office(wish.exchange, office)
    ]
    held = [
        one
        for one in trainings.sessions(node, language=law)
        if (one.own.office == office if one.own else console.subjects.in_office(one.id, office))
    ]
    values = {
        "wishes": wishes,
        "fits": assistance.fitting(wishes, now=now),
        "coming": [one for one in reversed(held) if one.ends_at >= now],
        "past": [one for one in held if one.ends_at < now],
        "courses": courses.courses(node),
        "kinds": kinds(console),
        "tongues": LANGUAGES,
        "may_ask": may_begin(console, asked, ASSISTANCE),
        "may_invite": may_begin(console, asked, TRAINING),
        "writes": bool(WRITING.intersection(asked.officer.roles)),
        "written": {name: asked.written(name) for name in FIELDS},
        "error": error,
    }
    return Reply(page="training.html", values=values, status=422 if error else 200)


def kinds(console: Console) -> dict[str, Labels]:
    """The kinds of sessions with the law's words for them."""
    rules = console.node.world.lawbook.rules(TRAINING)
    fields = () if rules is None else rules.acts["open"].fields
    labels = {
        value: label for one in fields if one.name == "kind" for value, label in one.value_labels.items()
    }
    return {kind: labels.get(kind, {"en": kind}) for kind in trainings.KINDS}


def may_begin(console: Console, asked: Asked, procedure: str) -> bool:
    """Whether the office of whoever asks may begin such an exchange, and the person write it."""
    node, officer = console.node, asked.officer
    rules = node.world.lawbook.rules(procedure)
    roles = node.directory.offices(node.party, officer.office)
    return rules is not None and bool(
        set(roles) & set(rules.from_roles) and WRITING.intersection(officer.roles)
    )


def plain_number(text: str) -> int:
    """A small number of a form, 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _identifier(asked: Asked) -> bytes:
    return hex_bytes(asked.params["course"], 16)


def _done(console: Console, asked: Asked, answer: Course | Denied) -> Reply:
    if isinstance(answer, Denied):
        if answer.code == "COURSE_UNKNOWN":
            raise NotThere
        return _page(console, asked, error=answer)
    return go(f"/training/courses/{answer.row.id.hex()}")


def _page(console: Console, asked: Asked, *, error: Denied | None = None) -> Reply:
    found = courses.course(console.node, _identifier(asked))
    if found is None:
        raise NotThere
    values = {
        "course": found.row,
        "materials": found.materials,
        "kinds": kinds(console),
        "tongues": LANGUAGES,
        "writes": bool(WRITING.intersection(asked.officer.roles)),
        "written": {name: asked.written(name) if error else "" for name in ("title", "body")},
        "error": error,
    }
    return Reply(page="course.html", values=values, status=422 if error else 200)
