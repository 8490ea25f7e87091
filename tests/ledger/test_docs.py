"""The pages of ledger and receipt say what the code does: their example bytes, their codes, their limits."""

import re

import pytest

from longbien.ledger import LogKey, checkpoint, leaf, note, receipt, records, verify_cose_receipt
from longbien.ledger.tlogproof import to_tlog_proof
from longbien.wire import cbor
from wire.pages import codes_of, is_shown_as, page, untold, vector, vector_file

LEDGER, RECEIPT = "04-ledger", "05-receipt"
GOOD = bytes.fromhex(vector("ledger/receipt.json", "good")["hex"])
ENTRY = bytes.fromhex(vector("ledger/record.json", "first entry")["hex"])


def examples(name: str) -> list[str]:
    return re.findall(r"^```\n(.*?)^```", page(name), flags=re.DOTALL | re.MULTILINE)


def leading(block: str) -> str:
    """The hexadecimal that each line begins with; the rest of a line explains it."""
    tokens = []
    for line in block.splitlines():
        for token in line.split():
            if re.fullmatch(r"(?:[0-9a-f]{2}|…)+", token) is None:
                break
            tokens.append(token)
    return "".join(tokens)


def log_key() -> LogKey:
    keys = vector_file("ledger/receipt.json")["keys"]["VN"]
    return LogKey(
        origin=keys["origin"],
        ed25519=bytes.fromhex(keys["ed25519"]),
        mldsa44=bytes.fromhex(keys["mldsa44"]),
    )


def test_the_record_on_the_page_is_a_vector() -> None:
    record = examples(LEDGER)[0]
    shown = [leading(line) for line in record.splitlines()]
    # Field by field: a line shows name and value, and their order is that of the bytes.
    read = cbor.decode(ENTRY)
    assert isinstance(read, dict)
    names = [line[: len(cbor.encode(name).hex())] for line, name in zip(shown[1:], read, strict=True)]
    assert names == [cbor.encode(name).hex() for name in read]
    assert f"{len(ENTRY)} bytes" in page(LEDGER)
    assert isinstance(records.decode(ENTRY), records.Entry)


def test_the_values_of_the_record_on_the_page_are_those_of_the_vector() -> None:
    assert is_shown_as(ENTRY.hex(), leading(examples(LEDGER)[0]))


def test_the_leaf_on_the_page_is_that_of_the_record_under_the_salt() -> None:
    read = receipt.decode(GOOD)
    assert read.record == ENTRY
    salt = re.search(r"under the salt `(.*?)`", page(LEDGER))
    assert salt is not None
    assert is_shown_as(read.salt.hex(), salt[1])
    data, named = examples(LEDGER)[1].splitlines()
    assert is_shown_as(leaf.leaf_data(read.kind, read.salt, read.record).hex(), leading(data))
    assert named.split() == ["leaf", "hash", read.leaf.hex()]


def test_the_head_on_the_page_is_the_vector_that_verifies() -> None:
    head = vector("ledger/checkpoint.json", "both lines")["hex"]
    raw = bytes.fromhex(head)
    start, _, _ = examples(LEDGER)[2].rstrip("\n").partition("…")
    assert raw.decode().startswith(start)
    assert f"{len(raw):,} bytes" in page(LEDGER)
    assert checkpoint.verify(raw, log_key()).size == 13


def test_the_receipt_on_the_page_is_the_vector_that_verifies() -> None:
    shown, _, _ = examples(RECEIPT)
    assert is_shown_as(GOOD.hex(), leading(shown))
    assert f"{len(GOOD):,} bytes" in page(RECEIPT)
    assert receipt.verify(receipt.decode(GOOD), log_key()).size == 13


def test_the_tlog_proof_on_the_page_is_that_receipt() -> None:
    _, shown, _ = examples(RECEIPT)
    start = shown.split("…")[0]
    assert to_tlog_proof(receipt.decode(GOOD)).startswith(start)


def test_the_cose_receipt_on_the_page_is_the_vector_that_verifies() -> None:
    case = vector("ledger/cose-receipt.json", "Ed25519")
    _, _, shown = examples(RECEIPT)
    assert is_shown_as(case["hex"], leading(shown))
    verify_cose_receipt(bytes.fromhex(case["hex"]), bytes.fromhex(case["leaf"]), log_key())


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        (LEDGER, ("ledger/note", "ledger/checkpoint", "ledger/witness")),
        (RECEIPT, ("ledger/receipt", "ledger/tlogproof", "ledger/cose")),
    ],
)
def test_every_code_of_a_module_stands_on_a_page(name: str, modules: tuple[str, ...]) -> None:
    codes = codes_of(*modules)
    assert codes
    assert untold(untold(codes, name), LEDGER) == set()


def test_the_limits_on_the_pages_are_those_of_the_code() -> None:
    limits = f"Note {note.MAX_NOTE_BYTES // 1024} KiB; {note.MAX_LINES} signature lines; "
    limits += f"name {note.MAX_NAME_BYTES} bytes; signature {note.MAX_SIGNATURE_BYTES:,} bytes."
    assert limits in page(LEDGER)
    assert f"at most {records.MAX_RECORD_BYTES:,} bytes" in page(LEDGER)
    assert f"at most {records.MAX_FIELDS} fields" in page(LEDGER)
    assert f"| `path` | array of 32 bytes | {receipt.MAX_PATH} hashes |" in page(RECEIPT)
    assert f"Whole receipt: {receipt.MAX_RECEIPT_BYTES // 1024} KiB." in page(RECEIPT)
