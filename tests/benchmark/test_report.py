"""The benchmark runs, and what it writes has the shape that docs/howto/bench.md describes. No timing is judged here."""

import json

import pytest
from bench import acts, pieces, report
from bench.report import Bar, Row

from longbien.node.lawbook import shipped

SHAPE = {"name", "value", "unit", "against", "ratio", "bar", "ok", "note"}


def test_pieces_are_measured_and_written_in_the_described_shape(tmp_path):
    rows = pieces.rows(0.001, tmp_path)
    report.write(rows, report.machine(), tmp_path / "results.json")
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert set(found) == {"commit", "machine", "rows"}
    assert set(found["machine"]) == {"processor", "processors", "system", "python", "load"}
    assert len(found["rows"]) == len(rows)
    for row in found["rows"]:
        assert set(row) == SHAPE
        assert row["value"] > 0
        assert row["ratio"] > 0
        assert (row["bar"] is None) == (row["ok"] is None)


@pytest.mark.parametrize(
    ("bar", "ratio", "ok"),
    [
        (Bar(value=5, at_least=True), 5.0, True),
        (Bar(value=5, at_least=True), 4.9, False),
        (Bar(value=5, at_least=False), 5.0, True),
        (Bar(value=5, at_least=False), 5.1, False),
        (Bar(value=5, at_least=True), None, None),
        (None, 1.0, None),
    ],
)
def test_a_row_is_judged_only_where_there_are_a_bar_and_a_ratio(bar, ratio, ok):
    assert Row(name="x", value=1.0, unit="s", ratio=ratio, bar=bar).ok is ok


def test_the_table_closes_with_how_many_bars_held_and_missing_rivals_do_not_count():
    good, bad = Bar(value=1, at_least=True), Bar(value=3, at_least=True)
    rows = [
        Row(name="a", value=1.0, unit="s", ratio=2.0, bar=good),
        Row(name="b", value=1.0, unit="s", ratio=2.0, bar=bad),
        Row(name="c", value=None, unit="s", bar=good, note="not installed"),
        Row(name="d", value=200.0, unit="s"),
    ]
    lines = report.table(rows).splitlines()
    assert lines[-1] == "1 passed, 1 failed"
    assert "    not installed" in lines


def test_every_act_of_the_benchmark_has_the_size_of_the_rivals_messages():
    sender = acts.Sender(party="RU", other="VN", people=(bytes(16), bytes([1]) * 16))
    rules = shipped().rules("preservation")
    drafts = [*acts.requests(sender, rules, 2, pieces.AT), *acts.notices([bytes(16)])]
    assert {len(pieces.as_act(draft).encode()) for draft in drafts} == {acts.PAYLOAD_BYTES}
