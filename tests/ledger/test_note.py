from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.ledger import SignatureLine, note
from longbien.wire.wellformed import Malformed

from .trees import code_of

LINE = (
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
RAW = f"This is an example message.\n\n{LINE}".encode()

NAMES = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=40,
).filter(lambda name: "+" not in name and not any(char.isspace() for char in name))
LINES = st.builds(
    SignatureLine,
    name=NAMES,
    key_id=st.binary(min_size=4, max_size=4),
    signature=st.binary(min_size=1, max_size=90),
)
TEXTS = st.lists(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30), max_size=6
).map(lambda rows: "\n".join(rows) + "\n")


def test_the_example_of_c2sp_is_read() -> None:
    parsed = note.parse(RAW)
    assert parsed.text == "This is an example message.\n"
    (line,) = parsed.lines
    assert (line.name, line.key_id.hex(), len(line.signature)) == ("example.com/foo", "530d903a", 64)
    assert note.encode(parsed.text, parsed.lines) == RAW


def test_the_key_of_the_example_of_c2sp_has_its_name() -> None:
    kind, *rest = b64decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    text = note.vkey("example.com/foo", kind, bytes(rest))
    assert text == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def test_the_text_ends_at_the_last_blank_line() -> None:
    parsed = note.parse(f"one\n\n{LINE}\n{LINE}".encode())
    assert parsed.text == f"one\n\n{LINE}"
    assert len(parsed.lines) == 1


@given(TEXTS, st.lists(LINES, min_size=1, max_size=5))
def test_every_note_is_read_back(text: str, lines: list[SignatureLine]) -> None:
    raw = note.encode(text, lines)
    assert note.parse(raw) == note.Note(text=text, lines=tuple(lines))
    assert note.parse_lines(note.encode_lines(lines)) == tuple(lines)


def only_refused(raw: bytes) -> None:
    for read in (note.parse, note.parse_lines):
        try:
            read(raw)
        except Malformed as error:
            assert error.code.startswith("NOTE_")


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    only_refused(raw)


@given(st.text(alphabet="\n— +=Aab0/\t\u00a0é", max_size=80))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    only_refused(text.encode())


@given(st.integers(0, len(RAW) - 1), st.integers(0, 255))
def test_a_note_with_one_byte_changed_is_refused_or_reads_as_another_note(at: int, byte: int) -> None:
    changed = RAW[:at] + bytes([byte]) + RAW[at + 1 :]
    try:
        parsed = note.parse(changed)
    except Malformed as error:
        assert error.code.startswith("NOTE_")
    else:
        assert note.encode(parsed.text, parsed.lines) == changed


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "NOTE_SHAPE"),
        (b"text\n", "NOTE_SHAPE"),
        (b"text\n\n", "NOTE_SHAPE"),
        (f"text\n{LINE}".encode(), "NOTE_SHAPE"),
        (f"text\n\n{LINE}".encode()[:-1], "NOTE_SHAPE"),
        (f"text\n\n{LINE}\n".encode(), "NOTE_SHAPE"),
        (f"text\n\n-{LINE[1:]}".encode(), "NOTE_LINE"),
        ("text\n\n— name\n".encode(), "NOTE_LINE"),
        ("text\n\n—  AAAAAAA=\n".encode(), "NOTE_NAME"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "NOTE_NAME"),
        ("text\n\n— a\u00a0b AAAAAAA=\n".encode(), "NOTE_NAME"),
        (f"text\n\n— {'n' * 256} AAAAAAA=\n".encode(), "NOTE_NAME"),
        ("text\n\n— a AAAAAA==\n".encode(), "NOTE_LINE"),
        ("text\n\n— a AAAAAAA\n".encode(), "NOTE_LINE"),
        ("text\n\n— a AAAAAAB=\n".encode(), "NOTE_LINE"),
        ("text\n\n— a AAAA AAA=\n".encode(), "NOTE_LINE"),
        ("text\n\n— a AAAA_AA=\n".encode(), "NOTE_LINE"),
        ("text\n\n— a é\n".encode(), "NOTE_LINE"),
        (b"te\txt\n\n" + LINE.encode(), "NOTE_TEXT"),
        (b"te\rxt\n\n" + LINE.encode(), "NOTE_TEXT"),
        (b"te\xffxt\n\n" + LINE.encode(), "NOTE_TEXT"),
        (b"te\xed\xa0\x80xt\n\n" + LINE.encode(), "NOTE_TEXT"),
        (b"text\n\n" + LINE.encode() * 81, "NOTE_SIGNATURES"),
        (b"x" * note.MAX_NOTE_BYTES + b"\n\n" + LINE.encode(), "NOTE_TOO_LARGE"),
    ],
)
def test_each_fault_has_its_code(raw: bytes, code: str | None) -> None:
    with pytest.raises(Malformed) as raised:
        note.parse(raw)
    assert code_of(raised) == code


def test_a_signature_beyond_the_limit_is_refused() -> None:
    line = SignatureLine(name="a", key_id=bytes(4), signature=bytes(note.MAX_SIGNATURE_BYTES + 1))
    with pytest.raises(Malformed) as raised:
        note.parse(note.encode("text\n", [line]))
    assert code_of(raised) == "NOTE_LINE"


def test_sixteen_signatures_and_more_are_read() -> None:
    assert len(note.parse(b"text\n\n" + LINE.encode() * 80).lines) == 80
