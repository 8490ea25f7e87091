"""The pages of docs/wire say what the code does: their example bytes, their tables, their codes."""

import json
import re
from pathlib import Path

import pytest

from longbien.wire import cbor, envelope, parcel, statement, wellformed
from longbien.wire.suites import PRODUCTION, SUITE_1, SUITE_2, SoftOpenKey, SoftSigner

from .material import diagnostic

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("01-cbor", "02-statement", "03-envelope")
HEX_LINE = re.compile(r"\s*(?P<bytes>(?:(?:[0-9a-f]{2})+|…)(?: (?:(?:[0-9a-f]{2})+|…))*)(?:\s{2,}.*|\s*)")


def page(name: str) -> str:
    return (ROOT / f"docs/wire/{name}.md").read_text()


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(name), flags=re.DOTALL)


def shown(block: str) -> str:
    """The hexadecimal of an example, with … where bytes are left out."""
    tokens = []
    for line in block.splitlines():
        match = HEX_LINE.fullmatch(line)
        assert match is not None, line
        tokens.append(match["bytes"].replace(" ", ""))
    return "".join(tokens)


def vector(path: str, name: str) -> dict[str, str]:
    read = json.loads((ROOT / "vectors" / path).read_text())["cases"]
    return next(case for case in read if case["name"] == name)


def is_shown_as(raw: str, text: str) -> bool:
    pattern = "[0-9a-f]*".join(re.escape(part) for part in text.split("…"))
    return re.fullmatch(pattern, raw) is not None


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
    key = json.loads((ROOT / "vectors/statement/keys.json").read_text())["cases"][0]
    signer = SoftSigner(1, (bytes.fromhex(key["private"][0]), bytes.fromhex(key["private"][1])))
    statement.verify(read, {signer.verify_key.kid: signer.verify_key}, PRODUCTION)
    assert f"{len(read.raw):,} bytes" in page("02-statement")


def test_the_envelope_example_is_a_vector_that_opens_to_the_parcel_shown() -> None:
    outer, inner = blocks("03-envelope", "hex")
    raw = vector("envelope/accept.json", "suite-1")["hex"]
    assert is_shown_as(raw, shown(outer))
    assert f"{len(raw) // 2:,} bytes" in page("03-envelope")
    key = json.loads((ROOT / "vectors/envelope/keys.json").read_text())["cases"][0]
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
    source = (ROOT / f"src/longbien/wire/{module}.py").read_text()
    codes = set(re.findall(r'(?:Malformed|fault)\(\s*"([A-Z_]+)"', source)) - {"FIELD_RANGE", "FIELD_TYPE"}
    codes -= {"ENVELOPE_TOO_LARGE"}  # told to the writer only
    assert codes
    assert {code for code in codes if f"`{code}`" not in page(name)} == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_code_that_vectors_expect_stands_on_a_page(name: str) -> None:
    pages = "".join(page(each) for each in PAGES)
    folder = ROOT / "vectors" / name.split("-")[1]
    for file in folder.glob("*.json"):
        for case in json.loads(file.read_text())["cases"]:
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
