"""Vectors of everything in the ledger that a key vouches for."""

from dataclasses import replace

from ledger_world import (
    COSIGNATURE,
    ENTRY,
    NOTE,
    OTHER,
    RECEIPT,
    RECORD,
    RU,
    SALT,
    TREE,
    VN,
    Case,
    Tree,
    flipped,
)

from longbien.ledger import (
    Fork,
    Receipt,
    merkle,
    note,
    receipt,
    records,
    to_cose_receipt,
    to_tlog_proof,
    witness,
)
from longbien.wire import cbor


def checkpoint_cases() -> list[Case]:
    parsed = note.parse(NOTE)
    text, (first, second) = parsed.text, parsed.lines
    stranger = note.SignatureLine(name="example.com/w", key_id=bytes(4), signature=b"\1")
    extended = text + "extension\n"
    timed = replace(
        second,
        signature=(1).to_bytes(8) + VN.mldsa44(_subtree(VN.key.origin, 1, VN.key.origin, 13, TREE.root(13))),
    )
    rows: tuple[tuple[str, bytes, str], ...] = (
        ("both lines", NOTE, "accept"),
        ("empty log", Tree([]).head(0), "accept"),
        ("a stranger's line beside them", note.encode(text, (stranger, first, second)), "accept"),
        ("a cosignature beside them", witness.attach(NOTE, COSIGNATURE), "accept"),
        ("Ed25519 alone", note.encode(text, (first,)), "CHECKPOINT_SIGNATURE_MISSING"),
        ("ML-DSA-44 alone", note.encode(text, (second,)), "CHECKPOINT_SIGNATURE_MISSING"),
        ("one line twice", note.encode(text, (first, first, second)), "CHECKPOINT_SIGNATURE_EXTRA"),
        (
            "Ed25519 damaged",
            note.encode(text, (replace(first, signature=flipped(first.signature)), second)),
            "CHECKPOINT_SIGNATURE_INVALID",
        ),
        (
            "ML-DSA-44 damaged",
            note.encode(text, (first, replace(second, signature=flipped(second.signature)))),
            "CHECKPOINT_SIGNATURE_INVALID",
        ),
        ("time in the log's own line", note.encode(text, (first, timed)), "CHECKPOINT_SIGNATURE_INVALID"),
        ("another size", NOTE.replace(b"\n13\n", b"\n14\n"), "CHECKPOINT_SIGNATURE_INVALID"),
        ("size with a zero in front", NOTE.replace(b"\n13\n", b"\n013\n"), "CHECKPOINT_SIZE"),
        ("an extension line", note.encode(extended, (_classic(extended), second)), "CHECKPOINT_EXTENSION"),
        ("another log", TREE.head(13, RU), "CHECKPOINT_ORIGIN"),
    )
    return [{"name": name, "key": "VN", "hex": raw.hex(), "expect": code} for name, raw, code in rows]


def _classic(text: str) -> note.SignatureLine:
    key_id = note.key_id(VN.key.origin, note.ED25519_NOTE, VN.key.ed25519)
    return note.SignatureLine(name=VN.key.origin, key_id=key_id, signature=VN.soft.ed25519(text.encode()))


def _subtree(signer: str, seconds: int, origin: str, size: int, root: bytes) -> bytes:
    """The signed message of type 0x06, written out a second time."""
    names = [bytes([len(name)]) + name.encode() for name in (signer, origin)]
    numbers = [number.to_bytes(8) for number in (seconds, 0, size)]
    return b"subtree/v1\n\0" + names[0] + numbers[0] + names[1] + numbers[1] + numbers[2] + root


def cosignature_cases() -> list[Case]:
    first, second = note.parse_lines(COSIGNATURE)
    later = note.parse_lines(witness.cosign(NOTE, RU.signer, 1_795_478_402_000))
    one = note.encode_lines
    rows: tuple[tuple[str, bytes, bytes, str], ...] = (
        ("both lines", NOTE, COSIGNATURE, "accept"),
        ("Ed25519 alone", NOTE, one([first]), "COSIGNATURE_MISSING"),
        ("ML-DSA-44 alone", NOTE, one([second]), "COSIGNATURE_MISSING"),
        ("one line twice", NOTE, one([first, first, second]), "COSIGNATURE_EXTRA"),
        ("two times", NOTE, one([first, later[1]]), "COSIGNATURE_TIME"),
        ("another head", TREE.head(12), COSIGNATURE, "COSIGNATURE_INVALID"),
        (
            "ML-DSA-44 damaged",
            NOTE,
            one([first, replace(second, signature=flipped(second.signature))]),
            "COSIGNATURE_INVALID",
        ),
    )
    return [
        {
            "name": name,
            "key": "RU",
            "note": raw.hex(),
            "hex": lines.hex(),
            "at": 1_795_478_401_000,
            "expect": code,
        }
        for name, raw, lines, code in rows
    ]


def fork_cases() -> list[Case]:
    four, seven = TREE.head(4), TREE.head(7)
    rewritten = OTHER.head(13)
    opening = merkle.opening(7, 13, OTHER.read)
    rows: tuple[tuple[str, Fork, str], ...] = (
        ("one size, two roots", Fork(older=NOTE, newer=rewritten), "proven"),
        ("an opening that convicts", Fork(older=seven, newer=rewritten, opening=opening), "proven"),
        ("two sizes, no opening", Fork(older=seven, newer=rewritten), "alleged"),
        ("one head twice", Fork(older=NOTE, newer=NOTE), "FORK_NONE"),
        (
            "an opening that shows agreement",
            Fork(older=four, newer=NOTE, opening=merkle.opening(4, 13, TREE.read)),
            "FORK_NONE",
        ),
        ("an opening of another tree", Fork(older=seven, newer=NOTE, opening=opening), "FORK_OPENING"),
        ("larger head first", Fork(older=rewritten, newer=seven), "FORK_ORDER"),
        ("an opening too short", Fork(older=seven, newer=rewritten, opening=opening[1:]), "PROOF_LENGTH"),
    )
    return [
        {"name": name, "key": "VN", "hex": witness.encode_fork(fork).hex(), "expect": code}
        for name, fork, code in rows
    ]


def receipt_cases() -> list[Case]:
    twelve = TREE.head(12)
    other = records.encode(replace(ENTRY, at=ENTRY.at + 1))
    rows: tuple[tuple[str, Receipt, str], ...] = (
        ("good", RECEIPT, "accept"),
        ("with a cosignature", replace(RECEIPT, checkpoint=witness.attach(NOTE, COSIGNATURE)), "accept"),
        ("another record", replace(RECEIPT, record=other), "PROOF_ROOT"),
        ("another kind", replace(RECEIPT, kind="received"), "RECEIPT_KIND"),
        ("another salt", replace(RECEIPT, salt=flipped(SALT)), "PROOF_ROOT"),
        ("another index", replace(RECEIPT, index=4), "PROOF_ROOT"),
        ("another size", replace(RECEIPT, size=12), "RECEIPT_SIZE"),
        ("a head without this path", replace(RECEIPT, size=12, checkpoint=twelve), "PROOF_ROOT"),
        ("a hash missing", replace(RECEIPT, path=RECEIPT.path[1:]), "PROOF_LENGTH"),
        ("another log's head", replace(RECEIPT, checkpoint=TREE.head(13, RU)), "CHECKPOINT_ORIGIN"),
    )
    cases: list[Case] = [
        {"name": name, "key": "VN", "hex": receipt.encode(item).hex(), "expect": code}
        for name, item, code in rows
    ]
    values = cbor.decode(receipt.encode(RECEIPT))
    assert isinstance(values, dict)
    more = cbor.encode({**values, "more": 1})
    return [*cases, {"name": "a field more", "key": "VN", "hex": more.hex(), "expect": "FIELD_UNKNOWN"}]


def tlog_proof_cases() -> list[Case]:
    text = to_tlog_proof(RECEIPT)
    rows = (
        ("good", text, "accept"),
        ("another version", text.replace("@v1", "@v2"), "TLOG_PROOF"),
        ("index with a zero in front", text.replace("index 5", "index 05"), "TLOG_PROOF"),
        ("no extra line", text.replace("extra ", "more "), "TLOG_PROOF"),
        ("another index", text.replace("index 5", "index 4"), "PROOF_ROOT"),
    )
    return [
        {"name": name, "key": "VN", "hex": page.encode().hex(), "record": RECORD.hex(), "expect": code}
        for name, page, code in rows
    ]


def cose_cases() -> list[Case]:
    cases: list[Case] = []
    for name, algorithm in (("Ed25519", -19), ("ML-DSA-44", -48)):
        raw = to_cose_receipt(RECEIPT, algorithm=algorithm, sign_root=VN.signer.sign_root)
        cases.append(
            {"name": name, "key": "VN", "hex": raw.hex(), "leaf": RECEIPT.leaf.hex(), "expect": "accept"}
        )
    raw = bytes.fromhex(str(cases[0]["hex"]))
    for name, changed, code in (
        ("signature damaged", flipped(raw), "COSE_SIGNATURE_INVALID"),
        ("without its tag", raw[1:], "COSE_SHAPE"),
        ("another log's key", raw, "CHECKPOINT_ORIGIN"),
    ):
        key = "RU" if changed == raw else "VN"
        cases.append({**cases[0], "name": name, "key": key, "hex": changed.hex(), "expect": code})
    return [
        *cases,
        {**cases[0], "name": "another leaf", "leaf": "00" * 32, "expect": "COSE_SIGNATURE_INVALID"},
    ]
