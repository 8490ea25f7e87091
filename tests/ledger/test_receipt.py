from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.ledger import (
    ProofInvalid,
    cose,
    from_tlog_proof,
    leaf,
    merkle,
    notice,
    receipt,
    records,
    tlogproof,
    to_cose_receipt,
    to_tlog_proof,
    verify_cose_receipt,
    witness,
)
from longbien.wire import cbor
from longbien.wire.wellformed import Malformed

from .trees import Tree, code_of, numbered, signer

VN, RU = signer("VN"), signer("RU")
SALT = bytes(range(32))
RECORD = records.encode(notice("pinned", party="RU", at=1_795_478_400_000))
INDEX = 20
TREE = Tree([*numbered(INDEX), leaf.leaf_hash("pinned", SALT, RECORD), *numbered(30)])
NOTE = witness.attach(TREE.head(VN), witness.cosign(TREE.head(VN), RU, 1_795_478_401_000))
RECEIPT = receipt.make(RECORD, kind="pinned", salt=SALT, index=INDEX, checkpoint=NOTE, read=TREE.read)


def refused(call: Callable[..., object], *arguments: Any, **named: Any) -> str:
    with pytest.raises(Malformed) as raised:
        call(*arguments, **named)
    return code_of(raised)


@pytest.mark.promise("P6")
def test_a_receipt_needs_nothing_but_the_logs_public_keys() -> None:
    head = receipt.verify(receipt.decode(receipt.encode(RECEIPT)), VN.log_key)
    assert (head.origin, head.size, head.root) == (VN.log_key.origin, 51, TREE.root())


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"record": records.encode(notice("pinned", party="VN", at=1_795_478_400_000))}, "PROOF_ROOT"),
        ({"record": records.encode(notice("fork", party="RU"))}, "RECEIPT_KIND"),
        ({"record": b"\x80"}, "RECEIPT_KIND"),
        ({"record": b"\xa0"}, "RECEIPT_KIND"),
        ({"record": b""}, "CBOR_TRUNCATED"),
        ({"kind": "fork"}, "RECEIPT_KIND"),
        ({"salt": bytes(32)}, "PROOF_ROOT"),
        ({"salt": bytes(31)}, "LEAF_SALT"),
        ({"index": INDEX + 1}, "PROOF_ROOT"),
        ({"index": 51}, "PROOF_RANGE"),
        ({"size": 50}, "RECEIPT_SIZE"),
        ({"path": RECEIPT.path[1:]}, "PROOF_LENGTH"),
        ({"path": (*RECEIPT.path[1:], RECEIPT.path[0])}, "PROOF_ROOT"),
        ({"path": (b"", *RECEIPT.path[1:])}, "PROOF_HASH_SIZE"),
        ({"checkpoint": TREE.head(VN, 50)}, "RECEIPT_SIZE"),
        ({"checkpoint": TREE.head(VN, 50), "size": 50}, "PROOF_ROOT"),
        ({"checkpoint": TREE.head(RU)}, "CHECKPOINT_ORIGIN"),
        ({"checkpoint": NOTE[:-1]}, "NOTE_SHAPE"),
    ],
)
def test_a_receipt_with_any_part_exchanged_is_refused(change: Any, code: str | None) -> None:
    assert refused(receipt.verify, replace(RECEIPT, **change), VN.log_key) == code


@pytest.mark.promise("P6")
@given(st.sampled_from(["record", "salt"]), st.data())
def test_no_bit_of_record_or_salt_can_change(name: str, data: st.DataObject) -> None:
    whole = getattr(RECEIPT, name)
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = whole[: at // 8] + bytes([whole[at // 8] ^ 1 << at % 8]) + whole[at // 8 + 1 :]
    refused(receipt.verify, replace(RECEIPT, **{name: changed}), VN.log_key)


def test_a_head_that_does_not_reach_the_leaf_gives_no_receipt() -> None:
    assert (
        refused(
            receipt.make,
            RECORD,
            kind="pinned",
            salt=SALT,
            index=INDEX,
            checkpoint=TREE.head(VN, INDEX),
            read=TREE.read,
        )
        == "PROOF_RANGE"
    )


@pytest.mark.parametrize("field", [field.name for field in fields(receipt.Receipt)])
def test_a_receipt_without_a_field_or_with_another_type_is_refused(field: str) -> None:
    values = cbor.decode(receipt.encode(RECEIPT))
    without = {name: value for name, value in values.items() if name != field}
    assert refused(receipt.decode, cbor.encode(without)) == "FIELD_MISSING"
    assert refused(receipt.decode, cbor.encode({**values, field: None})) == "FIELD_TYPE"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"more": 1}, "FIELD_UNKNOWN"),
        ({"salt": bytes(33)}, "FIELD_RANGE"),
        ({"path": [b""]}, "FIELD_RANGE"),
        ({"path": [bytes(32)] * 64}, "FIELD_RANGE"),
        ({"size": 0}, "FIELD_RANGE"),
        ({"index": -1}, "FIELD_RANGE"),
        ({"kind": "Pinned"}, "LEAF_KIND"),
        ({"record": bytes(records.MAX_RECORD_BYTES + 1)}, "FIELD_RANGE"),
    ],
)
def test_a_receipt_beyond_its_limits_is_refused(change: Any, code: str | None) -> None:
    values = cbor.decode(receipt.encode(RECEIPT))
    assert refused(receipt.decode, cbor.encode({**values, **change})) == code


@given(st.binary(max_size=80))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    refused(receipt.decode, raw)


def test_a_leaf_is_kind_and_salted_commitment() -> None:
    import hashlib
    import hmac

    expected = hmac.new(SALT, hashlib.sha256(RECORD).digest(), "sha256").digest()
    assert leaf.commitment(SALT, RECORD) == expected
    assert leaf.leaf_data("pinned", SALT, RECORD) == b"\x82\x66pinned\x58\x20" + expected
    assert RECEIPT.leaf == hashlib.sha256(b"\0" + leaf.leaf_data("pinned", SALT, RECORD)).digest()


@pytest.mark.parametrize("kind", ["", "A", "a b", "a--b", "-a", "a-", "é", "a_b", "a" * 33])
def test_a_kind_is_plain_words(kind: str) -> None:
    assert refused(leaf.leaf_data, kind, SALT, RECORD) == "LEAF_KIND"


def test_a_tlog_proof_is_the_text_of_c2sp() -> None:
    rows = to_tlog_proof(RECEIPT).split("\n")
    extra = b64encode(cbor.encode(["pinned", SALT])).decode()
    assert rows[:3] == ["c2sp.org/tlog-proof@v1", f"extra {extra}", "index 20"]
    blank = rows.index("")
    assert rows[3:blank] == [b64encode(value).decode() for value in RECEIPT.path]
    assert "\n".join(rows[blank + 1 :]).encode() == NOTE


@pytest.mark.promise("P6")
def test_a_tlog_proof_and_the_record_make_the_receipt() -> None:
    assert from_tlog_proof(to_tlog_proof(RECEIPT), RECORD) == RECEIPT
    other = from_tlog_proof(to_tlog_proof(RECEIPT), records.encode(notice("pinned", party="VN")))
    with pytest.raises(ProofInvalid):
        receipt.verify(other, VN.log_key)


def altered(old: int, new: int) -> str:
    return to_tlog_proof(RECEIPT).replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "TLOG_PROOF"),
        (altered("@v1", "@v2"), "TLOG_PROOF"),
        (altered("\n\n", "\n"), "TLOG_PROOF"),
        (altered("extra ", "extra  "), "TLOG_PROOF"),
        (altered("extra ", "more "), "TLOG_PROOF"),
        (altered("index 20", "index 020"), "TLOG_PROOF"),
        (altered("index 20", "index"), "TLOG_PROOF"),
        (altered("index 20", "index -2"), "TLOG_PROOF"),
        (altered("index 20", "index " + "9" * 20), "TLOG_PROOF"),
        (altered("index 20", "index 20\nAAAA"), "TLOG_PROOF"),
        (altered("index 20", "index 20" + "\nAAAA" * 70), "TLOG_PROOF"),
        (altered("index 20", "index \u0662\u0660"), "TLOG_PROOF"),
        (f"{tlogproof.HEADER}\nextra gA==\nindex 20\n\n{NOTE.decode()}", "TLOG_PROOF"),
        (f"{tlogproof.HEADER}\nextra gmFhQA==\nindex 20\n\n{NOTE.decode()}", "TLOG_PROOF"),
        (f"{tlogproof.HEADER}\nextra /w==\nindex 20\n\n{NOTE.decode()}", "CBOR_INVALID"),
        (altered("\n51\n", "\n051\n"), "CHECKPOINT_SIZE"),
        (altered("— ", "- "), "NOTE_LINE"),
    ],
)
def test_any_other_text_is_no_tlog_proof(text: str, code: str | None) -> None:
    assert refused(from_tlog_proof, text, RECORD) == code


def test_the_kind_in_a_tlog_proof_is_plain_words() -> None:
    extra = b64encode(cbor.encode(["A", SALT])).decode()
    text = f"{tlogproof.HEADER}\nextra {extra}\nindex 20\n\n{NOTE.decode()}"
    assert refused(from_tlog_proof, text, RECORD) == "LEAF_KIND"


@pytest.mark.promise("P6")
@pytest.mark.parametrize("algorithm", [-19, -48])
def test_a_cose_receipt_shows_the_same_head(algorithm: int) -> None:
    raw = to_cose_receipt(RECEIPT, algorithm=algorithm, sign_root=VN.sign_root)
    head = verify_cose_receipt(raw, RECEIPT.leaf, VN.log_key)
    assert (head.size, head.root, head.note) == (51, TREE.root(), b"")


def test_a_cose_receipt_has_the_structure_of_the_rfc() -> None:
    raw = to_cose_receipt(RECEIPT, algorithm=-19, sign_root=VN.sign_root)
    assert raw[0] == 0xD2
    protected, unprotected, payload, signature = cbor.decode(raw[1:])
    assert cbor.decode(protected) == {1: -19, 15: {1: VN.log_key.origin}, 395: 1, "size": 51}
    assert payload is None
    assert cbor.decode(unprotected[396][-1][0]) == [51, INDEX, list(RECEIPT.path)]
    message = cbor.encode(["Signature1", protected, b"", TREE.root()])
    VN.log_key.verify_root(-19, message, signature)


def test_a_log_signs_no_root_that_its_head_does_not_have() -> None:
    for wrong in (replace(RECEIPT, index=21), replace(RECEIPT, checkpoint=TREE.head(VN, 50))):
        with pytest.raises(ProofInvalid):
            to_cose_receipt(wrong, algorithm=-19, sign_root=VN.sign_root)


GOOD = to_cose_receipt(RECEIPT, algorithm=-19, sign_root=VN.sign_root)
PARTS = cbor.decode(GOOD[1:])
HEADER = cbor.decode(PARTS[0])
PROOF = [51, INDEX, list(RECEIPT.path)]


def cose_with(
    *,
    header: dict[Any, Any] | None = None,
    proof: list[Any] | None = None,
    unprotected: dict[Any, Any] | None = None,
    payload: bytes | None = None,
    signature: bytes | None = None,
) -> bytes:
    return b"\xd2" + cbor.encode(
        [
            cbor.encode({**HEADER, **(header or {})}),
            unprotected or {396: {-1: [cbor.encode(proof or PROOF)]}},
            payload,
            signature or PARTS[3],
        ]
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (GOOD[1:], "COSE_SHAPE"),
        (b"\xd2\x80", "COSE_SHAPE"),
        (b"\xd2", "CBOR_TRUNCATED"),
        (cose_with(payload=TREE.root()), "COSE_SHAPE"),
        (cose_with(proof=[51, INDEX]), "COSE_SHAPE"),
        (cose_with(proof=[51, INDEX, [bytes(32)] * 64]), "COSE_SHAPE"),
        (cose_with(proof=[51, INDEX, [b""]]), "FIELD_RANGE"),
        (cose_with(proof=["51", INDEX, []]), "FIELD_TYPE"),
        (cose_with(proof=[51, INDEX + 1, list(RECEIPT.path)]), "COSE_SIGNATURE_INVALID"),
        (cose_with(proof=[51, INDEX, list(RECEIPT.path)[1:]]), "PROOF_LENGTH"),
        (cose_with(proof=[52, INDEX, list(RECEIPT.path)]), "COSE_SIZE"),
        (cose_with(header={1: -7}), "COSE_ALGORITHM"),
        (cose_with(header={1: -48}), "COSE_SIGNATURE_INVALID"),
        (cose_with(header={395: 2}), "FIELD_RANGE"),
        (cose_with(header={4: b"kid"}), "FIELD_UNKNOWN"),
        (cose_with(header={15: {1: RU.log_key.origin}}), "CHECKPOINT_ORIGIN"),
        (cose_with(header={15: {1: VN.log_key.origin, 2: "x"}}), "FIELD_UNKNOWN"),
        (cose_with(unprotected={396: {-1: []}}), "FIELD_RANGE"),
        (cose_with(unprotected={396: {-1: [b"\x80"], -2: []}}), "FIELD_UNKNOWN"),
        (cose_with(unprotected={396: {}, 1: 1}), "FIELD_UNKNOWN"),
        (cose_with(signature=bytes(64)), "COSE_SIGNATURE_INVALID"),
        (cose_with(signature=b"x"), "COSE_SIGNATURE_INVALID"),
    ],
)
def test_a_cose_receipt_with_any_part_exchanged_is_refused(raw: bytes, code: str | None) -> None:
    assert refused(verify_cose_receipt, raw, RECEIPT.leaf, VN.log_key) == code


def test_a_cose_receipt_is_for_one_leaf() -> None:
    assert refused(verify_cose_receipt, GOOD, numbered(1)[0], VN.log_key) == "COSE_SIGNATURE_INVALID"


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_be_refused_as_a_cose_receipt(raw: bytes) -> None:
    refused(verify_cose_receipt, b"\xd2" + raw, RECEIPT.leaf, VN.log_key)


def test_the_only_leaf_of_a_log_has_an_empty_path() -> None:
    tree = Tree([RECEIPT.leaf])
    single = receipt.make(RECORD, kind="pinned", salt=SALT, index=0, checkpoint=tree.head(VN), read=tree.read)
    assert single.path == ()
    assert receipt.verify(single, VN.log_key).root == RECEIPT.leaf
    assert from_tlog_proof(to_tlog_proof(single), RECORD) == single
    raw = cose.to_cose_receipt(single, algorithm=-19, sign_root=VN.sign_root)
    assert verify_cose_receipt(raw, RECEIPT.leaf, VN.log_key).size == 1
    assert merkle.verify_inclusion(RECEIPT.leaf, 0, 1, (), RECEIPT.leaf) is None
