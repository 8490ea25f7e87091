"""Every play between real nodes: each party's node ends with the same chain, and nothing waits anywhere."""

import pytest

from .land import Land
from .playbook import Play
from .test_playbooks import BOOK, PLAYS, body


@pytest.mark.promise("P2")
@pytest.mark.promise("P4")
@pytest.mark.promise("P5")
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: f"{play.procedure}: {play.name}")
def test_nodes_play_it_and_end_alike(play: Play) -> None:
    rules = BOOK.rules(play.procedure)
    assert rules is not None
    land = Land(play.parties)
    exchange = None
    for line in play.lines:
        land.later(line.later)
        exchange = land.take(line, rules, body(rules, play, line, land.now), exchange, list(play.parties[1:]))
    assert exchange is not None
    standings = land.standings(exchange)
    assert {standing.stage for standing in standings.values()} == {play.ends}
    assert len({standing.digest for standing in standings.values()}) == 1
