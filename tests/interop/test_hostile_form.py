"""Filled forms that mean harm: they are refused, or read without what they want."""

import io
import zipfile

import docx
import pytest

from longbien.interop import word_form
from longbien.interop.faults import NotMade
from longbien.interop.incoming import FILE_BYTES_MAX, draft_from
from longbien.node.lawbook import shipped

RULES = shipped().rules("preservation")


def form(change) -> bytes:
    """A small form whose main part is what `change` makes of it."""
    made = docx.Document()
    made.add_paragraph("Facts: a server was entered")
    plain = io.BytesIO()
    made.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            raw = before.read(member)
            after.writestr(member, change(raw) if member.filename == "word/document.xml" else raw)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["SYSTEM 'file://{}'", "PUBLIC 'x' 'file://{}'"])
def test_a_form_that_points_at_a_file_of_the_machine_gets_nothing_of_it(tmp_path, kind):
    secret = tmp_path / "secret.txt"
    secret.write_text("told-to-nobody")
    entity = f"<!DOCTYPE d [<!ENTITY take {kind.format(secret)}>]>".encode()

    def planted(raw: bytes) -> bytes:
        head, _, rest = raw.partition(b"?>")
        return head + b"?>" + entity + rest.replace(b"a server was entered", b"&take;")

    raw = form(planted)
    assert b"ENTITY" in zipfile.ZipFile(io.BytesIO(raw)).read("word/document.xml")
    try:
        found = draft_from(RULES, "open", raw, "form.docx")
    except NotMade as refused:
        assert "told-to-nobody" not in str(refused)
    else:
        assert "told-to-nobody" not in repr(found)


def test_a_form_that_grows_without_end_when_it_is_read_is_refused_or_stays_small():
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    entity = f"<!DOCTYPE d [<!ENTITY l0 'ha'>{laughs}]>".encode()

    def planted(raw: bytes) -> bytes:
        head, _, rest = raw.partition(b"?>")
        return head + b"?>" + entity + rest.replace(b"a server was entered", b"&l9;")

    try:
        found = draft_from(RULES, "open", form(planted), "form.docx")
    except NotMade as refused:
        assert refused.code in {"FILE_DAMAGED", "FILE_TOO_LARGE"}
    else:
        assert len(repr(found)) < 100_000


def test_a_form_that_is_too_large_packed_or_unpacked_is_refused():
    with pytest.raises(NotMade, match="FILE_TOO_LARGE"):
        draft_from(RULES, "open", b"x" * (FILE_BYTES_MAX + 1), "form.txt")
    swollen = form(lambda raw: raw + b" " * word_form.UNPACKED_MAX)
    assert len(swollen) < 1 << 20
    with pytest.raises(NotMade, match="FILE_TOO_LARGE"):
        draft_from(RULES, "open", swollen, "form.docx")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(word_form.MEMBERS_MAX + 1):
            archive.writestr(f"{number}", b"")
    with pytest.raises(NotMade, match=r"FILE_TOO_LARGE|FILE_DAMAGED"):
        draft_from(RULES, "open", many.getvalue(), "form.docx")
