"""Writes the vectors of the ledger: vectors/ledger/*.json.

.venv/bin/python vectors/make/ledger.py      writes what has changed; a second run changes nothing
"""

import json
from collections.abc import Callable

from ledger_signed import (
    checkpoint_cases,
    cose_cases,
    cosignature_cases,
    fork_cases,
    receipt_cases,
    tlog_proof_cases,
)
from ledger_tree import merkle_cases, note_cases, record_cases
from ledger_world import HERE, KEYS, USED, Case

FILES: tuple[tuple[str, str, Callable[[], list[Case]]], ...] = (
    ("merkle", "RFC 9162 trees; leaf number n holds the text `leaf n`", merkle_cases),
    ("note", "signed notes: reading only", note_cases),
    ("checkpoint", "checkpoints against the log key named in `key`", checkpoint_cases),
    ("cosignature", "cosignature lines in `hex` for the checkpoint in `note`; `at` in ms", cosignature_cases),
    ("fork", "pairs of heads; `expect` is the weight of the evidence or a code", fork_cases),
    ("record", "leaf records", record_cases),
    ("receipt", "receipts against the log key named in `key`", receipt_cases),
    ("tlog-proof", "tlog-proof texts with the record that they are about", tlog_proof_cases),
    ("cose-receipt", "COSE receipts for the leaf hash in `leaf`", cose_cases),
    (
        "mldsa44",
        "messages of type 0x06 and of COSE receipts, with recorded signatures",
        lambda: [*USED.values()],
    ),
)


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    for name, comment, make in FILES:
        cases = make()
        assert len({case["name"] for case in cases}) == len(cases), name
        keys = {} if name in {"merkle", "note", "record"} else {"keys": KEYS}
        page = {"format": f"ledger/{name}", "comment": comment, **keys, "cases": cases}
        text = json.dumps(page, indent=1) + "\n"
        target = HERE / f"{name}.json"
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
            print(f"wrote vectors/ledger/{name}.json: {len(text)} bytes")


if __name__ == "__main__":
    main()
