"""Courses: what this State teaches with, made of texts, links and files, carried as one file where there is no network.

What it knows: courses of this node, and the file that one travels in. What it must never hold: a case. A course that was imported is one of
this node from then on; that it came, and as which bytes, has a leaf in the ledger.
"""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from longbien.node import course_file
from longbien.node.book import notice
from longbien.node.course_file import ABOUT_MAX, COURSE_MAX, FILE_MAX, PARTS_MAX, TITLE_MAX, Part, part_fault
from longbien.node.jobs import Touch
from longbien.node.node import Node
from longbien.node.orders import plain_name
from longbien.node.ports import Denied
from longbien.store import Transaction
from longbien.store.training_rows import CourseRow, MaterialRow
from longbien.wire.cbor import Malformed

COURSES_MAX: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course with its parts."""

    row: CourseRow
    materials: tuple[MaterialRow, ...]


def courses(node: Node) -> tuple[CourseRow, ...]:
    """Every course, by its title."""
    with node.store.transaction() as tx:
        return tx.trainings.courses()


def course(node: Node, identifier: bytes) -> Course | None:
    """One course."""
    with node.store.transaction() as tx:
        row = tx.trainings.course(identifier)
        return None if row is None else Course(row=row, materials=tx.trainings.materials(identifier))


def new(node: Node, *, title: str, language: str, about: str = "", by: bytes) -> CourseRow | Denied:
    """A course without parts. Codes: COURSE_TEXT, COURSES_MANY."""
    now = node.world.now()
    row = CourseRow(
        id=node.world.entropy(16),
        title=title.strip(),
        language=language.strip(),
        about=_plain(about),
        made_at=now,
        made_by=by,
        changed_at=now,
    )
    refused = _refused(row)
    if refused is not None:
        return refused
    if len(courses(node)) >= COURSES_MAX:
        return Denied(code="COURSES_MANY", detail=str(COURSES_MAX))
    node.sequencer.run([Touch(leaf=None, write=lambda tx: tx.trainings.add_course(row))])
    return row


def change(node: Node, identifier: bytes, *, title: str, language: str, about: str) -> Course | Denied:
    """Title, language and description as they are from now on. Codes: COURSE_UNKNOWN, COURSE_TEXT."""
    found = course(node, identifier)
    if found is None:
        return Denied(code="COURSE_UNKNOWN", detail=identifier.hex())
    row = replace(found.row, title=title.strip(), language=language.strip(), about=_plain(about))
    refused = _refused(row)
    return refused or _written(node, row, None)


def add(node: Node, identifier: bytes, part: Part, content: bytes | None = None) -> Course | Denied:
    """A further part; a file with its bytes, and with what they are named as title.

    Codes: COURSE_UNKNOWN, MATERIAL_TEXT, MATERIAL_LARGE, COURSE_FULL.
    """
    found = course(node, identifier)
    if found is None:
        return Denied(code="COURSE_UNKNOWN", detail=identifier.hex())
    if content is not None:
        if not 0 < len(content) <= FILE_MAX:
            return Denied(code="MATERIAL_LARGE", detail=f"1 to {FILE_MAX} bytes")
        part = Part(
            kind="file",
            title=plain_name(part.title),
            sha256=sha256(content).hexdigest(),
            size=len(content),
        )
    fault = part_fault(part)
    if fault or len(part.title) > TITLE_MAX or len(part.body) > course_file.TEXT_MAX:
        return Denied(code="MATERIAL_TEXT", detail=fault or "length")
    held = sum(item.size for item in found.materials)
    if len(found.materials) >= PARTS_MAX or held + part.size > COURSE_MAX:
        return Denied(code="COURSE_FULL", detail=f"{PARTS_MAX} parts, {COURSE_MAX} bytes")
    return _written(node, found.row, _row(identifier, part), content)


def drop(node: Node, identifier: bytes, number: int) -> Course | Denied:
    """A part is one no more. Codes: COURSE_UNKNOWN, MATERIAL_UNKNOWN."""
    found = course(node, identifier)
    if found is None:
        return Denied(code="COURSE_UNKNOWN", detail=identifier.hex())
    if number not in {item.number for item in found.materials}:
        return Denied(code="MATERIAL_UNKNOWN", detail=str(number))
    node.sequencer.run([Touch(leaf=None, write=lambda tx: tx.trainings.drop_material(identifier, number))])
    return _written(node, found.row, None)


def file_of(node: Node, identifier: bytes, number: int) -> tuple[MaterialRow, bytes] | None:
    """A part that is a file, with its bytes."""
    with node.store.transaction() as tx:
        rows = {item.number: item for item in tx.trainings.materials(identifier)}
        row = rows.get(number)
        content = None if row is None or row.sha256 is None else tx.trainings.file(row.sha256)
    return None if row is None or content is None else (row, content)


def exported(node: Node, identifier: bytes) -> bytes | Denied:
    """The course as a file that works without a network. Code: COURSE_UNKNOWN."""
    found = course(node, identifier)
    if found is None:
        return Denied(code="COURSE_UNKNOWN", detail=identifier.hex())
    files = {}
    with node.store.transaction() as tx:
        for item in found.materials:
            content = None if item.sha256 is None else tx.trainings.file(item.sha256)
            if item.sha256 is not None and content is not None:
                files[item.sha256] = content
    return course_file.pack(
        title=found.row.title,
        language=found.row.language,
        about=found.row.about,
        parts=[_part(item) for item in found.materials],
        files=files,
    )


def imported(node: Node, raw: bytes, *, by: bytes) -> CourseRow | Denied:
    """A course from a file is one of this node. Codes: those of `course_file.unpack`, COURSE_TEXT, COURSES_MANY."""
    try:
        packed = course_file.unpack(raw)
    except Malformed as fault:
        return Denied(code=fault.code, detail=fault.detail)
    told = packed.manifest
    if len(courses(node)) >= COURSES_MAX:
        return Denied(code="COURSES_MANY", detail=str(COURSES_MAX))
    now = node.world.now()
    row = CourseRow(
        id=node.world.entropy(16),
        title=told.title.strip(),
        language=told.language,
        about=_plain(told.about),
        made_at=now,
        made_by=by,
        changed_at=now,
    )
    refused = _refused(row)
    if refused is not None:
        return refused
    parts = [_row(row.id, part) for part in told.parts]
    leaf = notice("course", did="imported", course=row.id, file=sha256(raw).digest(), by=by, at=now)

    def write(tx: Transaction) -> None:
        tx.trainings.add_course(row)
        for part in parts:
            tx.trainings.add_material(part, None if part.sha256 is None else packed.files[part.sha256])

    node.sequencer.run([Touch(leaf=leaf, write=write)])
    return row


def _written(
    node: Node, row: CourseRow, material: MaterialRow | None, content: bytes | None = None
) -> Course:
    changed = replace(row, changed_at=max(node.world.now(), row.changed_at + 1))

    def write(tx: Transaction) -> None:
        tx.trainings.change_course(changed)
        if material is not None:
            tx.trainings.add_material(material, content)

    node.sequencer.run([Touch(leaf=None, write=write)])
    found = course(node, row.id)
    assert found is not None, "a course is never deleted"
    return found


def _row(identifier: bytes, part: Part) -> MaterialRow:
    """A part as it is kept; the store numbers it."""
    return MaterialRow(
        course=identifier,
        number=0,
        kind=part.kind,
        title=part.title.strip(),
        body=_plain(part.body),
        sha256=None if part.sha256 is None else bytes.fromhex(part.sha256),
        size=part.size,
    )


def _part(row: MaterialRow) -> Part:
    return Part(
        kind=row.kind,  # type: ignore[arg-type]  # one of the three, by the room that made it
        title=row.title,
        body=row.body,
        sha256=None if row.sha256 is None else row.sha256.hex(),
        size=row.size,
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _refused(row: CourseRow) -> Denied | None:
    if not 0 < len(row.title) <= TITLE_MAX or not row.title.isprintable():
        return Denied(code="COURSE_TEXT", detail="title")
    if not course_file.language_fits(row.language):
        return Denied(code="COURSE_TEXT", detail="language")
    if len(row.about) > ABOUT_MAX or "\0" in row.about:
        return Denied(code="COURSE_TEXT", detail="about")
    return None
