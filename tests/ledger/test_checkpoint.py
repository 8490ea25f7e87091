import struct
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.ledger import (
    Checkpoint,
    LogKey,
    LogVerifier,
    PairLogSigner,
    SignatureLine,
    checkpoint,
    logkey,
    merkle,
    note,
)
from longbien.wire.wellformed import Malformed

from .trees import Tree, code_of, numbered, signer

VN, RU = signer("VN"), signer("RU")
TREE = Tree(numbered(50))
RAW = TREE.head(VN)
TEXT = note.parse(RAW).text
LINES = note.parse(RAW).lines


def refused(raw: bytes, key: LogVerifier = VN.log_key) -> str:
    with pytest.raises(Malformed) as raised:
        checkpoint.verify(raw, key)
    return code_of(raised)


def test_a_signed_head_is_read_with_its_bytes() -> None:
    head = checkpoint.verify(RAW, VN.log_key)
    assert head == Checkpoint(origin=VN.log_key.origin, size=50, root=TREE.root())
    assert head.note == RAW
    assert checkpoint.read(RAW) == head


def test_the_origin_names_party_and_root() -> None:
    assert checkpoint.origin_of("VN", bytes.fromhex("0123456789abcdef")) == "longbien/VN/01234567"


def test_the_text_is_that_of_tlog_checkpoint() -> None:
    assert f"longbien/VN/{sha256(b'VN').hexdigest()[:8]}\n50\n{b64encode(TREE.root()).decode()}\n" == TEXT


def test_an_empty_log_has_a_head() -> None:
    head = Tree().verified(VN)
    assert (head.size, head.root) == (0, merkle.EMPTY_ROOT)


def test_other_tools_find_the_key_by_its_vkeys() -> None:
    kinds = [1, 4, 6]
    for text, kind, public in zip(
        VN.log_key.vkeys, kinds, [VN.log_key.ed25519] * 2 + [VN.log_key.mldsa44], strict=True
    ):
        name, key_id, _ = text.split("+", 2)
        assert name == VN.log_key.origin
        assert key_id == sha256(name.encode() + b"\n" + bytes([kind]) + public).hexdigest()[:8]


def test_the_lattice_line_covers_the_message_of_tlog_cosignature() -> None:
    name = VN.log_key.origin.encode()
    message = struct.pack(
        f">12sB{len(name)}sQB{len(name)}sQQ32s",
        b"subtree/v1\n\0",
        len(name),
        name,
        0,
        len(name),
        name,
        0,
        50,
        TREE.root(),
    )
    assert logkey.subtree_message(VN.log_key.origin, 0, TEXT) == message
    assert LINES[1].signature[:8] == bytes(8)
    VN.log_key.verify_root(logkey.COSE_MLDSA44, message, LINES[1].signature[8:])


@pytest.mark.promise("P7")
@pytest.mark.parametrize("kept", [(), (0,), (1,)])
def test_a_head_needs_both_signatures(kept: tuple[int, ...]) -> None:
    lines = [LINES[at] for at in kept] + [SignatureLine(name="other", key_id=bytes(4), signature=b"x")]
    assert refused(note.encode(TEXT, lines)) == "CHECKPOINT_SIGNATURE_MISSING"


def test_a_second_line_of_the_same_key_is_refused() -> None:
    assert refused(note.encode(TEXT, (*LINES, LINES[0]))) == "CHECKPOINT_SIGNATURE_EXTRA"


def test_lines_of_other_keys_are_passed_over() -> None:
    other = SignatureLine(name="other", key_id=bytes(4), signature=b"x")
    same_name = SignatureLine(name=VN.log_key.origin, key_id=bytes(4), signature=b"x")
    assert checkpoint.verify(note.encode(TEXT, (other, *LINES, same_name)), VN.log_key).size == 50


@pytest.mark.promise("P7")
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s + b"\0", lambda s: s[:-1] + bytes([s[-1] ^ 1])]
)
def test_a_damaged_signature_is_refused(which: int, change: Any) -> None:
    lines = list(LINES)
    lines[which] = replace(lines[which], signature=change(lines[which].signature))
    assert refused(note.encode(TEXT, lines)) == "CHECKPOINT_SIGNATURE_INVALID"


def test_a_lattice_line_without_room_for_a_signature_is_refused() -> None:
    short = replace(LINES[1], signature=bytes(8))
    assert refused(note.encode(TEXT, (LINES[0], short))) == "CHECKPOINT_SIGNATURE_INVALID"


def test_the_logs_own_line_states_no_time() -> None:
    message = logkey.subtree_message(VN.log_key.origin, 7, TEXT)
    timed = replace(LINES[1], signature=(7).to_bytes(8) + VN.mldsa44(message))
    assert refused(note.encode(TEXT, (LINES[0], timed))) == "CHECKPOINT_SIGNATURE_INVALID"
    stamped = replace(LINES[1], signature=(7).to_bytes(8) + LINES[1].signature[8:])
    assert refused(note.encode(TEXT, (LINES[0], stamped))) == "CHECKPOINT_SIGNATURE_INVALID"


@pytest.mark.promise("P7")
@given(st.integers(0, len(TEXT) - 1), st.characters(codec="ascii", exclude_categories=["Cc"]))
def test_no_other_text_goes_under_the_signatures(at: int, char: str) -> None:
    text = TEXT[:at] + char + TEXT[at + 1 :]
    if text != TEXT:
        assert refused(note.encode(text if text.endswith("\n") else text + "\n", LINES))


def test_another_logs_head_is_refused() -> None:
    assert refused(TREE.head(RU)) == "CHECKPOINT_ORIGIN"
    renamed = replace(RU.log_key, origin=VN.log_key.origin)
    assert refused(RAW, renamed) == "CHECKPOINT_SIGNATURE_MISSING"


def test_another_key_of_the_same_id_is_refused() -> None:
    # Key ids have four bytes, so a collision is cheap; all it gains is a signature that does not verify.
    key = LogKey(origin=VN.log_key.origin, ed25519=VN.log_key.ed25519, mldsa44=VN.log_key.mldsa44)
    forged = [replace(line, signature=line.signature[::-1]) for line in LINES]
    assert refused(note.encode(TEXT, forged), key) == "CHECKPOINT_SIGNATURE_INVALID"


def test_a_point_that_is_no_key_is_refused() -> None:
    lines = [
        replace(LINES[0], key_id=note.key_id(VN.log_key.origin, note.ED25519_NOTE, b"\xff" * 32)),
        LINES[1],
    ]
    key = replace(VN.log_key, ed25519=b"\xff" * 32)
    assert refused(note.encode(TEXT, lines), key) == "CHECKPOINT_SIGNATURE_INVALID"


ROOT = b64encode(TREE.root()).decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n", "CHECKPOINT_SHAPE"),
        (f"o\n{ROOT}\n", "CHECKPOINT_SHAPE"),
        (f"o\n1\n{ROOT}", "CHECKPOINT_SHAPE"),
        (f"o\n1\n{ROOT}\nx", "CHECKPOINT_SHAPE"),
        (f"o\n1\n{ROOT}\nextension\n", "CHECKPOINT_EXTENSION"),
        (f"o\n1\n{ROOT}\n\n", "CHECKPOINT_EXTENSION"),
        (f"\n1\n{ROOT}\n", "NOTE_NAME"),
        (f"o p\n1\n{ROOT}\n", "NOTE_NAME"),
        (f"o\n\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n01\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n00\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n-1\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n+1\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n1_0\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n\u0661\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n²\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n{2**63}\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n{'9' * 5000}\n{ROOT}\n", "CHECKPOINT_SIZE"),
        (f"o\n0\n{ROOT}\n", "CHECKPOINT_ROOT"),
        ("o\n1\n\n", "CHECKPOINT_ROOT"),
        ("o\n1\nAAAA\n", "CHECKPOINT_ROOT"),
        (f"o\n1\n{ROOT[:-1]}\n", "CHECKPOINT_ROOT"),
        (f"o\n1\n{ROOT[:-2]}{'B' if ROOT[-2] != 'B' else 'C'}=\n", "CHECKPOINT_ROOT"),
    ],
)
def test_each_fault_of_a_text_has_its_code(text: str, code: str | None) -> None:
    with pytest.raises(Malformed) as raised:
        checkpoint.read_text(text)
    assert code_of(raised) == code


@given(st.text(alphabet="ab/019+= \n" + ROOT[:8], max_size=90))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        head = checkpoint.read_text(text)
    except Malformed:
        return
    assert head.text == text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"size": -1}, "CHECKPOINT_SIZE"),
        ({"size": 2**63}, "CHECKPOINT_SIZE"),
        ({"root": b""}, "CHECKPOINT_ROOT"),
        ({"size": 0}, "CHECKPOINT_ROOT"),
        ({"origin": ""}, "NOTE_NAME"),
    ],
)
def test_no_impossible_head_can_be_made(fields: Any, code: str | None) -> None:
    with pytest.raises(Malformed) as raised:
        Checkpoint(**{"origin": "o", "size": 1, "root": bytes(32), **fields})
    assert code_of(raised) == code


@pytest.mark.parametrize("sizes", [(31, 1312), (32, 1311), (1312, 32)])
def test_no_key_of_the_wrong_size_can_be_made(sizes: tuple[int, int]) -> None:
    with pytest.raises(Malformed) as raised:
        LogKey(origin="o", ed25519=bytes(sizes[0]), mldsa44=bytes(sizes[1]))
    assert code_of(raised) == "LOG_KEY_SIZE"


def test_a_signer_signs_for_its_own_log_only() -> None:
    with pytest.raises(Malformed) as raised:
        checkpoint.sign(Checkpoint(origin="another", size=1, root=bytes(32)), VN)
    assert code_of(raised) == "CHECKPOINT_ORIGIN"


@pytest.mark.promise("P13")
def test_a_faulty_signature_does_not_leave_the_signer() -> None:
    faulty = PairLogSigner(log_key=VN.log_key, ed25519=lambda message: bytes(64), mldsa44=VN.mldsa44)
    with pytest.raises(Malformed) as raised:
        TREE.head(faulty)
    assert code_of(raised) == "CHECKPOINT_SIGNATURE_INVALID"


def test_a_signer_does_not_show_its_secrets() -> None:
    assert repr(VN) == f"SoftLogSigner(log_key=LogKey(origin={VN.log_key.origin!r}))"


@dataclass(frozen=True)
class StubKey:
    """Keys of a simulated world: a line is the hash of the text."""

    origin: str

    @property
    def log_key(self) -> "StubKey":
        return self

    def sign_checkpoint(self, text: str) -> tuple[SignatureLine, ...]:
        return (SignatureLine(name=self.origin, key_id=b"stub", signature=sha256(text.encode()).digest()),)

    def cosign(self, text: str, seconds: int) -> tuple[SignatureLine, ...]:
        return (
            SignatureLine(
                name=self.origin, key_id=b"stub", signature=seconds.to_bytes(8) + text.encode()[-32:]
            ),
        )

    def verify_lines(self, text: str, lines: Sequence[SignatureLine]) -> None:
        if list(self.sign_checkpoint(text)) != [line for line in lines if line.name == self.origin]:
            raise Malformed("CHECKPOINT_SIGNATURE_INVALID", "stub")

    def verify_cosignature(self, text: str, lines: Sequence[SignatureLine]) -> int:
        return int.from_bytes(lines[0].signature[:8])


def test_the_keys_of_a_simulated_world_fit() -> None:
    stub = StubKey("longbien/SIM/00000000")
    assert TREE.verified(stub).size == 50
    assert refused(TREE.head(stub).replace(b"\n50\n", b"\n51\n"), stub) == "CHECKPOINT_SIGNATURE_INVALID"


def test_only_the_two_cose_algorithms_are_known() -> None:
    with pytest.raises(Malformed) as raised:
        VN.log_key.verify_root(-7, b"", b"")
    assert code_of(raised) == "COSE_ALGORITHM"
