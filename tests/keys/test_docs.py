"""The page of root, descriptor and seal keys, the how-to and decision 0006 say what the code does."""

import re

import pytest

from longbien.keys import chain, descriptor, lifetimes, listing, root, seal_keys
from longbien.keys.descriptor import open_descriptor
from longbien.keys.fingerprint import grouped, spoken
from longbien.keys.forms import LAST_INSTANT, MAX_SUITE
from longbien.keys.root import fingerprint_of, open_root, verify_by_root, verify_first
from longbien.keys.seal_keys import open_seal_keys
from longbien.wire import PRODUCTION, cbor, statement
from wire.pages import ROOT, blocks, codes_of, is_shown_as, page, shown, untold, vector_file

PAGE = "06-descriptor"
HOWTO = (ROOT / "docs/howto/keys.md").read_text()
CHAIN = vector_file("keys/chain.json")
ROOT_1, DESCRIPTOR_1, SEAL_KEYS_1 = (
    statement.parse(bytes.fromhex(CHAIN["papers"][name]))
    for name in ("root-1", "descriptor-1", "seal-keys-1")
)
EXAMPLES = dict(
    zip(
        ("root", "heading", "descriptor", "seal-keys"),
        (shown(block) for block in blocks(PAGE, "hex")),
        strict=True,
    )
)
PROMISED = (ROOT_1.payload, ROOT_1.protected, DESCRIPTOR_1.payload, SEAL_KEYS_1.payload)


@pytest.mark.parametrize(("name", "raw"), list(zip(EXAMPLES, PROMISED, strict=True)))
def test_each_example_is_a_vector(name: str, raw: bytes) -> None:
    assert is_shown_as(raw.hex(), EXAMPLES[name])
    assert f"{len(raw):,} bytes" in page(PAGE)
    assert cbor.encode(cbor.decode(raw)) == raw


def test_the_examples_verify_one_by_the_other_from_the_fingerprint_on_the_page() -> None:
    pinned = fingerprint_of(ROOT_1.payload)
    assert pinned.hex() == CHAIN["pinned"]
    assert grouped(pinned) in page(PAGE)
    assert spoken(pinned) in page(PAGE)
    first = open_root(ROOT_1)
    verify_first(first, pinned, PRODUCTION)
    verify_by_root(DESCRIPTOR_1, first.root, PRODUCTION)
    listed = open_descriptor(DESCRIPTOR_1).descriptor.statement_keys
    statement.verify(SEAL_KEYS_1, {one.key.kid: one.key for one in listed}, PRODUCTION)
    assert open_seal_keys(SEAL_KEYS_1).statement.descriptor == DESCRIPTOR_1.digest


@pytest.mark.parametrize(
    "module", ["root", "descriptor", "seal_keys", "listing", "chain", "directory", "peer"]
)
def test_every_code_of_a_module_stands_on_the_page(module: str) -> None:
    assert untold(codes_of(f"keys/{module}"), PAGE) == set()


@pytest.mark.parametrize("file", ["root", "descriptor", "seal-keys", "chain"])
def test_every_code_that_vectors_expect_stands_on_a_page(file: str) -> None:
    pages = page(PAGE) + page("01-cbor") + page("02-statement")
    expected = {case["expect"] for case in vector_file(f"keys/{file}.json")["cases"]} - {"accept"}
    assert {code for code in expected if f"`{code}`" not in pages} == set()


def steps() -> dict[int, list[str]]:
    """The codes of each numbered step of the table."""
    rows = re.findall(r"^\| (\d+) (.*)\|$", page(PAGE), flags=re.MULTILINE)
    return {int(number): re.findall(r"`([A-Z_]+)`", row) for number, row in rows}


def test_the_steps_name_their_codes_in_the_order_of_the_code() -> None:
    table = steps()
    assert list(table) == list(range(1, 14))
    source = (ROOT / "src/longbien/keys/directory.py").read_text()
    for number, function in (
        (6, "_take_roots"),
        (7, "_take_descriptors"),
        (8, "_check_step"),
        (11, "_check_seal_step"),
        (12, "_seal_speakers"),
        (13, "_finish"),
    ):
        body = re.split(r"^def ", source.split(f"def {function}(")[1], maxsplit=1, flags=re.MULTILINE)[0]
        codes = re.findall(r'"([A-Z]+_[A-Z_]+)"', body)
        assert codes
        assert [code for code in table[number] if code in codes] == [
            code for code in codes if code in table[number]
        ]


@pytest.mark.parametrize(
    ("number", "module", "functions"),
    [
        (2, "root", ("_check", "open_root")),
        (3, "descriptor", ("_read_suites", "_check_times", "_check_keys", "_check_place", "open_descriptor")),
        (4, "seal_keys", ("decode_seal_keys", "open_seal_keys")),
    ],
)
def test_the_rules_inside_a_record_stand_in_the_order_of_the_code(
    number: int, module: str, functions: tuple[str, ...]
) -> None:
    source = (ROOT / f"src/longbien/keys/{module}.py").read_text()
    due: list[str] = []
    for function in functions:
        body = re.split(r"^def ", source.split(f"\ndef {function}(")[1], maxsplit=1, flags=re.MULTILINE)[0]
        due += re.findall(r'Malformed\("([A-Z_]+)"', body)
    due = list(dict.fromkeys(code for code in due if not code.startswith("FIELD_")))
    assert [code for code in steps()[number] if code in due] == due


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    text = page(PAGE)
    days = lifetimes.DAY
    assert f"| holders of a root | {root.MIN_KEYS} to {root.MAX_KEYS} |" in text
    assert f"| life of a root | {lifetimes.ROOT_LONGEST // days:,} days |" in text
    assert f"| life of a descriptor | {lifetimes.DESCRIPTOR_LONGEST // days} days |" in text
    assert f"| life of a statement key | {lifetimes.STATEMENT_KEY_LONGEST // days} days |" in text
    week, reach = lifetimes.SEAL_KEY_LONGEST // days, lifetimes.SEAL_KEY_REACH // days
    assert f"| life of a seal key | {week} days, ending at most {reach} days after its list |" in text
    assert f"64, each with {listing.MAX_LEDGERS} ledgers" in text
    assert f"| statements of a chain | {chain.MAX_STATEMENTS}, in at most 1 MiB |" in text
    assert f"| suite | {MAX_SUITE:,} |" in text
    assert f"1 to {seal_keys.MAX_LISTED} maps" in text
    assert LAST_INSTANT == 253_402_300_799_999
    assert descriptor.MODES == ("live", "exercise", "demo")
    assert chain.FORMAT in text


@pytest.mark.promise("P8")
def test_the_37_days_of_the_pages_are_a_week_and_the_time_that_a_key_is_kept() -> None:
    held = (lifetimes.SEAL_KEY_LONGEST + lifetimes.SEAL_KEY_GRACE) // lifetimes.DAY
    decision = (ROOT / "docs/decisions/0006-weekly-keys.md").read_text()
    assert f"{held} days" in decision
    assert f"older than {held} days (P8)" in page(PAGE)
    assert f"{lifetimes.SEAL_KEY_AHEAD // lifetimes.DAY} days ahead" in decision


def test_the_how_to_names_what_the_plan_asks_and_when() -> None:
    source = (ROOT / "src/longbien/keys/rotation.py").read_text()
    asked = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', source))
    assert {code for code in asked if f"`{code}`" not in HOWTO} == set()
    for code, before in (
        ("STATEMENT_KEY_UNLISTED", lifetimes.STATEMENT_KEY_LEAD),
        ("DESCRIPTOR_ENDS", lifetimes.DESCRIPTOR_WARNING),
        ("TLS_ENDS", lifetimes.TLS_WARNING),
        ("ROOT_ENDS", lifetimes.ROOT_WARNING),
    ):
        (row,) = (line for line in HOWTO.splitlines() if line.startswith("|") and f"`{code}`" in line)
        assert f"| {before // lifetimes.DAY} days before |" in row


def test_the_how_to_explains_every_code_of_the_key_store() -> None:
    told = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", HOWTO))
    modules = ("durable", "filestore", "keyfile", "passphrase", "keystore", "material", "ceremony")
    sources = "".join((ROOT / f"src/longbien/keys/{module}.py").read_text() for module in modules)
    raised = set(re.findall(r'KeyFault\(\s*"([A-Z_]+)"', sources))
    assert raised
    assert raised - told == set()
