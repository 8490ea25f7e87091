"""Clocks that are wrong by seconds, by a day, by ten years, or stand still: order and acceptance stay what they were."""

import pytest

from longbien.exercise.bodies import WRITTEN
from longbien.exercise.script import Intent
from longbien.exercise.seat import Seat
from longbien.exercise.world import DAY, HOUR, YEAR

from .calm import CalmWorld

OFFSETS = (-10 * YEAR, -20 * HOUR, -30_000, 30_000, 20 * HOUR, 10 * YEAR)


def does(world: CalmWorld, party: str, exchange: bytes, act: str, persons: int = 2) -> None:
    body = WRITTEN[act](world.now)
    world.carry_out(world.seats[party], Intent(act=act, body=body, persons=persons, exchange=exchange))


def story(world: CalmWorld, exchange: bytes) -> list[tuple[str, str]]:
    """Who did what, in the order of the host's chain."""
    node = world.seats["XB"].node
    with node.store.transaction() as tx:
        raw = [tx.ledger.statement(entry.act) for entry in tx.exchanges.chain(exchange)]
    return [(author.party, act.name) for act, author in map(node.read_act, raw)]


EXPECTED = [
    ("XA", "open"),
    ("XA", "give_notice"),
    ("XA", "ask_status"),
    ("XB", "acknowledge"),
    ("XB", "report_status"),
    ("XA", "withdraw"),
]


def wrong_for_a_while(world: CalmWorld, seat: Seat, exchange: bytes) -> None:
    """XA acts twice while the clock of `seat` is wrong, in whichever way; then it is set right, and the matter goes on."""
    for act in ("give_notice", "ask_status"):
        does(world, "XA", exchange, act)
        world.run(world.now + HOUR)
        world.tick(seat)
    seat.clock.mend()
    world.tick(seat)
    world.rest()
    does(world, "XB", exchange, "acknowledge")
    does(world, "XB", exchange, "report_status")
    world.rest()
    does(world, "XA", exchange, "withdraw")
    world.calm()


@pytest.mark.promise("P2")
@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
@pytest.mark.parametrize("offset", OFFSETS)
def test_a_host_whose_clock_is_wrong_orders_the_same_acts_in_the_same_order(offset):
    with CalmWorld() as world:
        exchange = world.open(world.seats["XA"])
        world.rest()
        world.seats["XB"].clock.offset = offset
        wrong_for_a_while(world, world.seats["XB"], exchange)
        assert story(world, exchange) == EXPECTED
        assert world.promises.violations == []


@pytest.mark.promise("P4")
@pytest.mark.parametrize("offset", [offset for offset in OFFSETS if abs(offset) < DAY])
def test_an_author_whose_clock_is_wrong_is_accepted_like_any_other(offset):
    with CalmWorld() as world:
        exchange = world.open(world.seats["XA"])
        world.rest()
        world.seats["XA"].clock.offset = offset
        wrong_for_a_while(world, world.seats["XA"], exchange)
        assert story(world, exchange) == EXPECTED
        assert world.promises.violations == []


@pytest.mark.parametrize("party", ["XA", "XB"])
def test_a_clock_that_stands_still_changes_nothing(party):
    with CalmWorld() as world:
        exchange = world.open(world.seats["XA"])
        world.rest()
        world.seats[party].clock.stop()
        wrong_for_a_while(world, world.seats[party], exchange)
        assert story(world, exchange) == EXPECTED
        assert world.promises.violations == []


@pytest.mark.promise("P13")
@pytest.mark.parametrize("offset", [-10 * YEAR, 10 * YEAR])
def test_an_officer_whose_node_is_ten_years_off_hears_a_clear_no_and_sends_the_same_draft_later(offset):
    with CalmWorld() as world:
        seat = world.seats["XA"]
        exchange = world.open(seat)
        world.rest()
        seat.clock.offset = offset
        does(world, "XA", exchange, "give_notice")
        assert world.log[-1][2] == "give_notice not sent: STATEMENT_KEY_NONE"
        world.tick(seat)
        seat.clock.mend()
        with seat.store.unharmed() as tx:
            (draft,) = tx.desk.open_drafts()
        seat.node.desk.send(draft.id)
        world.calm()
        assert story(world, exchange)[-1] == ("XA", "give_notice")
        assert world.promises.violations == []
