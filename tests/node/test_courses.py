"""A course as a file: it comes out as it went in, and whoever changed a byte of it is told so before anything is kept."""

import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.node import Denied, course_file, courses
from longbien.node.course_file import FILES, MANIFEST, PAGE, Part, unpack
from longbien.wire.cbor import Malformed
from web import teach

from .pair import pair


@pytest.fixture(scope="module")
def two():
    made = pair()
    yield made
    for side in made.sides.values():
        side.store.close()


@pytest.fixture(scope="module")
def raw(two):
    return courses.exported(two.vn.node, teach.course(two.vn.node))


def test_a_course_travels_as_a_file_and_gives_the_same_file_where_it_arrives(two, raw):
    arrived = courses.imported(two.ru.node, raw, by=bytes(16))
    assert courses.exported(two.ru.node, arrived.id) == raw
    found = courses.course(two.ru.node, arrived.id)
    assert [part.kind for part in found.materials] == ["text", "link", "file"]
    assert courses.file_of(two.ru.node, arrived.id, 3)[1] == b"%PDF-1.7 invented"
    page = unpack_member(raw, PAGE).decode()
    assert "&lt;always&gt;" in page
    assert "<script" not in page


def unpack_member(raw: bytes, name: str) -> bytes:
    found = {}
    teach.repacked(raw, found.update)
    return found[name]


def _manifest(members, **changes):
    told = json.loads(members[MANIFEST])
    members[MANIFEST] = json.dumps({**told, **changes}).encode()


def _parts(members, part, **changes):
    told = json.loads(members[MANIFEST])
    told["parts"][part] |= changes
    members[MANIFEST] = json.dumps(told).encode()


def _file(members, content: bytes):
    name = next(name for name in members if name.startswith(FILES))
    members[name] = content


CHANGES = {
    "another byte in a file": ("COURSE_FILE_DIGEST", lambda m: _file(m, b"%PDF-1.7 Invented")),
    "a longer file": ("COURSE_FILE_DIGEST", lambda m: _file(m, b"%PDF-1.7 invented and more")),
    "another page": ("COURSE_FILE_DIGEST", lambda m: m.update({PAGE: b"<h1>Other</h1>"})),
    "one file more": ("COURSE_FILE_OTHER", lambda m: m.update({"files/../../x": b"x"})),
    "no page": ("COURSE_FILE_OTHER", lambda m: m.pop(PAGE)),
    "no manifest": ("COURSE_FILE_OTHER", lambda m: m.pop(MANIFEST)),
    "a field that nobody knows": ("COURSE_FILE_SHAPE", partial(_manifest, more=1)),
    "another format": ("COURSE_FILE_SHAPE", partial(_manifest, format="longbien-course-2")),
    "no language": ("COURSE_FILE_SHAPE", partial(_manifest, language="<b>")),
    "a link that runs": ("COURSE_FILE_SHAPE", partial(_parts, part=1, body="javascript:alert(1)")),
    "a title of two lines": ("COURSE_FILE_SHAPE", partial(_parts, part=0, title="a\nb")),
    "a text with a digest": ("COURSE_FILE_SHAPE", partial(_parts, part=0, sha256="0" * 64)),
    "a manifest that is none": ("COURSE_FILE_SHAPE", lambda m: m.update({MANIFEST: b"\xff{"})),
    "a manifest without end": (
        "COURSE_FILE_LARGE",
        lambda m: m.update({MANIFEST: b" " * (course_file.MANIFEST_MAX + 1)}),
    ),
    "a bomb": ("COURSE_FILE_LARGE", lambda m: _file(m, bytes(course_file.COURSE_MAX + (9 << 20)))),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_course_file_is_refused_with_what_is_wrong_and_nothing_is_kept(two, raw, what):
    code, change = CHANGES[what]
    before = courses.courses(two.ru.node)
    refused = courses.imported(two.ru.node, teach.repacked(raw, change), by=bytes(16))
    assert isinstance(refused, Denied)
    assert refused.code == code
    assert courses.courses(two.ru.node) == before


@settings(max_examples=60)
@given(st.data())
def test_whatever_comes_as_a_course_file_is_read_or_refused_and_never_breaks_anything(raw, data):
    cut = data.draw(st.integers(0, len(raw)))
    junk = data.draw(st.binary(max_size=40))
    try:
        unpack(raw[:cut] + junk + raw[cut + len(junk) :])
    except Malformed as fault:
        assert fault.code.startswith("COURSE_FILE_")


def test_a_file_that_two_courses_have_stays_until_the_last_lets_it_go(two):
    node = two.vn.node
    one, other = teach.course(node), teach.course(node)
    digest = courses.course(node, one).materials[2].sha256
    for identifier, stays in ((one, True), (other, True)):
        courses.drop(node, identifier, 3)
        with node.store.transaction() as tx:
            used = any(
                part.sha256 == digest
                for row in tx.trainings.courses()
                for part in tx.trainings.materials(row.id)
            )
            assert (tx.trainings.file(digest) is not None) is used
        assert stays


def test_what_does_not_fit_is_refused_by_its_code(two):
    node = two.vn.node
    made = courses.new(node, title="A", language="en", by=bytes(16))

    def code(answer):
        return answer.code

    assert code(courses.new(node, title=" ", language="en", by=bytes(16))) == "COURSE_TEXT"
    assert code(courses.new(node, title="A", language="a b", by=bytes(16))) == "COURSE_TEXT"
    assert code(courses.change(node, bytes(16), title="A", language="en", about="")) == "COURSE_UNKNOWN"
    assert code(courses.add(node, made.id, Part(kind="link", title="A", body="ftp://a"))) == "MATERIAL_TEXT"
    big = bytes(course_file.FILE_MAX)
    assert code(courses.add(node, made.id, Part(kind="file", title="a"), big + b"1")) == "MATERIAL_LARGE"
    for _ in range(course_file.COURSE_MAX // course_file.FILE_MAX):
        assert not isinstance(courses.add(node, made.id, Part(kind="file", title="a"), big), Denied)
    assert code(courses.add(node, made.id, Part(kind="file", title="a"), b"1")) == "COURSE_FULL"
    assert code(courses.drop(node, made.id, 99)) == "MATERIAL_UNKNOWN"
