"""The board of warnings: by level, who read and who acted, whom a new one reaches, and a false alarm withdrawn."""

import pytest

from longbien.node import Sent, warnings
from node.pair import NOW, Pair, lawbook
from playbooks.filler import body

from .land import Land, land

RULES = lawbook().rules("early-warning")


def warned(two: Pair, party: str = "RU", **changes) -> bytes:
    """A warning of a State to the other, which has arrived."""
    other = "VN" if party == "RU" else "RU"
    filled = body(RULES, "open", NOW, party, [other], {"tlp": "AMBER", "kind": "ransomware", **changes})
    sent = two.sides[party].act("open", filled, to=other, procedure="early-warning")
    assert isinstance(sent, Sent), sent
    two.deliver()
    return sent.exchange


@pytest.fixture
def world() -> Land:
    made = land()
    yield made
    made.close()


def test_the_board_says_who_read_and_who_acted_and_silence_is_no_reading(world):
    two = world.two
    exchange = warned(two, "VN")
    here, there = world.at("VN", "analyst"), world.at("RU", "analyst")
    assert "TLP:AMBER" in here.get("/warnings").words
    assert "read 0, acted 0, of 1" in here.get("/warnings").words
    assert "has not said that it read it" in here.get("/warnings").words
    two.ru.act("read", {}, exchange=exchange)
    two.ru.act("report_action", body(RULES, "report_action", NOW, "RU", ["VN"]), exchange=exchange)
    two.deliver()
    for who in (here, there):
        assert "read 1, acted 1, of 1" in who.get("/warnings").words
    (one,) = warnings.board(two.vn.node)
    assert (one.tlp, one.kind, one.stands, one.can_withdraw) == ("AMBER", "Ransomware", True, True)
    assert not warnings.board(two.ru.node)[0].can_withdraw, "whoever was warned withdraws nothing"


def test_narrow_levels_come_first_and_what_ended_is_shown_when_asked(world):
    two = world.two
    wide, narrow = warned(two, "VN", tlp="CLEAR"), warned(two, "VN", tlp="RED")
    assert [one.item.line.exchange for one in warnings.board(two.ru.node)] == [narrow, wide]
    who = world.at("VN", "lawyer")
    assert who.get("/warnings").text.count("/act/false_alarm") == 2
    sheet = who.post(f"/x/{wide.hex()}/act/false_alarm").to
    assert sheet.startswith("/sheets/"), "withdrawn as any other act: written, checked, signed"
    assert isinstance(two.vn.act("false_alarm", {"why": "A test signature (invented)"}, exchange=wide), Sent)
    two.deliver()
    there = world.at("RU", "duty")
    assert "TLP:CLEAR" not in there.get("/warnings").words
    assert "False alarm" in there.get("/warnings?show=all").words


def test_whom_a_new_one_would_reach_is_shown_before_it_is_written(world):
    (reached,) = warnings.reach(world.two.vn.node, RULES)
    assert (reached.party, bool(reached.offices), reached.reachable, reached.same_mode) == (
        "RU",
        True,
        True,
        True,
    )
    page = world.at("VN", "analyst").get("/warnings")
    assert "/new?procedure=early-warning" in page.text
    assert "Whom it would reach: Early warning" in page.words
    assert "/new?procedure=early-warning" not in world.at("VN", "privacy").get("/warnings").text


def test_another_offices_warning_is_not_on_the_board(world):
    exchange = warned(world.two, "VN")
    who = world.at("RU", "duty")
    who.console.subjects.in_office = lambda each, office: each != exchange
    assert exchange.hex() not in who.get("/warnings?show=all").text


def test_what_is_on_its_way_is_said_to_be(world):
    two = world.two
    filled = body(RULES, "open", NOW, "VN", ["RU"], {"tlp": "GREEN"})
    two.vn.act("open", filled, to="RU", procedure="early-warning")
    (one,) = warnings.board(two.vn.node)
    assert one.warned[0].waits is not None
    assert "on its way" in world.at("VN", "duty").get("/warnings").words
