from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.ledger import Entry, Notice, Proposed, Received, Rejection, notice, records
from longbien.wire import cbor
from longbien.wire.wellformed import Malformed

from .trees import code_of

B16, B32 = st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32)
HEADS = B32.filter(any)
AT = st.integers(0, 2**63 - 1)
PLACES = st.integers(2, 2**63 - 1)
CODES = st.from_regex(r"[A-Z][A-Z0-9]{0,20}([_-][A-Z0-9]{1,20}){0,2}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True).filter(lambda name: name != "kind")
SCALARS = st.integers(-(2**63) + 1, 2**63 - 1) | st.text(max_size=50) | st.binary(max_size=50)

PROPOSED = st.builds(Proposed, exchange=B16, act=B32, at=AT)
ENTRY = st.builds(Entry, exchange=B16, position=PLACES, previous=HEADS, act=B32, at=AT, state=B32)
REJECTION = st.builds(
    Rejection,
    exchange=B16,
    act=B32,
    at=AT,
    code=CODES,
    stage=st.from_regex(r"([a-z][a-z0-9_-]{0,30})?", fullmatch=True),
    position=PLACES,
    head=HEADS,
)
RECEIVED = st.builds(
    Received,
    exchange=B16,
    position=PLACES,
    entry=B32,
    act=B32,
    at=AT,
    verdict=CODES | st.just("applied"),
    state=B32,
)
NOTICE = st.builds(
    lambda kind, fields: notice(kind, **fields),
    st.sampled_from(["descriptor", "pinned", "approval", "fork", "key", "read-access"]),
    st.dictionaries(NAMES, SCALARS, max_size=8),
)
RECORDS = PROPOSED | ENTRY | REJECTION | RECEIVED | NOTICE

FIRST = Entry(exchange=bytes(16), position=1, previous=records.NO_HEAD, act=b"a" * 32, at=1, state=b"s" * 32)


def refused(call: Callable[..., object], *arguments: Any) -> str:
    with pytest.raises(Malformed) as raised:
        call(*arguments)
    return code_of(raised)


@given(RECORDS)
def test_every_record_is_read_back(record: Any) -> None:
    raw = records.encode(record)
    assert records.decode(raw) == record
    assert cbor.decode(raw)["kind"] == record.kind


def test_the_head_of_a_chain_is_the_digest_of_its_last_entry() -> None:
    assert records.head(FIRST) == sha256(records.encode(FIRST)).digest()


@pytest.mark.promise("P4")
def test_the_first_entry_alone_follows_the_empty_head() -> None:
    assert refused(records.encode, replace(FIRST, position=2)) == "RECORD_PREVIOUS"
    assert refused(records.encode, replace(FIRST, previous=b"p" * 32)) == "RECORD_PREVIOUS"
    late = Rejection(
        exchange=bytes(16), act=bytes(32), at=1, code="NOT_OPEN", stage="", position=0, head=records.NO_HEAD
    )
    assert records.decode(records.encode(late)) == late
    assert refused(records.encode, replace(late, position=1)) == "RECORD_PREVIOUS"


@given(RECORDS, st.data())
def test_no_record_is_taken_with_a_field_more_or_less(record: Any, data: st.DataObject) -> None:
    values = cbor.decode(records.encode(record))
    if isinstance(record, Notice):
        assert refused(records.decode, cbor.encode({**values, "sub": {}})) == "RECORD_FIELD"
        return
    assert refused(records.decode, cbor.encode({**values, "more": 1})) == "FIELD_UNKNOWN"
    name = data.draw(st.sampled_from(sorted(set(values) - {"kind"})))
    del values[name]
    assert refused(records.decode, cbor.encode(values)) == "FIELD_MISSING"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": 1}, "FIELD_TYPE"),
        ({"kind": ""}, "FIELD_RANGE"),
        ({"kind": "Entry"}, "LEAF_KIND"),
        ({"kind": "proposed"}, "FIELD_UNKNOWN"),
        ({"exchange": bytes(15)}, "FIELD_RANGE"),
        ({"act": bytes(33)}, "FIELD_RANGE"),
        ({"position": 0}, "FIELD_RANGE"),
        ({"at": -1}, "FIELD_RANGE"),
        ({"at": 2**63}, "FIELD_RANGE"),
        ({"at": True}, "FIELD_TYPE"),
    ],
)
def test_an_entry_beyond_its_limits_is_refused(change: Any, code: str | None) -> None:
    values = cbor.decode(records.encode(FIRST))
    assert refused(records.decode, cbor.encode({**values, **change})) == code


@pytest.mark.parametrize("verdict", ["", "Applied", "applied ", "denied", "A--B", "-A", "A_", "A" * 65])
def test_a_verdict_is_applied_or_a_code(verdict: str) -> None:
    record = Received(
        exchange=bytes(16), position=1, entry=bytes(32), act=bytes(32), at=1, verdict=verdict, state=bytes(32)
    )
    assert refused(records.encode, record) == "FIELD_RANGE"


@pytest.mark.parametrize(
    "fields",
    [
        {"A": 1},
        {"a b": 1},
        {"": 1},
        {1: 1},
        {"a" * 33: 1},
        {"flag": True},
        {"nothing": None},
        {"list": []},
        {"large": 2**63},
        {"small": -(2**63)},
        {"text": "x" * (records.MAX_NOTICE_TEXT + 1)},
        {"bytes": bytes(records.MAX_NOTICE_BYTES + 1)},
        {f"f{number}": 1 for number in range(33)},
    ],
)
def test_a_notice_has_few_plain_fields(fields: Any) -> None:
    assert refused(records.decode, cbor.encode({"kind": "pinned", **fields})) == "RECORD_FIELD"


def test_a_notice_is_asked_by_name() -> None:
    found = notice("pinned", party="RU", at=5)
    assert (found["party"], found["at"]) == ("RU", 5)
    assert found == notice("pinned", at=5, party="RU")


def test_a_notice_may_not_pass_for_another_record() -> None:
    values = cbor.decode(records.encode(FIRST))
    fields = tuple(sorted((name, value) for name, value in values.items() if name != "kind"))
    assert refused(records.encode, Notice(kind="entry", fields=fields)) == "RECORD_KIND"


@pytest.mark.parametrize("fields", [(("kind", 1),), (("b", 1), ("a", 1)), (("a", 1), ("a", 1))])
def test_the_fields_of_a_notice_stand_in_order_and_once(fields: Any) -> None:
    assert refused(records.encode, Notice(kind="pinned", fields=fields)) == "RECORD_FIELD"


@given(st.binary(max_size=80))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    try:
        record = records.decode(raw)
    except Malformed:
        return
    assert records.encode(record) == raw


@pytest.mark.parametrize("raw", [b"\x80", b"\x01", b"\xa0", cbor.encode({"kind": "entry"})])
def test_what_is_no_map_with_a_kind_is_refused(raw: bytes) -> None:
    assert refused(records.decode, raw) in {"FIELD_TYPE", "FIELD_MISSING"}
