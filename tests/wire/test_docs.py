"""The pages of docs/wire say what the code does: their example bytes, their tables, their codes."""

import re

import pytest

from longbien.wire import cbor, envelope, parcel, statement, wellformed
from longbien.wire.suites import PRODUCTION, SUITE_1, SUITE_2, SoftOpenKey, SoftSigner

from .material import diagnostic
from .pages import ROOT, blocks, codes_of, is_shown_as, page, shown, untold, vector, vector_file

PAGES = ("01-cbor", "02-statement", "03-envelope")


def test_the_cbor_example_decodes_to_its_diagnostic_notation() -> None:
    (example,), (notation,) = blocks("01-cbor", "hex"), blocks("01-cbor", "diag")
    raw = bytes.fromhex(shown(example))
    assert diagnostic(cbor.decode(raw)) == notation.strip()
    assert cbor.encode(cbor.decode(raw)) == raw


def test_the_statement_example_is_a_vector_that_verifies() -> None:
    (example,) = blocks("02-statement", "hex")
    raw = vector("statement/accept.json", "suite-1")["hex"]
    assert is_shown_as(raw, shown(example))
    read = statement.parse(bytes.fromhex(raw))
    key = vector_file("statement/keys.json")["cases"][0]
    signer = SoftSigner(1, (bytes.fromhex(key["private"][0]), bytes.fromhex(key["private"][1])))
    statement.verify(read, {signer.verify_key.kid: signer.verify_key}, PRODUCTION)
    assert f"{len(read.raw):,} bytes" in page("02-statement")


def test_the_envelope_example_is_a_vector_that_opens_to_the_parcel_shown() -> None:
    outer, inner = blocks("03-envelope", "hex")
    raw = vector("envelope/accept.json", "suite-1")["hex"]
    assert is_shown_as(raw, shown(outer))
    assert f"{len(raw) // 2:,} bytes" in page("03-envelope")
    key = vector_file("envelope/keys.json")["cases"][0]
    opener = SoftOpenKey(1, bytes.fromhex(key["private"]))
    keys = {opener.seal_key.kid: opener}
    content = bytes.fromhex(shown(inner))
    assert envelope.open_envelope(bytes.fromhex(raw), keys, PRODUCTION) == content
    assert parcel.decode(content) == parcel.Propose(sender="VN", act=b"an act")
    assert f"The parcel inside, {len(content)} bytes" in page("03-envelope")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("01-cbor", "wellformed"),
        ("02-statement", "statement"),
        ("03-envelope", "envelope"),
        ("03-envelope", "parcel"),
    ],
)
def test_every_code_of_a_module_stands_on_its_page(name: str, module: str) -> None:
    codes = codes_of(f"wire/{module}") - {"ENVELOPE_TOO_LARGE"}  # told to the writer only
    assert codes
    assert untold(codes, name) == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_code_that_vectors_expect_stands_on_a_page(name: str) -> None:
    pages = "".join(page(each) for each in PAGES)
    folder = name.split("-")[1]
    for file in (ROOT / "vectors" / folder).glob("*.json"):
        for case in vector_file(f"{folder}/{file.name}")["cases"]:
            assert case.get("expect", "accept") == "accept" or f"`{case['expect']}`" in pages


def test_the_limits_on_the_pages_are_those_of_the_code() -> None:
    assert (cbor.MAX_BYTES, wellformed.MAX_DEPTH, wellformed.MAX_ITEMS) == (1_048_576, 16, 131_072)
    assert "1 MiB (1,048,576)" in page("01-cbor")
    assert "16 containers" in page("01-cbor")
    assert "| 131,072 |" in page("01-cbor")
    assert f"({statement.STATEMENT_BYTES_MAX:,} bytes)" in page("02-statement")
    assert f"| audience | {statement.AUDIENCE_MAX} |" in page("02-statement")
    assert f"| signers | {statement.SIGNERS_MAX} |" in page("02-statement")
    assert f"1 to {statement.SIGNATURE_BYTES_MAX:,} bytes" in page("02-statement")
    assert f"| parcel | {envelope.PARCEL_BYTES_MAX:,} bytes |" in page("03-envelope")
    assert envelope.ENVELOPE_BYTES_MAX == (1 << 20) + 8 * 1024
    assert "1 MiB + 8 KiB" in page("03-envelope")


def test_the_sizes_of_keys_and_signatures_on_the_pages_are_those_of_the_code() -> None:
    for suite in (SUITE_1, SUITE_2):
        (row,) = re.findall(rf"^\| {suite.number} \|.*COSE.*$", page("02-statement"), flags=re.MULTILINE)
        for algorithm in suite.signatures:
            assert f"{algorithm.public_bytes:,}-byte key" in row
            assert f"{algorithm.signature_bytes:,}-byte signature" in row
            assert f"COSE \N{MINUS SIGN}{-algorithm.cose} " in row
        (row,) = re.findall(rf"^\| {suite.number} \|.*HKDF.*$", page("03-envelope"), flags=re.MULTILINE)
        assert f"{suite.sealing.public_bytes:,} bytes" in row
        assert f"{suite.overhead_bytes - 16:,} bytes" in row
