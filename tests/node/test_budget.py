"""What a node's work may cost its store, counted: statements and rows are exact where seconds are not."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from bench import raw

from law import sample
from longbien.cli.commands import COMMANDS
from longbien.law import guards, problems
from longbien.node import Denied, Sent, pages

from .pair import NOW, Pair, Side, pair

BODIES = sample.preservation(NOW)
# Rows that an act writes at both nodes from its sending to its receipt, its clocks aside: a room that adds one has to say so here.
ROWS_OF_AN_OPENING, ROWS_OF_AN_ACT = 22, 21
# What is asked all day; the tables that hold what was ever sent, ordered or told.
GROWING = "drafts|statements|leaves|entries|exchanges|outcomes|receipts|queue|events|pages|checkpoints"


@pytest.fixture
def here() -> Iterator[Pair]:
    made = pair()
    yield made
    made.vn.store.close()
    made.ru.store.close()


@contextmanager
def watched(*sides: Side) -> Iterator[list[tuple[str, int, object]]]:
    """Every statement that reaches the stores, how many rows it is for, and its values."""
    found: list[tuple[str, int, object]] = []

    def noted(_connection, _cursor, statement, values, _context, many):
        found.append((statement, len(values) if many else 1, values))

    for side in sides:
        sqlalchemy.event.listen(side.store._engine, "before_cursor_execute", noted)
    yield found
    for side in sides:
        sqlalchemy.event.remove(side.store._engine, "before_cursor_execute", noted)


def approved(side: Side, count: int, exchanges: list[bytes]) -> list[bytes]:
    """So many openings, or a question about each of these exchanges, approved and not sent."""
    made = []
    for number in range(count):
        where = {"exchange": exchanges[number]} if exchanges else {"to": "RU", "procedure": "preservation"}
        act = "ask_status" if exchanges else "open"
        draft = side.draft(act, BODIES[act], **where)
        assert not isinstance(draft, Denied), draft
        for assertion in side.sign(draft.digest):
            assert not isinstance(side.node.desk.approve(draft.id, assertion), Denied)
        made.append(draft.id)
    return made


def sent(here: Pair, count: int, exchanges: list[bytes]) -> tuple[int, Counter[str], list[bytes]]:
    """How many statements a batch of so many acts is, how many rows each table gets, and the exchanges."""
    drafts = approved(here.vn, count, exchanges)
    with watched(here.vn, here.ru) as found:
        done = here.vn.node.desk.send_all(drafts)
        assert here.deliver() == count
    rows: Counter[str] = Counter()
    for statement, many, _ in found:
        written = re.match(r"(?:INSERT(?: OR \w+)? INTO|UPDATE) (\w+)", statement)
        if written and written[1] != "clocks":
            rows[written[1]] += many
    return len(found), rows, [item.exchange for item in done if isinstance(item, Sent)]


@pytest.mark.parametrize("opening", [True, False], ids=["openings", "acts"])
def test_a_batch_is_as_many_statements_whatever_its_size_and_few_rows_for_each_act(here, opening):
    # The first batch of a node also reads what later ones find in memory.
    exchanges = sent(here, 12, [])[2]
    if opening:
        exchanges = []
    few, rows_of_few, _ = sent(here, 2, exchanges[:2])
    many, rows_of_many, _ = sent(here, 10, exchanges[2:])
    assert few == many
    each = (rows_of_many.total() - rows_of_few.total()) / 8
    assert each <= (ROWS_OF_AN_OPENING if opening else ROWS_OF_AN_ACT), rows_of_many - rows_of_few


def test_the_bench_compares_with_as_many_rows_as_an_act_writes():
    assert sum(map(sum, (raw.SENT, raw.HOSTED, raw.SETTLED))) == ROWS_OF_AN_ACT


def test_nothing_that_a_node_asks_by_itself_reads_a_whole_table_that_only_grows(here):
    _, _, exchanges = sent(here, 3, [])
    approved(here.vn, 2, exchanges)
    with watched(here.vn) as found:
        here.vn.node.clockwork.tick()
        pages.tick(here.vn.node, ("mail",))
        here.vn.node.delivery.lanes()
        COMMANDS["status"](here.vn.node, {})
        with here.vn.store.transaction() as tx:
            tx.desk.open_drafts()
            tx.desk.count_open()
    asked = {statement: values for statement, _, values in found if statement.startswith("SELECT")}
    with here.vn.store._engine.begin() as connection:
        for statement, values in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            whole = [row[-1] for row in plan if re.fullmatch(rf"SCAN ({GROWING})", row[-1])]
            assert not whole, f"{statement}\n{whole}"


def test_the_fields_of_an_act_are_read_through_once_at_each_side(here, monkeypatch):
    looked = []
    monkeypatch.setattr(
        guards, "problems", lambda fields, body, types: looked.append(body) or problems(fields, body, types)
    )
    (draft,) = approved(here.vn, 1, [])
    assert len(looked) == 1
    assert isinstance(here.vn.node.desk.send(draft), Sent)
    assert len(looked) == 1
    assert here.deliver() == 1
    assert len(looked) == 2
