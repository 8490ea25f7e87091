"""Emergencies: seen before everything else, and called back under the number that the directory has."""

from collections.abc import Iterator

import pytest

from law import sample
from longbien.exercise.office import NUMBER
from longbien.law.instants import HOUR
from longbien.node import Denied, Sent, calling_back, handover, telling
from longbien.node.audit import audit
from longbien.node.queue import Reader, Wish, page
from playbooks.filler import body

from .pair import NOW, OFFICE, Pair, lawbook, pair

BODIES = sample.preservation(NOW)
RULES = lawbook().rules("emergency-disclosure")
assert RULES is not None


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opening(two: Pair, urgency: str) -> bytes:
    sent = two.vn.act("open", {**BODIES["open"], "urgency": urgency}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent), sent
    two.deliver()
    two.ru.clock.now += HOUR
    two.vn.clock.now += HOUR
    return sent.exchange


def test_what_nobody_has_acknowledged_begins_with_every_emergency_whatever_its_clock(two):
    came = {
        opening(two, urgency): urgency
        for urgency in ("routine", "emergency", "urgent", "emergency", "routine")
    }
    seen, cursor = [], ""
    while True:
        found = page(two.ru.node, Reader(), Wish(view="acknowledge", limit=1, cursor=cursor))
        seen += [came[item.line.exchange] for item in found.items]
        cursor = found.cursor
        if not cursor:
            break
    assert seen[:2] == ["emergency", "emergency"]
    assert sorted(seen) == sorted(came.values())
    with two.ru.store.transaction() as tx:
        first, second = (item.person for item in tx.desk.officers())
    given = handover.waiting(two.ru.node, OFFICE, leaves=first, comes=second)
    assert not isinstance(given, Denied)
    assert came[bytes.fromhex(dict(given.lists)["acknowledge"][0].what)] == "emergency"
    assert audit(two.ru.node).findings == ()


def emergency(two: Pair) -> bytes:
    opened = body(RULES, "open", NOW, "VN", ["RU"], {"call_back_office": OFFICE})
    sent = two.vn.act("open", opened, to="RU", procedure="emergency-disclosure")
    assert isinstance(sent, Sent), sent
    two.deliver()
    done = two.ru.act("acknowledge", {"own_reference": "RU-1"}, exchange=sent.exchange)
    assert isinstance(done, Sent), done
    return sent.exchange


def test_the_node_knows_the_number_of_the_directory_and_takes_no_other(two):
    exchange = emergency(two)
    with two.ru.store.transaction() as tx:
        row = tx.exchanges.find([exchange])[exchange]
    node = two.ru.node
    known = calling_back.filled(node.directory, telling.taken(node, row)[0].act, row.opener)
    peer = node.directory.peer("VN")
    assert peer is not None
    assert known == {"number": NUMBER, "from_directory": True, "directory_entry": peer.digest}
    spoken = body(RULES, "call_back", NOW, "RU", ["VN"], known)
    denied = two.ru.act("call_back", {**spoken, "number": "+7 999 000 00 00"}, exchange=exchange)
    assert denied == Denied(code="CALL_BACK_OTHER", detail="number")
    assert isinstance(
        two.ru.act("call_back", {**spoken, "number": NUMBER.replace(" ", "-")}, exchange=exchange), Sent
    )
