"""A clock that was wrong for a while and is set right: nothing of it stays."""

import pytest

from law import sample
from longbien.keys.lifetimes import DAY, HOUR
from longbien.node import Sent
from longbien.node.delivery import REFUSED_PAUSE

from .pair import NOW, pair, papers

BODIES = sample.preservation(NOW)


@pytest.fixture
def two():
    # Ticks make and destroy keys, so these pairs have papers and key stores of their own.
    papers.cache_clear()
    made = pair()
    yield made
    papers.cache_clear()
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
