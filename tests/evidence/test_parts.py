"""Digests, names, looks and ranges: small tables that must hold for any bytes."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.evidence import digests, look, names, ranges, ticket
from longbien.wire.fields import Fields
from longbien.wire.wellformed import Malformed

from .vectors import cases

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
NAMES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.sampled_from(["../", "..\\", "/", "\0", "\u202e", "\u2066", "CON", "aux.txt", ".", "a", "\x1b[31m", "ế", "\ud800"]),
        max_size=9,
    ).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass")),
)  # fmt: skip


@given(NAMES)
def test_a_shown_name_hides_and_moves_nothing(name: bytes) -> None:
    shown = names.shown(name)
    assert shown
    assert not [character for character in shown if unicodedata.category(character) in HIDDEN]


@given(NAMES, NAMES)
def test_different_names_are_shown_differently(one: bytes, other: bytes) -> None:
    assert (names.shown(one) == names.shown(other)) == (one == other)


@given(NAMES, st.integers(1, 10**9))
def test_a_stored_name_is_one_harmless_name_in_one_folder(name: bytes, number: int) -> None:
    stored = names.stored(name, number)
    assert stored.isascii()
    assert stored.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert stored.startswith(f"{number:06}")
    assert ".." not in stored
    assert len(stored) <= names.STORED_CHARACTERS_MAX + 12


@given(NAMES, NAMES, st.integers(1, 10**6), st.integers(1, 10**6))
def test_two_items_never_share_a_stored_name(one: bytes, other: bytes, a: int, b: int) -> None:
    if a != b:
        assert names.stored(one, a).lower() != names.stored(other, b).lower()


@pytest.mark.parametrize(
    ("name", "shown", "stored"),
    [
        (b"report.pdf", "report.pdf", "000007-report.pdf"),
        ("Báo cáo.pdf".encode(), "Báo cáo.pdf", "000007-Ba_o_ca_o.pdf"),
        ("invoice\u202efdp.exe".encode(), "invoice⟨U+202E⟩fdp.exe", "000007-invoice_fdp.exe"),
        (b"../../etc/passwd", "../../etc/passwd", "000007-passwd"),
        (b"..\\..\\boot.ini", "..\\..\\boot.ini", "000007-boot.ini"),
        (b"a\0b.txt", "a⟨U+0000⟩b.txt", "000007-a_b.txt"),
        (b"\xff\xfe.bin", "⟨0xFF⟩⟨0xFE⟩.bin", "000007-bin"),
        (
            "a\u3164b\u00a0c\ufe0f".encode(),
            "a⟨U+3164⟩b⟨U+00A0⟩c⟨U+FE0F⟩",
            "000007-a_b c_".replace(" ", "_").rstrip("_"),
        ),
        (b"NUL", "NUL", "000007-NUL"),
        (b"", "⟨⟩", "000007"),
        (b"..", "..", "000007"),
        ("отчёт.docx".encode(), "отчёт.docx", "000007-docx"),
        (b"x" * 300 + b".E01", "x" * 300 + ".E01", "000007-" + "x" * 116 + ".E01"),
    ],
)
def test_names_that_have_done_harm_elsewhere(name: bytes, shown: str, stored: str) -> None:
    assert names.shown(name) == shown
    assert names.stored(name, 7) == stored


def facts(first_bytes: bytes, declared: str = "") -> look.Facts:
    return look.look(size=len(first_bytes), declared=declared, first_bytes=first_bytes, digests={})


@pytest.mark.parametrize("signature", look.SIGNATURES, ids=lambda each: f"{each.media_type}@{each.offset}")
def test_a_signature_is_found_where_it_stands(signature: look.Signature) -> None:
    found = facts(bytes(signature.offset) + signature.magic + bytes(600))
    assert found.detected == signature.media_type
    assert found.title == signature.title


def test_signatures_end_within_the_bytes_that_are_looked_at() -> None:
    assert max(each.offset + len(each.magic) for each in look.SIGNATURES) == look.LOOK_BYTES


@given(st.binary(max_size=600), st.text(max_size=20))
def test_a_look_at_any_bytes_gives_facts(first_bytes: bytes, declared: str) -> None:
    found = facts(first_bytes, declared)
    assert found.size == len(first_bytes)
    assert (found.detected == look.UNKNOWN) <= (found.agrees is None)


@pytest.mark.parametrize(
    ("first_bytes", "declared", "agrees"),
    [
        (b"%PDF-1.7", "application/pdf", True),
        (b"%PDF-1.7", "image/png", False),
        (b"MZ\x90", "application/pdf", False),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", True),
        (b"PK\x03\x04", "image/jpeg", False),
        (b"\0\0\0\x18ftypmp42", "video/quicktime", True),
        (b"plain words", "text/plain", None),
        (b"%PDF-1.7", "", None),
    ],
)
def test_a_declared_type_is_compared_with_the_first_bytes(
    first_bytes: bytes, declared: str, agrees: bool | None
) -> None:
    assert facts(first_bytes, declared).agrees is agrees


@pytest.mark.parametrize(
    ("header", "total", "start", "end"),
    [
        ("bytes=0-9", 100, 0, 10),
        ("bytes=90-", 100, 90, 100),
        ("bytes=-10", 100, 90, 100),
        ("bytes=-1000", 100, 0, 100),
        ("bytes=50-1000", 100, 50, 100),
        ("bytes=99-99", 100, 99, 100),
    ],
)
def test_a_range_names_bytes(header: str, total: int, start: int, end: int) -> None:
    part = ranges.asked(header, total)
    assert part == ranges.Part(start=start, end=end, total=total, whole=False)
    assert part.content_range == f"bytes {start}-{end - 1}/{total}"


@pytest.mark.parametrize(
    "header",
    [None, "", "lines=0-9", "bytes=-", "bytes=9-0", "bytes=0-1,4-5", "bytes= 0-1", "bytes=0-" + "9" * 19],
)
def test_what_is_no_single_range_asks_for_everything(header: str | None) -> None:
    assert ranges.asked(header, 100) == ranges.Part(start=0, end=100, total=100, whole=True)


@pytest.mark.parametrize(
    ("header", "total"), [("bytes=100-", 100), ("bytes=200-300", 100), ("bytes=-0", 100), ("bytes=0-0", 0)]
)
def test_a_range_without_a_byte_is_said_to_be_outside(header: str, total: int) -> None:
    answer = ranges.asked(header, total)
    assert isinstance(answer, ranges.Unsatisfiable)
    assert answer.content_range == f"bytes */{total}"


@given(
    st.text(max_size=40) | st.from_regex(r"bytes=[0-9]{0,20}-[0-9]{0,20}", fullmatch=True),
    st.integers(0, 2**52),
)
def test_any_header_is_answered_with_bytes_that_exist(header: str, total: int) -> None:
    match ranges.asked(header, total):
        case ranges.Part(start=start, end=end, whole=whole):
            assert 0 <= start <= end <= total
            assert whole or start < end


def test_digests_agree_only_when_one_that_counts_does() -> None:
    said = {"sha256": digests.sha256(b"x"), "md5": hashlib.md5(b"x").digest()}
    digests.compare(said, said)
    digests.compare(said, {"sha256": said["sha256"]})
    with pytest.raises(Malformed, match="DIGEST_MISSING"):
        digests.compare(said, {"md5": said["md5"]})
    with pytest.raises(Malformed, match="DIGEST_MISSING"):
        digests.compare({}, said)
    with pytest.raises(Malformed, match="DIGEST_MISMATCH: md5"):
        digests.compare(said, {**said, "md5": bytes(16)})


def test_digests_of_another_form_are_refused() -> None:
    digests.check({"sha256": bytes(32)}, "here")
    for wrong in ({"sha256": bytes(31)}, {"crc32": bytes(4)}):
        with pytest.raises(Malformed, match="DIGEST_FORM"):
            digests.check(wrong, "here")
    with pytest.raises(Malformed, match="DIGEST_FORM"):
        digests.read(Fields({}, "here"), "here")


def test_only_digests_that_may_not_be_believed_are_marked_as_legacy() -> None:
    assert {name for name, each in digests.ALGORITHMS.items() if each.legacy} == {"md5", "sha1"}
    assert all("legacy comparison only" in each.title for each in digests.ALGORITHMS.values() if each.legacy)


@cases("sealed/ticket.json")
def test_a_ticket_is_derived_from_the_key_and_kept_as_a_digest(case) -> None:
    key, object_id, shown = (bytes.fromhex(case[name]) for name in ("key", "object", "ticket"))
    assert ticket.ticket_of(key, object_id) == shown
    assert ticket.kept(shown).hex() == case["kept"]
    assert ticket.opens(shown, bytes.fromhex(case["kept"]))
    assert not ticket.opens(shown[:-1] + bytes([shown[-1] ^ 1]), bytes.fromhex(case["kept"]))
