"""Typed reading of records: every wrong field is refused in one way."""

import re
from typing import Any

import pytest
from hypothesis import given

from longbien.wire.fields import INT_MAX, Fields, checked_bytes, checked_int, checked_text
from longbien.wire.wellformed import Malformed

from .values import VALUES


def refusal(read: Any) -> str:
    with pytest.raises(Malformed) as refused:
        read()
    return str(refused.value)


def fields(**content: Any) -> Fields:
    return Fields(content, "record")


@pytest.mark.parametrize("value", [None, True, 1, b"", "x", [], [("a", 1)]])
def test_only_a_map_is_a_record(value: Any) -> None:
    assert refusal(lambda: Fields(value, "record")) == "FIELD_TYPE: record: not a map"


def test_every_reader_returns_what_is_there() -> None:
    record = fields(
        t="abc",
        b=b"xy",
        i=7,
        f=True,
        a=[1, "x"],
        ts=["p", "q"],
        bs=[b"1", b"2"],
        m={"k": 1},
        ms=[{"k": 2}],
        v=None,
    )
    assert record.text("t", max=3) == "abc"
    assert record.bytes("b", size=2) == b"xy"
    assert record.int("i") == 7
    assert record.bool("f") is True
    assert record.array("a", max=2) == (1, "x")
    assert record.texts("ts", max=1, items=2) == ("p", "q")
    assert record.byte_strings("bs", size=1, items=2) == (b"1", b"2")
    inner = record.map("m")
    assert inner.int("k") == 1
    assert [each.int("k") for each in record.maps("ms", max=1)] == [2]
    assert record.value("v") is None
    record.done()
    inner.done()


def test_optional_readers_tell_absent_from_present() -> None:
    record = fields(t="abc", b=b"x", i=0)
    assert record.optional_text("t", max=3) == "abc"
    assert record.optional_bytes("b", max=1) == b"x"
    assert record.optional_int("i") == 0
    assert record.optional_text("none", max=3) is None
    assert record.optional_bytes("none") is None
    assert record.optional_int("none") is None
    assert record.has("t")
    assert not record.has("none")
    record.done()


def test_null_is_not_absent() -> None:
    assert refusal(lambda: fields(t=None).optional_text("t", max=3)) == "FIELD_TYPE: record.t"


READERS = {
    "text": lambda record: record.text("x", max=3),
    "bytes": lambda record: record.bytes("x", max=3),
    "int": lambda record: record.int("x", max=3),
    "bool": lambda record: record.bool("x"),
    "array": lambda record: record.array("x", max=3),
    "texts": lambda record: record.texts("x", max=3, items=3),
    "byte_strings": lambda record: record.byte_strings("x", max=3, items=3),
    "map": lambda record: record.map("x"),
    "maps": lambda record: record.maps("x", max=3),
}


@pytest.mark.parametrize("name", READERS)
def test_a_missing_field_is_named(name: Any) -> None:
    assert refusal(lambda: READERS[name](fields())) == "FIELD_MISSING: record.x"


@pytest.mark.parametrize("name", READERS)
@given(value=VALUES)
def test_whatever_the_value_a_reader_gives_its_type_or_malformed(name: Any, value: Any) -> None:
    try:
        READERS[name](Fields({"x": value}, "record"))
    except Malformed as refused:
        assert refused.code in {"FIELD_TYPE", "FIELD_RANGE"}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("text", b"x", "FIELD_TYPE: record.x"),
        ("text", "", "FIELD_RANGE: record.x"),
        ("text", "abcd", "FIELD_RANGE: record.x"),
        ("bytes", "x", "FIELD_TYPE: record.x"),
        ("bytes", b"abcd", "FIELD_RANGE: record.x: 4 bytes"),
        ("int", True, "FIELD_TYPE: record.x"),
        ("int", "1", "FIELD_TYPE: record.x"),
        ("int", -1, "FIELD_RANGE: record.x"),
        ("int", 4, "FIELD_RANGE: record.x"),
        ("bool", 1, "FIELD_TYPE: record.x"),
        ("array", "abc", "FIELD_TYPE: record.x"),
        ("array", {}, "FIELD_TYPE: record.x"),
        ("array", [1, 2, 3, 4], "FIELD_RANGE: record.x: 4 members"),
        ("texts", ["a", 1], "FIELD_TYPE: record.x"),
        ("byte_strings", [b"a", "b"], "FIELD_TYPE: record.x"),
        ("map", [], "FIELD_TYPE: record.x: not a map"),
        ("maps", [{}, 1], "FIELD_TYPE: record.x[1]: not a map"),
    ],
)
def test_a_wrong_field_is_named_with_its_place(name: Any, value: Any, told: Any) -> None:
    assert refusal(lambda: READERS[name](fields(x=value))) == told


def test_done_refuses_what_nobody_has_read() -> None:
    record = fields(a=1, b=2)
    record.int("a")
    assert refusal(record.done) == "FIELD_UNKNOWN: record.b"
    assert record.has("b")
    assert refusal(record.done) == "FIELD_UNKNOWN: record.b"


@pytest.mark.parametrize("name", ["with space", "line\nfeed", "x" * 33, "é", ""])
def test_a_strange_name_from_outside_is_not_repeated(name: Any) -> None:
    assert refusal(Fields({name: 1}, "record").done) == "FIELD_UNKNOWN: record.?"


def test_integer_labels_are_names_too() -> None:
    assert refusal(Fields({-7: 1}, "header").done) == "FIELD_UNKNOWN: header.-7"


def test_a_form_must_match_the_whole_text() -> None:
    form = re.compile(r"[a-z]+")
    assert checked_text("abc", "x", max=5, form=form) == "abc"
    assert refusal(lambda: checked_text("abc\n", "x", max=5, form=form)) == "FIELD_RANGE: x"


def test_limits_are_included() -> None:
    assert checked_text("", "x", max=3, min=0) == ""
    assert checked_bytes(b"ab", "x", min=2, max=2) == b"ab"
    assert refusal(lambda: checked_bytes(b"a", "x", min=2)) == "FIELD_RANGE: x: 1 bytes"
    assert refusal(lambda: checked_bytes(b"a", "x", size=2)) == "FIELD_RANGE: x: 1 bytes"
    assert checked_int(INT_MAX, "x") == INT_MAX
    assert refusal(lambda: checked_int(INT_MAX + 1, "x")) == "FIELD_RANGE: x"
