"""The pages of ledger and receipt say what the code does: their example bytes, their codes, their limits."""

import re

import pytest

from longbien.ledger import LogKey, checkpoint, leaf, note, receipt, records, verify_cose_receipt
from longbien.ledger.tlogproof import to_tlog_proof
from longbien.wire import cbor
from wire.pages import ROOT, codes_of, is_shown_as, page, untold, vector, vector_file

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


def test_the_record_on_the_page_is_a_vector_and_gives_the_leaf_beside_it() -> None:
    record, shown_leaf, *_ = examples(LEDGER)
    assert is_shown_as(ENTRY.hex(), leading(record))
    assert f"{len(ENTRY)} bytes" in page(LEDGER)
    read = receipt.decode(GOOD)
    assert read.record == ENTRY
    assert is_shown_as(read.salt.hex(), re.search(r"under the salt `(.*?)`", page(LEDGER))[1])
    data = leaf.leaf_data(read.kind, read.salt, read.record)
    first, second = shown_leaf.splitlines()
    assert is_shown_as(data.hex(), leading(first))
    assert second.split() == ["leaf", "hash", leaf.leaf_hash(data).hex()]
    assert isinstance(records.decode(ENTRY), records.Entry)


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
        (LEDGER, ("ledger/note", "ledger/checkpoint", "ledger/witness", "ledger/tiles")),
        (RECEIPT, ("ledger/receipt", "ledger/tlogproof", "ledger/cose")),
    ],
)
def test_every_code_of_a_module_stands_on_a_page(name: str, modules: tuple[str, ...]) -> None:
    codes = codes_of(*modules)
    assert codes
    assert untold(untold(codes, name), LEDGER) == set()


def test_the_limits_on_the_pages_are_those_of_the_code() -> None:
    assert f"{note.MAX_NOTE // 1024} KiB; {note.MAX_SIGNATURES} signature lines" in page(LEDGER)
    assert cbor.decode(ENTRY)["kind"] == "entry"
    assert (ROOT / "vectors/ledger/fork.json").exists()
