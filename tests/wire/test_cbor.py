"""Deterministic CBOR: one form for every value, and nothing but `Malformed` for anything else."""

import copy
import enum
import types
from decimal import Decimal
from typing import Any

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from longbien.wire import cbor
from longbien.wire.wellformed import Malformed, fault

from .values import VALUES, mutated


def refusal(data: bytes, **more: int) -> str:
    with pytest.raises(Malformed) as refused:
        cbor.decode(data, **more)
    return refused.value.code


@given(VALUES)
def test_decode_undoes_encode(value: Any) -> None:
    data = cbor.encode(value)
    assert cbor.decode(data) == value
    assert cbor.encode(cbor.decode(data)) == data


@given(VALUES)
def test_a_second_reading_of_the_rules_finds_no_fault_in_what_encode_writes(value: Any) -> None:
    assert fault(cbor.encode(value)) is None


@settings(max_examples=600)
@given(st.one_of(st.binary(max_size=80), VALUES.map(cbor2.dumps), VALUES.map(cbor.encode).flatmap(mutated)))
@example(b"\xa1\x80\x00")
@example(b"\xf8\xff")
def test_whatever_the_bytes_decode_gives_a_value_or_malformed(data: Any) -> None:
    try:
        value = cbor.decode(data)
    except Malformed as refused:
        found = fault(data)
        # Both readings of the rules agree that there is a fault, so the code is the scanner's.
        assert found is not None
        assert found.code == refused.code
    else:
        assert fault(data) is None
        assert cbor.encode(value) == data


@given(st.dictionaries(st.one_of(st.text(max_size=3), st.integers(-300, 300)), st.just(0), max_size=8))
def test_keys_stand_in_the_order_of_their_encoded_bytes(value: Any) -> None:
    # Seen from the bytes: RFC 8949 §4.2.1 asks for this order, RFC 7049 asked for another.
    encoded = [cbor.encode(key) for key in cbor.decode(cbor.encode(value))]
    assert encoded == sorted(encoded)


def test_the_order_is_not_the_librarys_canonical_order() -> None:
    assert cbor.encode({-1: 0, 24: 0}) == bytes.fromhex("a21818002000")
    assert cbor2.dumps({-1: 0, 24: 0}, canonical=True) == bytes.fromhex("a22000181800")
    assert refusal(bytes.fromhex("a22000181800")) == "CBOR_NOT_CANONICAL"


def test_tuples_are_arrays_and_mappings_are_maps() -> None:
    assert cbor.decode(cbor.encode((1, (2,), types.MappingProxyType({"a": 1})))) == [1, [2], {"a": 1}]


def test_members_of_text_and_number_enumerations_are_their_values() -> None:
    class Word(enum.StrEnum):
        YES = "yes"

    class Count(enum.IntEnum):
        TWO = 2

    data = cbor.encode({Word.YES: Count.TWO, Count.TWO: Word.YES})
    assert cbor.decode(data) == {"yes": 2, 2: "yes"}
    assert {type(key) for key in cbor.decode(data)} == {str, int}


# The shapes that the swift library takes for a link: a digest with its heading (version 0), and the same with a version.
LINK_SHAPES = (
    b"\x12\x20" + bytes(32),
    b"\x01\x71\x12\x20" + bytes(32),
    b"\x01\x55\x12\x20" + bytes(range(32)),
)


@pytest.mark.parametrize("link", LINK_SHAPES)
def test_bytes_that_look_like_a_link_are_bytes(link: bytes) -> None:
    value = {"name": [link, {"digest": link}]}
    assert cbor.encode(value) == cbor2.dumps(value)
    assert cbor.decode(cbor.encode(value)) == value
    # The tag itself is refused like any other.
    tagged = b"\xd8\x2a\x58" + bytes([1 + len(link)]) + b"\0" + link
    assert refusal(tagged) == refusal(b"\xc1" + tagged[2:]) == "CBOR_TYPE"


@given(
    st.recursive(st.one_of(st.sampled_from((*LINK_SHAPES, b"\xd8\x2a")), st.binary(), st.text()), st.lists)
)
def test_what_is_written_swiftly_is_what_is_written_slowly(value: Any) -> None:
    assert cbor.encode(value) == cbor2.dumps(value)
    assert cbor.decode(cbor.encode(value)) == value


def test_bytes_of_a_type_of_their_own_are_bytes() -> None:
    class Digest(bytes):
        """A name for some bytes."""

    assert cbor.encode([Digest(b"x")]) == cbor.encode([b"x"])


@pytest.mark.parametrize(
    "value",
    [
        *(1.0, {1, 2}, bytearray(b"x"), memoryview(b"x"), Decimal(1), object(), range(3), iter(())),
        *(cbor2.CBORTag(1, 2), cbor2.undefined),
        *([1.5], {"a": 1.5}, {1.5: 1}, {b"x": 1}, {None: 1}, {True: 1}, {(1,): 1}),
    ],
)
def test_encode_refuses_python_types_that_have_no_place_on_the_wire(value: Any) -> None:
    with pytest.raises(TypeError):
        cbor.encode(value)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1 << 64, "CBOR_TOO_LARGE"),
        (-(1 << 64) - 1, "CBOR_TOO_LARGE"),
        ({1 << 64: 0}, "CBOR_TOO_LARGE"),
        ("\ud800", "CBOR_TEXT"),
        ({"\udfff": 0}, "CBOR_TEXT"),
        (b"\0" * cbor.MAX_BYTES, "CBOR_TOO_LARGE"),
        ([0] * cbor.MAX_ITEMS, "CBOR_TOO_LARGE"),
    ],
)
def test_encode_refuses_what_decode_would_refuse(value: Any, code: Any) -> None:
    with pytest.raises(Malformed) as refused:
        cbor.encode(value)
    assert refused.value.code == code


def test_two_keys_that_are_one_on_the_wire_are_refused() -> Any:
    class Name(str):
        __slots__ = ()

        def __eq__(self, other: Any) -> Any:
            return self is other

        def __hash__(self) -> Any:
            return id(self)

    with pytest.raises(Malformed, match="CBOR_DUPLICATE_KEY"):
        cbor.encode({Name("a"): 1, Name("a"): 2})


def nested(levels: int, innermost: Any) -> Any:
    value = innermost
    for _ in range(levels):
        value = [value]
    return value


def test_sixteen_levels_pass_and_seventeen_do_not_in_both_directions() -> None:
    assert cbor.decode(cbor.encode(nested(15, []))) == nested(15, [])
    assert cbor.decode(cbor.encode(nested(16, 0))) == nested(16, 0)
    for deep in (nested(16, []), nested(16, {}), nested(17, 0), nested(5000, 0)):
        with pytest.raises(Malformed, match="CBOR_DEPTH"):
            cbor.encode(deep)


def test_a_value_that_holds_itself_is_too_deep() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(Malformed, match="CBOR_DEPTH"):
        cbor.encode(loop)


def test_items_are_bounded_in_both_directions() -> None:
    most = [0] * (cbor.MAX_ITEMS - 1)
    data = cbor.encode(most)
    assert cbor.decode(data) == most
    over = b"\x9a" + cbor.MAX_ITEMS.to_bytes(4, "big") + bytes(cbor.MAX_ITEMS)
    assert refusal(over) == "CBOR_TOO_LARGE"
    assert refusal(over[:-1]) == "CBOR_TOO_LARGE"


def test_nested_items_and_pairs_count_once() -> None:
    # One outer array, its maps, and two items for each pair in them.
    pairs = dict.fromkeys(range(9), 0)
    count = (cbor.MAX_ITEMS - 1) // (1 + 2 * len(pairs))
    assert cbor.decode(cbor.encode([pairs] * count)) == [pairs] * count
    with pytest.raises(Malformed, match="CBOR_TOO_LARGE"):
        cbor.encode([pairs] * (count + 1))


def test_a_limit_counts_bytes_in_both_directions() -> None:
    assert cbor.decode(cbor.encode(b"ab", limit=3), limit=3) == b"ab"
    with pytest.raises(Malformed, match="CBOR_TOO_LARGE"):
        cbor.encode(b"abc", limit=3)
    assert refusal(b"\x43abc", limit=3) == "CBOR_TOO_LARGE"
    assert refusal(bytes(cbor.MAX_BYTES + 1)) == "CBOR_TOO_LARGE"


TAGS = [*range(300), 1000, 1001, 1040, 22098, 25441, 43000, 55799, 65535, 1 << 31, (1 << 64) - 1]


def head(major: int, argument: int) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(argument, 0))[:-1] if major == 6 else cbor2.dumps(argument)


@pytest.mark.parametrize("content", ["00", "80", "4100", "6161", "820000", "a0", "c000"])
def test_no_tag_is_ever_decoded(content: Any) -> None:
    for tag in TAGS:
        assert refusal(head(6, tag) + bytes.fromhex(content)) == "CBOR_TYPE"


def test_a_tag_is_refused_before_the_library_builds_anything_from_it() -> None:
    # Tag 35 is a regular expression: this one would be compiled, and it is not valid.
    with pytest.raises(Malformed) as refused:
        cbor.decode(bytes.fromhex("d8236128"))
    cause = refused.value.__cause__
    assert "TagRefused" in type(cause.__cause__).__name__


def test_a_fault_that_only_the_library_sees_is_still_malformed(monkeypatch: Any) -> None:
    # The two readings of the rules have never differed; if a later library were stricter, its refusal stands.
    monkeypatch.setattr(cbor, "fault", lambda _data: None)
    assert refusal(b"\xff") == "CBOR_INVALID"


def test_malformed_says_code_and_place_and_survives_copying() -> None:
    refused = Malformed("CBOR_DEPTH", "near byte 3")
    again = copy.deepcopy(refused)
    assert (again.code, again.detail, str(again)) == ("CBOR_DEPTH", "near byte 3", "CBOR_DEPTH: near byte 3")
    assert str(Malformed("CBOR_DEPTH")) == "CBOR_DEPTH"
    assert isinstance(refused, ValueError)


def test_digest_is_sha256() -> None:
    assert cbor.digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
