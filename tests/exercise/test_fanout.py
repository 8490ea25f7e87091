"""A warning from one State to 192 others: everybody has it, proven; and nothing is lost when half of them are away."""

import pytest

from longbien.exercise.cast import lawbook
from longbien.exercise.fanout import Fanout

HOUR = 3_600_000
STATES = tuple(
    code for code, party in lawbook().parties.items() if party.kind == "state" and not code.startswith("X")
)


@pytest.mark.promise("P2")
@pytest.mark.promise("P4")
def test_a_warning_reaches_192_states_and_all_of_them_prove_it():
    world = Fanout(STATES[:193])
    exchange = world.warn()
    spread = world.spread(exchange)
    assert spread.followed == world.receipts(exchange) == 192
    assert spread.stages == {"released"}
    assert spread.digests == 1
    assert spread.lost == 0


@pytest.mark.promise("P2")
@pytest.mark.promise("P12")
def test_half_of_them_an_hour_away_lose_nothing():
    away = dict.fromkeys(STATES[1:193:2], HOUR)
    world = Fanout(STATES[:193], away=away)
    exchange = world.warn()
    spread = world.spread(exchange)
    assert spread.lost >= len(away)
    assert spread.followed == world.receipts(exchange) == 192
    assert spread.digests == 1
    assert HOUR <= spread.last_at <= 2 * HOUR
