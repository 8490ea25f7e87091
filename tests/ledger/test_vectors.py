"""Runs vectors/ledger: the answers that any implementation of the formats must give."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from longbien.ledger import (
    LogKey,
    checkpoint,
    from_tlog_proof,
    merkle,
    note,
    receipt,
    records,
    to_tlog_proof,
    verify_cose_receipt,
    witness,
)
from longbien.ledger.logkey import COSE_MLDSA44
from longbien.wire import cbor
from longbien.wire.wellformed import Malformed

from .trees import Tree

Case = dict[str, Any]

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "ledger"


def hashes(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def run_merkle(case: Case, _key: LogKey | None) -> str:
    if case["op"] == "root":
        leaves = [merkle.leaf_hash(f"leaf {number}".encode()) for number in range(case["size"])]
        return Tree(leaves).root().hex()
    if case["op"] == "inclusion":
        leaf, root = hashes([case["leaf"], case["root"]])
        merkle.verify_inclusion(leaf, case["index"], case["size"], hashes(case["path"]), root)
        return "accept"
    old_root, new_root = hashes([case["old_root"], case["new_root"]])
    merkle.verify_consistency(case["old"], case["new"], old_root, new_root, hashes(case["path"]))
    return "accept"


def run_note(case: Case, _key: LogKey | None) -> str:
    note.parse(bytes.fromhex(case["hex"]))
    return "accept"


def run_checkpoint(case: Case, key: LogKey) -> str:
    checkpoint.verify(bytes.fromhex(case["hex"]), key)
    return "accept"


def run_cosignature(case: Case, key: LogKey) -> str:
    raw, lines = hashes([case["note"], case["hex"]])
    assert witness.verify_cosignature(raw, lines, key) == case["at"]
    return "accept"


def run_fork(case: Case, key: LogKey) -> str:
    return witness.verify_fork(witness.decode_fork(bytes.fromhex(case["hex"])), key)


def run_record(case: Case, _key: LogKey | None) -> str:
    raw = bytes.fromhex(case["hex"])
    assert records.encode(records.decode(raw)) == raw
    assert cbor.digest(raw).hex() == case["digest"]
    return "accept"


def run_receipt(case: Case, key: LogKey) -> str:
    receipt.verify(receipt.decode(bytes.fromhex(case["hex"])), key)
    return "accept"


def run_tlog_proof(case: Case, key: LogKey) -> str:
    text, record = hashes([case["hex"], case["record"]])
    receipt.verify(from_tlog_proof(text.decode(), record), key)
    return "accept"


def run_cose_receipt(case: Case, key: LogKey) -> str:
    raw, leaf = hashes([case["hex"], case["leaf"]])
    verify_cose_receipt(raw, leaf, key)
    return "accept"


def run_mldsa44(case: Case, key: LogKey) -> str:
    message, signature = hashes([case["message"], case["hex"]])
    key.verify_root(COSE_MLDSA44, message, signature)
    return "accept"


RUNNERS: dict[str, Callable[[Case, Any], str]] = {
    "merkle": run_merkle,
    "note": run_note,
    "checkpoint": run_checkpoint,
    "cosignature": run_cosignature,
    "fork": run_fork,
    "record": run_record,
    "receipt": run_receipt,
    "tlog-proof": run_tlog_proof,
    "cose-receipt": run_cose_receipt,
    "mldsa44": run_mldsa44,
}


def key_of(page: dict[str, Any], case: Case) -> LogKey | None:
    if "keys" not in page:
        return None
    values = page["keys"][case.get("key") or case["signer"]]
    ed25519, mldsa44 = hashes([values["ed25519"], values["mldsa44"]])
    return LogKey(origin=values["origin"], ed25519=ed25519, mldsa44=mldsa44)


def test_every_vector_file_is_run() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(RUNNERS)


@pytest.mark.parametrize("name", RUNNERS)
def test_every_vector_gives_its_answer(name: str) -> None:
    page = json.loads((FOLDER / f"{name}.json").read_text())
    assert page["cases"]
    for case in page["cases"]:
        try:
            answer = RUNNERS[name](case, key_of(page, case))
        except Malformed as error:
            answer = error.code
        assert answer == case["expect"], case["name"]


def test_the_examples_of_the_pages_are_those_of_the_vectors() -> None:
    pages = FOLDER.parents[1] / "docs" / "wire"
    ledger, receipts = ((pages / name).read_text() for name in ("04-ledger.md", "05-receipt.md"))
    good = json.loads((FOLDER / "receipt.json").read_text())["cases"][0]
    found = receipt.decode(bytes.fromhex(good["hex"]))
    assert f"leaf hash  {found.leaf.hex()}" in ledger
    rows = found.checkpoint.decode().split("\n")
    assert "\n".join(rows[:5]) in ledger
    assert to_tlog_proof(found).partition("\n— ")[0].rsplit("\n", 2)[0] in receipts
    assert f"{len(good['hex']) // 2:,} bytes of deterministic CBOR" in receipts
