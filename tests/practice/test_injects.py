"""The table of an exercise: what people write is read, whatever else is refused with its row, and a formula stays a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.practice.injects import Fault, Inject, read, read_offset, write_offset

ROLES = ("duty", "lawyer")
HEADING = ["Expected action", "TIME", "Inject", "To", "From"]


def test_columns_come_in_any_order_and_rows_by_their_time():
    rows = [
        HEADING,
        ["Acknowledge", "1:30", "A request comes", "Duty", "State AA"],
        ["", " ", "", "", ""],
        ["", "T+5", '=HYPERLINK("http://a.example")', "all"],
    ]
    assert read(rows, ROLES) == (
        Inject(offset=5 * 60_000, text='=HYPERLINK("http://a.example")'),
        Inject(
            offset=90 * 60_000, sender="State AA", to="duty", text="A request comes", expected="Acknowledge"
        ),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["", "soon", "x"], "INJECT_TIME"),
        (["", "1:75", "x"], "INJECT_TIME"),
        (["", "99999", "x"], "INJECT_TIME"),
        (["", "1", ""], "INJECT_TEXT"),
        (["", "1", "x" * 4001], "INJECT_TEXT"),
        (["", "1", "x", "the press"], "INJECT_TO"),
    ],
)
def test_a_row_that_does_not_fit_is_named(row, code):
    found = read([HEADING, ["", "1", "fits"], row], ROLES)
    assert isinstance(found, Fault)
    assert (found.code, found.where.partition(":")[0]) == (code, "row 3")


def test_a_table_without_rows_columns_or_end_is_refused():
    assert read([], ROLES) == Fault(code="INJECTS_NONE", where="")
    assert read([["time", "who"], ["1", "x"]], ROLES) == Fault(code="INJECTS_HEADING", where="text")
    assert read([["time", "text"]] + [["1", "x"]] * 501, ROLES).code == "INJECTS_MANY"


@given(st.integers(0, 24 * 31 * 3600))
def test_a_time_is_read_as_it_is_written(seconds):
    assert read_offset(write_offset(seconds * 1000)) == seconds * 1000


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6))
def test_any_table_is_read_or_refused(rows):
    found = read(rows, ROLES)
    assert isinstance(found, (tuple, Fault))
