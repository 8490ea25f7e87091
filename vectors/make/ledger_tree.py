"""Vectors of trees, notes and records: everything in the ledger that needs no key."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ledger_world import ENTRY, RECORD, Case, Tree, grown, hexed

from longbien.ledger import Proposed, Received, Rejection, merkle, notice, records
from longbien.wire import cbor


def merkle_cases() -> list[Case]:
    leaves = [f"leaf {number}".encode() for number in range(13)]
    tree = Tree([merkle.leaf_hash(data) for data in leaves])
    cases: list[Case] = [
        {"name": f"root of {size}", "op": "root", "size": size, "expect": tree.root(size).hex()}
        for size in range(14)
    ]
    for index, size in ((0, 1), (0, 2), (1, 2), (2, 3), (5, 8), (6, 7), (12, 13), (3, 13), (7, 13)):
        path = merkle.inclusion(index, size, tree.read)
        good: Case = {"op": "inclusion", "leaf": tree.leaves[index].hex(), "index": index, "size": size}
        good |= {"path": hexed(path), "root": tree.root(size).hex(), "expect": "accept"}
        cases.append({"name": f"leaf {index} of {size}", **good})
    bad: dict[str, Any] = dict(cases[-1])
    for name, change, code in (
        ("another index", {"index": 8}, "PROOF_ROOT"),
        ("index beyond the size", {"index": 13}, "PROOF_RANGE"),
        ("one hash missing", {"path": bad["path"][1:]}, "PROOF_LENGTH"),
        ("one hash too many", {"path": [*bad["path"], "00" * 32]}, "PROOF_LENGTH"),
        ("a short hash", {"path": ["00", *bad["path"][1:]]}, "PROOF_HASH_SIZE"),
        ("another leaf", {"leaf": tree.leaves[6].hex()}, "PROOF_ROOT"),
        ("another root", {"root": tree.root(12).hex()}, "PROOF_ROOT"),
    ):
        cases.append({**bad, "name": f"inclusion: {name}", **change, "expect": code})
    for old, new in ((0, 5), (1, 2), (2, 5), (4, 8), (5, 5), (6, 8), (7, 13), (8, 13), (12, 13)):
        cases.append(_consistency(f"{old} to {new}", tree, old, new, merkle.consistency(old, new, tree.read)))
    path = merkle.consistency(6, 13, tree.read)
    good = _consistency("", tree, 6, 13, path)
    for name, change, code in (
        ("sizes exchanged", {"old": 13, "new": 6}, "PROOF_RANGE"),
        ("hashes in another order", {"path": hexed(path[::-1])}, "PROOF_ROOT"),
        ("one hash missing", {"path": hexed(path[:-1])}, "PROOF_LENGTH"),
        ("another old root", {"old_root": tree.root(5).hex()}, "PROOF_ROOT"),
        ("another new root", {"new_root": tree.root(12).hex()}, "PROOF_ROOT"),
    ):
        cases.append({**good, "name": f"consistency: {name}", **change, "expect": code})
    cases.append({**_consistency("equal sizes, a proof", tree, 5, 5, path[:1]), "expect": "PROOF_LENGTH"})
    return cases


def _consistency(name: str, tree: Tree, old: int, new: int, path: Sequence[bytes]) -> Case:
    return {
        "name": name,
        "op": "consistency",
        "old": old,
        "new": new,
        "old_root": tree.root(old).hex(),
        "new_root": tree.root(new).hex(),
        "path": hexed(path),
        "expect": "accept",
    }


def note_cases() -> list[Case]:
    line = "— example.com/a AAAAAAE=\n"
    texts = (
        ("one line", f"text\n\n{line}", "accept"),
        ("empty lines in the text", f"one\n\ntwo\n\n{line}", "accept"),
        ("no text but a newline", f"\n\n{line}", "accept"),
        ("80 lines", f"text\n\n{line * 80}", "accept"),
        ("81 lines", f"text\n\n{line * 81}", "NOTE_SIGNATURES"),
        ("no blank line", f"text\n{line}", "NOTE_SHAPE"),
        ("no signature", "text\n\n", "NOTE_SHAPE"),
        ("last line not ended", f"text\n\n{line[:-1]}", "NOTE_SHAPE"),
        ("hyphen for a dash", f"text\n\n-{line[1:]}", "NOTE_LINE"),
        ("no signature after the name", "text\n\n— a\n", "NOTE_LINE"),
        ("plus in a name", "text\n\n— a+b AAAAAAE=\n", "NOTE_NAME"),
        ("no-break space in a name", "text\n\n— a\u00a0b AAAAAAE=\n", "NOTE_NAME"),
        ("empty name", "text\n\n—  AAAAAAE=\n", "NOTE_NAME"),
        ("key id alone", "text\n\n— a AAAAAA==\n", "NOTE_LINE"),
        ("base64 without padding", "text\n\n— a AAAAAAE\n", "NOTE_LINE"),
        ("base64 with stray bits", "text\n\n— a AAAAAAF=\n", "NOTE_LINE"),
        ("carriage return", f"text\r\n\n{line}", "NOTE_TEXT"),
        ("tab", f"te\txt\n\n{line}", "NOTE_TEXT"),
    )
    cases: list[Case] = [
        {"name": name, "hex": text.encode().hex(), "expect": code} for name, text, code in texts
    ]
    return [*cases, {"name": "not UTF-8", "hex": (b"\xff\n\n" + line.encode()).hex(), "expect": "NOTE_TEXT"}]


def record_cases() -> list[Case]:
    exchange, act, at = ENTRY.exchange, ENTRY.act, ENTRY.at
    head = records.head(ENTRY)
    good = (
        ("proposed", Proposed(exchange=exchange, act=act, at=at)),
        ("first entry", ENTRY),
        ("second entry", replace(ENTRY, position=2, previous=head)),
        (
            "rejection",
            Rejection(
                exchange=exchange, act=act, at=at, code="OWN-LAW", stage="received", position=1, head=head
            ),
        ),
        (
            "rejection before the chain",
            Rejection(
                exchange=exchange, act=act, at=at, code="NOT_OPEN", stage="", position=0, head=records.NO_HEAD
            ),
        ),
        (
            "received",
            Received(
                exchange=exchange,
                position=1,
                entry=head,
                act=act,
                at=at,
                verdict="applied",
                state=ENTRY.state,
            ),
        ),
        ("notice", notice("pinned", party="RU", fingerprint=grown("fingerprint", 32), at=at)),
    )
    cases: list[Case] = [
        {
            "name": name,
            "hex": (raw := records.encode(record)).hex(),
            "digest": cbor.digest(raw).hex(),
            "expect": "accept",
        }
        for name, record in good
    ]
    values = cbor.decode(RECORD)
    assert isinstance(values, dict)
    for name, change, code in (
        ("position nought", {"position": 0}, "FIELD_RANGE"),
        ("first entry after a head", {"previous": head}, "RECORD_PREVIOUS"),
        ("second entry after no head", {"position": 2}, "RECORD_PREVIOUS"),
        ("a field more", {"note": "x"}, "FIELD_UNKNOWN"),
        ("a short digest", {"act": act[1:]}, "FIELD_RANGE"),
        ("kind in capitals", {"kind": "Entry"}, "LEAF_KIND"),
        ("a notice with a list", {"kind": "pinned", "list": []}, "RECORD_FIELD"),
    ):
        cases.append({"name": name, "hex": cbor.encode({**values, **change}).hex(), "expect": code})
    return cases
