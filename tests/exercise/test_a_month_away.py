"""A peer that is down for a month: everything waits where an officer sees it, and everything arrives afterwards."""

import pytest

from longbien.cli.commands import perform
from longbien.exercise.world import DAY

from .calm import CalmWorld

MONTH = 31


@pytest.mark.promise("P2")
@pytest.mark.promise("P12")
def test_acts_for_a_peer_that_is_down_for_a_month_wait_visibly_and_are_delivered_after():
    with CalmWorld(nodes=3) as world:
        here, away = world.seats["XA"], world.seats["XB"]
        world.open(here)
        world.rest()
        away.fall()
        waiting = []
        for day in range(MONTH):
            if day % 10 == 5:
                exchange = open_to(world, "XA", "XB")
                waiting.append((exchange, act_of(here, exchange)))
            world.run(world.now + DAY)
            for party in ("XA", "XC"):
                world.tick(world.seats[party])
        for _, act in waiting:
            (row,) = perform(here.node, "delivery", {"act": act.hex()})["waiting"]
            assert row["peer"] == "XB"
            assert row["reason"] in {"PEER_UNREACHABLE", "SEAL_KEY_NONE"}
            assert row["tries"] > 10
            assert here.clock() < row["next_try_at"] <= here.clock() + 60 * 60_000
        world.start(away)
        world.tick(away)
        world.calm()
        assert world.promises.violations == []
        for exchange, act in waiting:
            found = perform(here.node, "delivery", {"act": act.hex()})
            assert found["waiting"] == []
            assert [proof["says"] for proof in found["receipts"]] == ["accepted"]
            with away.store.unharmed() as tx:
                assert tx.exchanges.find([exchange])[exchange].stage == "received"


def open_to(world: CalmWorld, party: str, to: str) -> bytes:
    """A request of one State to another."""
    while True:
        intent = world.intent(world.seats[party], b"")
        if intent.to == to:
            world.carry_out(world.seats[party], intent)
            return list(world.exchanges)[-1]


def act_of(seat, exchange: bytes) -> bytes:
    """The digest of the act that waits for this exchange."""
    with seat.store.unharmed() as tx:
        (row,) = tx.outbox.all(exchange=exchange)
    return row.subject
