"""The direct way to SQLite gives what SQLAlchemy's own connection gives, for every kind of statement of the store."""

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, update

from longbien.exercise.lean import LeanConnection
from longbien.store import Store
from longbien.store.schema import outbox

ROW = {
    "lane": 0,
    "kind": "propose",
    "exchange": bytes(16),
    "queued_at": 1,
    "tries": 0,
    "next_at": 0,
    "reason": "",
}
ROWS = [{**ROW, "peer": peer, "subject": bytes([place])} for place, peer in enumerate(("XA", "XB", "XA"))]
MANY = select(outbox).where(outbox.c.peer.in_(bindparam("peers", expanding=True))).order_by(outbox.c.id)


@pytest.fixture
def store():
    with Store("sqlite://") as made:
        yield made


def told(connection) -> list[object]:
    """What a connection answers to one of everything."""
    connection.execute(insert(outbox), ROWS)
    connection.execute(insert(outbox), {**ROWS[0], "peer": "XC"})
    connection.execute(
        update(outbox)
        .where(outbox.c.peer == bindparam("who"))
        .values(tries=outbox.c.tries + 1, reason=bindparam("why")),
        {"who": "XA", "why": "PEER_TIMEOUT"},
    )
    connection.execute(delete(outbox).where(outbox.c.peer == "XB"))
    return [
        [tuple(row) for row in connection.execute(MANY, {"peers": ["XA", "XC"]})],
        [row.subject for row in connection.execute(MANY, {"peers": ["XC"]})],
        [tuple(row) for row in connection.execute(MANY, {"peers": ["XZ"]})],
        connection.execute(select(func.count()).select_from(outbox)).scalar_one(),
        connection.execute(select(outbox.c.reason).where(outbox.c.peer == "XC")).scalar_one_or_none(),
        connection.execute(select(outbox.c.reason).where(outbox.c.peer == "XB")).scalar_one_or_none(),
        connection.execute(MANY, {"peers": ["XB"]}).first(),
        connection.execute(MANY, {"peers": ["XC"]}).first().kind,
        list(connection.execute(select(outbox.c.tries).order_by(outbox.c.id)).scalars()),
    ]


def test_both_ways_give_the_same_answers(store):
    with store._engine.begin() as connection:
        usual = told(connection)
        connection.rollback()
    raw = store._in_memory()
    raw.execute("BEGIN")
    direct = told(LeanConnection(raw))
    raw.execute("ROLLBACK")
    assert direct == usual


def test_a_list_of_no_values_finds_nothing(store):
    with store._engine.begin() as connection:
        assert list(connection.execute(MANY, {"peers": []})) == []
    assert list(LeanConnection(store._in_memory()).execute(MANY, {"peers": []})) == []
