"""The State root, in the manner of the TUF conformance tests."""

from dataclasses import replace

import pytest

from longbien.keys.drafting import next_root
from longbien.keys.lifetimes import ROOT_LONGEST
from longbien.keys.root import (
    Root,
    decode_root,
    encode_root,
    fingerprint_of,
    open_root,
    sign_root,
    verify_by_root,
    verify_first,
    verify_next,
)
from longbien.wire import cbor, statement
from longbien.wire.suites import Signer
from longbien.wire.wellformed import Malformed

from .states import NOW, SUITES, House, StubSigner, keys_of, signed_root

VN = House()
FIRST = VN.roots[0]
NEXT_HOLDERS: list[Signer] = [StubSigner(f"next-{n}") for n in range(5)]
SECOND = next_root(FIRST, keys_of(NEXT_HOLDERS), 3, NOW)


def code_of(error: pytest.ExceptionInfo[Malformed]) -> str:
    return error.value.code


def refuses(document: Root) -> str:
    with pytest.raises(Malformed) as error:
        encode_root(document)
    return code_of(error)


def next_refused(document: Root, signers: list[Signer]) -> str:
    with pytest.raises(Malformed) as error:
        verify_next(FIRST, signed_root(document, signers), SUITES)
    return code_of(error)


def test_a_root_reads_back_as_it_was_written() -> None:
    assert decode_root(encode_root(VN.root)) == VN.root


def test_the_fingerprint_covers_the_document_and_not_the_signatures() -> None:
    other = signed_root(VN.root, VN.holders[1:])
    assert other.fingerprint == FIRST.fingerprint == fingerprint_of(encode_root(VN.root))
    assert other.statements[0].raw != FIRST.statements[0].raw


def test_a_first_root_holds_when_its_own_threshold_signed() -> None:
    verify_first(FIRST, VN.fingerprint, SUITES)
    verify_first(signed_root(VN.root, VN.holders), VN.fingerprint, SUITES)


def test_a_first_root_with_another_fingerprint_is_refused() -> None:
    with pytest.raises(Malformed) as error:
        verify_first(FIRST, bytes(32), SUITES)
    assert code_of(error) == "ROOT_NOT_PINNED"


def test_one_signer_less_than_the_threshold_is_refused() -> None:
    with pytest.raises(Malformed) as error:
        verify_first(signed_root(VN.root, VN.holders[:1]), VN.fingerprint, SUITES)
    assert code_of(error) == "ROOT_THRESHOLD"


def test_a_forged_signature_is_refused() -> None:
    class Forger(StubSigner):
        def sign(self, algorithm: int, message: bytes) -> bytes:
            return bytes(32)

    forged = sign_root(VN.root, [VN.holders[0], Forger("VN-root-1")], suites=SUITES)
    with pytest.raises(Malformed) as error:
        verify_first(open_root(statement.parse(forged)), VN.fingerprint, SUITES)
    assert code_of(error) == "SIGNATURE_INVALID"


def test_both_thresholds_hand_over_in_one_statement() -> None:
    verify_next(FIRST, signed_root(SECOND, [*VN.holders[:2], *NEXT_HOLDERS[:3]]), SUITES)


def test_both_thresholds_hand_over_in_two_statements() -> None:
    old = statement.parse(sign_root(SECOND, VN.holders[1:], suites=SUITES))
    new = statement.parse(sign_root(SECOND, NEXT_HOLDERS[2:], suites=SUITES))
    verify_next(FIRST, open_root(old, new), SUITES)


def test_signers_in_two_statements_count_once() -> None:
    again = statement.parse(sign_root(SECOND, VN.holders[:1], suites=SUITES))
    also = statement.parse(sign_root(SECOND, [VN.holders[0], *NEXT_HOLDERS[:3]], suites=SUITES))
    with pytest.raises(Malformed) as error:
        verify_next(FIRST, open_root(again, also), SUITES)
    assert code_of(error) == "ROOT_THRESHOLD"


@pytest.mark.parametrize(
    ("old", "new"), [(2, 0), (0, 3), (1, 3), (2, 2)], ids=["old only", "new only", "old short", "new short"]
)
def test_a_next_root_needs_both_thresholds(old: int, new: int) -> None:
    assert next_refused(SECOND, [*VN.holders[:old], *NEXT_HOLDERS[:new]]) == "ROOT_THRESHOLD"


def test_a_stranger_among_the_signers_is_refused() -> None:
    signers = [*VN.holders[:2], *NEXT_HOLDERS[:3], StubSigner("stranger")]
    assert next_refused(SECOND, signers) == "SIGNER_UNKNOWN"


def test_a_holder_of_both_roots_counts_on_both_sides() -> None:
    document = next_root(FIRST, keys_of([*VN.holders[1:], StubSigner("new")]), 2, NOW)
    verify_next(FIRST, signed_root(document, VN.holders[1:]), SUITES)


@pytest.mark.parametrize(
    "change",
    [{"version": 3}, {"previous": bytes(31) + b"\x01"}, {"party": "RU"}],
    ids=["gap", "previous", "party"],
)
def test_a_next_root_follows_on_exactly(change: dict[str, object]) -> None:
    document = replace(SECOND, **change)  # type: ignore[arg-type]
    assert next_refused(document, [*VN.holders[:2], *NEXT_HOLDERS[:3]]) == "ROOT_CHAIN_BROKEN"


@pytest.mark.promise("P15")
def test_a_root_moves_to_a_higher_suite_and_never_to_a_lower_one() -> None:
    low, high = House(suite=1), House(suite=7)
    up = next_root(low.roots[0], high.root.keys, 2, NOW)
    both = [statement.parse(sign_root(up, house.holders[:2], suites=SUITES)) for house in (low, high)]
    verify_next(low.roots[0], open_root(*both), SUITES)
    down = next_root(high.roots[0], low.root.keys, 2, NOW)
    both = [statement.parse(sign_root(down, house.holders[:2], suites=SUITES)) for house in (high, low)]
    with pytest.raises(Malformed) as error:
        verify_next(high.roots[0], open_root(*both), SUITES)
    assert code_of(error) == "ROOT_SUITE_LOWERED"


def test_a_later_root_can_be_pinned_alone_when_its_own_holders_signed_apart() -> None:
    old = statement.parse(sign_root(SECOND, VN.holders[:2], suites=SUITES))
    new = statement.parse(sign_root(SECOND, NEXT_HOLDERS[:3], suites=SUITES))
    signed = open_root(old, new)
    verify_first(signed, signed.fingerprint, SUITES)
    with pytest.raises(Malformed) as error:
        verify_first(open_root(old), signed.fingerprint, SUITES)
    assert code_of(error) == "ROOT_THRESHOLD"


def test_a_later_root_signed_by_both_in_one_statement_is_pinned_with_its_forerunner() -> None:
    signed = signed_root(SECOND, [*VN.holders[:2], *NEXT_HOLDERS[:3]])
    verify_first(signed, signed.fingerprint, SUITES, before=FIRST)
    for stranger in (None, House("RU").roots[0]):
        with pytest.raises(Malformed) as error:
            verify_first(signed, signed.fingerprint, SUITES, before=stranger)
        assert code_of(error) == "ROOT_THRESHOLD"


def test_statements_by_the_root_need_its_threshold() -> None:
    verify_by_root(statement.parse(VN.descriptors[0]), VN.root, SUITES)
    alone = statement.parse(VN.described(VN.descriptor, VN.holders[:1]))
    with pytest.raises(Malformed) as error:
        verify_by_root(alone, VN.root, SUITES)
    assert code_of(error) == "ROOT_THRESHOLD"


@pytest.mark.parametrize(("threshold", "holders"), [(1, 3), (2, 4), (2, 5), (4, 3)])
def test_a_threshold_is_a_majority_of_two_or_more(threshold: int, holders: int) -> None:
    keys = keys_of([StubSigner(str(n)) for n in range(holders)])
    assert refuses(replace(VN.root, keys=keys, threshold=threshold)) == "ROOT_THRESHOLD_LOW"


def test_the_same_key_does_not_count_twice() -> None:
    first, second, _ = VN.root.keys
    assert refuses(replace(VN.root, keys=(first, second, first))) == "ROOT_KEY_TWICE"


@pytest.mark.parametrize("half", [0, 1])
def test_half_a_key_again_does_not_count_twice(half: int) -> None:
    first, second, third = VN.root.keys
    halves = list(third.public)
    halves[half] = first.public[half]
    mixed = replace(third, public=(halves[0], halves[1]))
    assert refuses(replace(VN.root, keys=(first, second, mixed))) == "ROOT_KEY_TWICE"


def test_other_unsound_roots_are_never_written() -> None:
    other = StubSigner("x", 1).verify_key
    assert refuses(replace(VN.root, keys=(*VN.root.keys[:2], other))) == "ROOT_SUITES_MIXED"
    assert refuses(replace(VN.root, keys=VN.root.keys[:2])) == "FIELD_RANGE"
    assert refuses(replace(VN.root, expires_at=NOW)) == "ROOT_TOO_LONG"
    assert refuses(replace(VN.root, expires_at=NOW + ROOT_LONGEST + 1)) == "ROOT_TOO_LONG"
    assert refuses(replace(VN.root, previous=b"\x01" * 32)) == "ROOT_PREVIOUS"
    assert refuses(replace(SECOND, previous=bytes(32))) == "ROOT_PREVIOUS"
    assert refuses(replace(VN.root, party="vn")) == "FIELD_RANGE"


def test_a_document_of_another_kind_is_refused() -> None:
    fields = cbor.decode(encode_root(VN.root))
    assert isinstance(fields, dict)
    for change, code in (({"kind": "descriptor"}, "FIELD_RANGE"), ({"keys": [1, 2, 3]}, "FIELD_TYPE")):
        with pytest.raises(Malformed) as error:
            decode_root(cbor.encode(fields | change))
        assert code_of(error) == code


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "act"},
        {"issuer": "RU"},
        {"audience": ("RU",)},
        {"subject": bytes(16)},
        {"descriptor": bytes(32)},
    ],
    ids=str,
)
def test_header_and_document_must_agree(change: dict[str, object]) -> None:
    heading = {
        "kind": "root",
        "issuer": "VN",
        "audience": ("ALL",),
        "subject": b"",
        "descriptor": b"",
    } | change
    made = statement.make(encode_root(VN.root), signers=VN.holders[:2], suites=SUITES, **heading)  # type: ignore[arg-type]
    with pytest.raises(Malformed) as error:
        open_root(statement.parse(made))
    assert code_of(error) == "ROOT_STATEMENT"


def test_statements_of_one_root_carry_the_same_bytes() -> None:
    other = statement.parse(sign_root(replace(VN.root, expires_at=NOW + 1), VN.holders[:2], suites=SUITES))
    with pytest.raises(Malformed) as error:
        open_root(FIRST.statements[0], other)
    assert code_of(error) == "ROOT_STATEMENT"
