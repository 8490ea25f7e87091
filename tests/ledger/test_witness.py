from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.ledger import Checkpoint, Fork, ProofInvalid, Weight, checkpoint, merkle, note, witness
from longbien.ledger.witness import advance, cosign, verify_cosignature, verify_fork
from longbien.wire.wellformed import Malformed

from .trees import Tree, code_of, numbered, signer

VN, RU, UNODC = signer("VN"), signer("RU"), signer("UNODC")
TREE = Tree(numbered(60))
FORKED = Tree([*numbered(20), *numbered(40, b"other ")])
RAW = TREE.head(VN)
AT = 1_795_478_400_123
COSIGNATURE = cosign(RAW, RU, AT)


def refused(call: Callable[..., object], *arguments: Any) -> str:
    with pytest.raises(Malformed) as raised:
        call(*arguments)
    return code_of(raised)


def test_a_cosignature_says_when_to_the_second() -> None:
    assert verify_cosignature(RAW, COSIGNATURE, RU.log_key) == AT - 123


def test_the_ed25519_line_covers_the_message_of_tlog_cosignature() -> None:
    line = note.parse_lines(COSIGNATURE)[0]
    message = b"cosignature/v1\ntime 1795478400\n" + RAW.partition(b"\n\n")[0] + b"\n"
    RU.log_key.verify_root(-19, message, line.signature[8:])


def test_cosignatures_are_attached_once_and_the_head_still_verifies() -> None:
    both = witness.attach(witness.attach(RAW, COSIGNATURE), cosign(RAW, UNODC, AT))
    assert witness.attach(both, COSIGNATURE) == both
    assert checkpoint.verify(both, VN.log_key) == checkpoint.verify(RAW, VN.log_key)
    lines = note.encode_lines(note.parse(both).lines)
    for key in (RU.log_key, UNODC.log_key):
        assert verify_cosignature(both, lines, key) == AT - 123


def test_a_note_cannot_be_filled_beyond_its_limit() -> None:
    crowd = note.encode_lines(
        [note.SignatureLine(name=f"w{number}", key_id=bytes(4), signature=b"x") for number in range(79)]
    )
    assert refused(witness.attach, RAW, crowd) == "NOTE_SIGNATURES"


def test_nobody_witnesses_their_own_log() -> None:
    assert refused(cosign, RAW, VN, AT) == "COSIGNATURE_OWN_LOG"


@pytest.mark.promise("P7")
def test_a_cosignature_goes_under_no_other_head() -> None:
    for raw in (TREE.head(VN, 59), TREE.head(UNODC)):
        assert refused(verify_cosignature, raw, COSIGNATURE, RU.log_key) == "COSIGNATURE_INVALID"


def test_a_cosignature_needs_both_lines_once() -> None:
    first, second = note.parse_lines(COSIGNATURE)
    for kept in ([first], [second]):
        assert refused(verify_cosignature, RAW, note.encode_lines(kept), RU.log_key) == "COSIGNATURE_MISSING"
    assert refused(verify_cosignature, RAW, COSIGNATURE * 2, RU.log_key) == "COSIGNATURE_EXTRA"
    assert refused(verify_cosignature, RAW, COSIGNATURE, UNODC.log_key) == "COSIGNATURE_MISSING"


@pytest.mark.parametrize("which", [0, 1])
def test_a_damaged_cosignature_is_refused(which: int) -> None:
    lines = list(note.parse_lines(COSIGNATURE))
    whole = lines[which].signature
    lines[which] = replace(lines[which], signature=whole[:-1] + bytes([whole[-1] ^ 1]))
    assert refused(verify_cosignature, RAW, note.encode_lines(lines), RU.log_key) == "COSIGNATURE_INVALID"
    lines[which] = replace(lines[which], signature=whole[:8])
    assert refused(verify_cosignature, RAW, note.encode_lines(lines), RU.log_key) == "COSIGNATURE_INVALID"


def test_both_lines_name_one_second_and_not_zero() -> None:
    text = note.parse(RAW).text
    early, late = RU.cosign(text, 5), RU.cosign(text, 6)
    mixed = note.encode_lines([early[0], late[1]])
    assert refused(verify_cosignature, RAW, mixed, RU.log_key) == "COSIGNATURE_TIME"
    for stamp in (bytes(8), b"\xff" * 8):
        lines = [replace(line, signature=stamp + line.signature[8:]) for line in early]
        assert refused(verify_cosignature, RAW, note.encode_lines(lines), RU.log_key) == "COSIGNATURE_TIME"


def heads(*sizes: int, tree: Tree = TREE) -> list[Checkpoint]:
    return [tree.verified(VN, size) for size in sizes]


def test_a_witness_follows_a_log_that_grows() -> None:
    known = None
    for size in (0, 1, 7, 7, 32, 60):
        (new,) = heads(size)
        proof = merkle.consistency(known.size, size, TREE.read) if known else ()
        known = advance(known, new, proof)
        assert known == new


def test_a_late_head_leaves_the_witness_where_it_was() -> None:
    small, large = heads(20, 50)
    assert advance(large, small, merkle.consistency(20, 50, TREE.read)) is large
    assert advance(large, *heads(0), ()) is large
    assert refused(advance, large, small, ()) == "CHECKPOINT_OLDER"


def test_where_nothing_is_to_prove_a_proof_is_refused() -> None:
    empty, small, large = heads(0, 20, 50)
    proof = merkle.consistency(20, 50, TREE.read)
    for known, new in ((None, small), (small, small), (empty, large), (large, empty)):
        with pytest.raises(ProofInvalid) as raised:
            advance(known, new, proof)
        assert code_of(raised) == "PROOF_LENGTH"


def test_heads_of_two_logs_are_not_compared() -> None:
    assert refused(advance, heads(20)[0], TREE.verified(RU, 20), ()) == "CHECKPOINT_ORIGIN"


@pytest.mark.promise("P7")
def test_two_roots_of_one_size_prove_a_fork() -> None:
    (known,), (new,) = heads(50), heads(50, tree=FORKED)
    fork = advance(known, new, ())
    assert fork == Fork(older=known.note, newer=new.note)
    assert verify_fork(fork, VN.log_key) is Weight.PROVEN


@pytest.mark.promise("P7")
@settings(max_examples=60, deadline=None)
@given(st.integers(21, 58), st.data())
def test_the_logs_own_proof_convicts_it_unless_the_old_tree_was_one_node(
    old: int, data: st.DataObject
) -> None:
    new = data.draw(st.integers(old + 1, 60))
    (known,), (grown,) = heads(old), heads(new, tree=FORKED)
    fork = advance(known, grown, merkle.consistency(old, new, FORKED.read))
    assert isinstance(fork, Fork)
    one_node = old & (old - 1) == 0
    assert verify_fork(fork, VN.log_key) is (Weight.ALLEGED if one_node else Weight.PROVEN)
    settled = witness.settle(fork, FORKED.read)
    assert verify_fork(settled, VN.log_key) is Weight.PROVEN
    assert witness.decode_fork(witness.encode_fork(settled)) == settled


def test_a_failed_proof_that_opens_nothing_is_an_allegation() -> None:
    (known,), (new,) = heads(30), heads(50, tree=FORKED)
    for proof in ((), (bytes(32),) * len(merkle.consistency(30, 50, TREE.read)), (b"",)):
        fork = advance(known, new, proof)
        assert fork == Fork(older=known.note, newer=new.note)
        assert verify_fork(fork, VN.log_key) is Weight.ALLEGED


@pytest.mark.promise("P7")
def test_an_honest_log_cannot_be_convicted() -> None:
    small, large = heads(30, 50)
    slander = advance(small, large, ())
    assert verify_fork(slander, VN.log_key) is Weight.ALLEGED
    assert witness.settle(slander, TREE.read) == slander
    opening = merkle.opening(30, 50, TREE.read)
    assert refused(verify_fork, replace(slander, opening=opening), VN.log_key) == "FORK_NONE"
    for at in range(len(opening)):
        bent = (*opening[:at], bytes(32), *opening[at + 1 :])
        assert refused(verify_fork, replace(slander, opening=bent), VN.log_key) == "FORK_OPENING"
    foreign = merkle.opening(30, 50, FORKED.read)
    assert refused(verify_fork, replace(slander, opening=foreign), VN.log_key) == "FORK_OPENING"


def test_what_is_no_fork_is_not_taken_for_one() -> None:
    empty, small, large = (head.note for head in heads(0, 20, 50))
    other = heads(50, tree=FORKED)[0].note
    key = VN.log_key
    assert refused(verify_fork, Fork(older=large, newer=small), key) == "FORK_ORDER"
    assert refused(verify_fork, Fork(older=large, newer=TREE.head(VN)[:0] + large), key) == "FORK_NONE"
    assert refused(verify_fork, Fork(older=empty, newer=large), key) == "FORK_NONE"
    assert refused(verify_fork, Fork(older=large, newer=other, opening=(bytes(32),)), key) == "FORK_OPENING"
    assert refused(verify_fork, Fork(older=small, newer=large, opening=(bytes(32),)), key) == "PROOF_LENGTH"
    assert refused(verify_fork, Fork(older=small, newer=other), RU.log_key) == "CHECKPOINT_ORIGIN"


def test_a_fork_of_equal_sizes_needs_no_settling() -> None:
    (known,), (new,) = heads(50), heads(50, tree=FORKED)
    assert refused(witness.settle, advance(known, new, ()), FORKED.read) == "PROOF_RANGE"


def test_heads_without_their_signed_bytes_make_no_evidence() -> None:
    bare = [Checkpoint(origin="o", size=1, root=bytes([mark]) * 32) for mark in (1, 2)]
    with pytest.raises(AssertionError):
        advance(*bare, ())


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_be_refused_as_a_fork(raw: bytes) -> None:
    with pytest.raises(Malformed):
        witness.decode_fork(raw)
