"""Time that passes, or seems to: wrong clocks that are set right, and months without a word."""

from functools import cache

import pytest

from law import sample
from longbien.keys.lifetimes import DAY, HOUR
from longbien.node import Denied, Sent
from longbien.node.delivery import REFUSED_PAUSE

from .pair import NOW, pair, papers

BODIES = sample.preservation(NOW)


@pytest.fixture
def two(monkeypatch):
    # Ticks make and destroy keys, so these pairs have papers and key stores of their own, and leave those of others alone.
    monkeypatch.setattr("node.pair.papers", cache(papers.__wrapped__))
    made = pair()
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opens(side) -> None:
    assert isinstance(side.act("open", BODIES["open"], to="RU", procedure="preservation"), Sent)


@pytest.mark.promise("P2")
@pytest.mark.parametrize("ahead", [2 * HOUR, 70 * DAY, 3650 * DAY])
def test_what_was_put_off_under_a_clock_that_ran_ahead_goes_at_once_when_it_is_set_right(two, ahead):
    opens(two.vn)
    two.vn.clock.now += ahead
    for peer, lane, _ in two.vn.node.delivery.lanes():
        sent = two.vn.node.delivery.collect(peer, lane)
        if sent is not None:
            two.vn.node.delivery.failed(sent, "PEER_UNREACHABLE")
    two.vn.clock.now -= ahead
    (lane,) = two.vn.node.delivery.lanes()
    assert lane[2] <= two.vn.clock.now
    assert two.deliver() == 1


@pytest.mark.promise("P2")
def test_what_was_put_off_under_the_right_clock_keeps_its_pause(two):
    opens(two.vn)
    with two.vn.store.transaction() as tx:
        rows = [row.id for row in tx.outbox.all()]
        tx.outbox.put_off(rows, next_at=two.vn.clock.now + REFUSED_PAUSE, reason="PARCEL_KIND")
    assert two.vn.node.delivery.collect("RU", 0) is None


@pytest.mark.promise("P2")
@pytest.mark.parametrize("days", [-3650, -70, 30, 70, 400, 3650])
def test_keys_survive_a_clock_that_was_wrong_for_one_tick(two, days):
    opens(two.vn)
    before = {entry.kid for entry in two.ru.keystore.entries() if entry.purpose != "seal"}
    two.ru.clock.now += days * DAY
    two.ru.node.clockwork.tick()
    two.ru.clock.now -= days * DAY
    two.ru.node.clockwork.tick()
    assert before <= {entry.kid for entry in two.ru.keystore.entries()}
    for _ in range(3):
        two.deliver()
        for side in two.sides.values():
            side.clock.now += HOUR
    for side in two.sides.values():
        with side.store.transaction() as tx:
            assert tx.outbox.count() == 0


def sleep(two, days: int) -> None:
    """Nobody reaches anybody for so many days; both sides do what is due every day."""
    for _ in range(days):
        for side in two.sides.values():
            side.clock.now += DAY
            side.node.clockwork.tick()


def talk(two) -> int:
    """Some hours in which everybody reaches everybody; how many rows still wait."""
    for _ in range(6):
        two.deliver()
        for side in two.sides.values():
            side.clock.now += HOUR
    waiting = 0
    for side in two.sides.values():
        with side.store.transaction() as tx:
            waiting += tx.outbox.count()
    return waiting


@pytest.mark.promise("P2")
@pytest.mark.parametrize("days", [40, 56])
def test_two_nodes_that_did_not_reach_each_other_for_weeks_find_each_other_again(two, days):
    opens(two.vn)
    sleep(two, days)
    assert two.vn.node.delivery.collect("RU", 0) is None
    with two.vn.store.transaction() as tx:
        (waiting,) = (row for row in tx.outbox.all() if row.kind == "propose")
    assert waiting.reason == "SEAL_KEY_NONE"
    assert talk(two) == 0


@pytest.mark.promise("P2")
@pytest.mark.promise("P12")
def test_after_half_a_year_apart_papers_carried_by_hand_are_enough(two):
    opens(two.vn)
    sleep(two, 180)
    assert talk(two) > 0
    for one, other in ((two.vn, two.ru), (two.ru, two.vn)):
        own = other.node.directory.own
        moved = one.node.pin(own.statements, own.pinned, ())
        assert not isinstance(moved, Denied)
        assert moved.seal_keys == own.seal_keys
    assert talk(two) == 0


def test_papers_carried_by_hand_that_do_not_hold_change_nothing(two):
    held = two.vn.node.directory.peer("RU")
    own = two.ru.node.directory.own
    forged = (*own.statements[:-1], two.vn.node.directory.own.statements[-1])
    refused = two.vn.node.pin(forged, own.pinned, ())
    assert isinstance(refused, Denied)
    assert refused.code == "CHAIN_PARTY"
    assert two.vn.node.directory.peer("RU") is held
