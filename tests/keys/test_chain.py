"""The chain file: framing, limits, and reading that trusts nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.keys.chain import (
    FORMAT,
    MAX_STATEMENTS,
    decode_chain,
    encode_chain,
    excerpt,
    raw_statements,
    read_papers,
)
from longbien.wire import cbor
from longbien.wire.wellformed import Malformed

from .states import House

HOUSE = House()
STATEMENTS = HOUSE.pinned().statements


def refusal(statements: list[bytes]) -> str:
    with pytest.raises(Malformed) as refused:
        read_papers(statements)
    return refused.value.code


def test_papers_give_back_the_statements_they_were_read_from() -> None:
    assert raw_statements(read_papers(STATEMENTS)) == STATEMENTS
    assert decode_chain(encode_chain(STATEMENTS)) == STATEMENTS


def test_an_empty_or_endless_chain_is_refused_before_anything_is_read() -> None:
    assert refusal([]) == "CHAIN_EMPTY"
    assert refusal([b"not read"] * (MAX_STATEMENTS + 1)) == "CHAIN_TOO_LONG"


def test_a_chain_of_two_parties_is_refused() -> None:
    stranger = House("RU").pinned().statements
    assert refusal([STATEMENTS[0], stranger[1]]) == "CHAIN_PARTY"


def test_a_statement_twice_is_disorder() -> None:
    root, descriptor, seal_keys = STATEMENTS
    assert refusal([root, descriptor, descriptor]) == "CHAIN_ORDER"
    assert refusal([root, descriptor, seal_keys, seal_keys]) == "CHAIN_ORDER"


def test_an_excerpt_is_a_chain_that_says_where_it_stands() -> None:
    for known in range(4):
        shorter = excerpt(STATEMENTS, known=known)
        assert read_papers(shorter).descriptors
        assert shorter[0] == STATEMENTS[0]


@given(st.binary(max_size=64), st.integers(min_value=0, max_value=2))
def test_whatever_stands_in_a_chain_a_reader_raises_malformed_or_reads(noise: bytes, place: int) -> None:
    bent = [noise if number == place else raw for number, raw in enumerate(STATEMENTS)]
    file = cbor.encode({"format": FORMAT, "statements": bent})
    with pytest.raises(Malformed):
        read_papers(decode_chain(file))


def test_a_chain_file_has_nothing_but_its_two_fields() -> None:
    with pytest.raises(Malformed) as refused:
        decode_chain(cbor.encode({"format": FORMAT, "more": 1, "statements": list(STATEMENTS)}))
    assert refused.value.code == "FIELD_UNKNOWN"
