"""A forged emergency request is shown as such in the first line that an officer reads, and nothing is disclosed to it."""

import re
from dataclasses import replace

import pytest

from longbien.node import matter as matters
from longbien.node import origin
from longbien.node import provenance as provenances
from longbien.node.provenance import provenance

from .land import BODIES, Land, land

FIRST = "Do not rely on this request."


@pytest.fixture(scope="module")
def world() -> Land:
    made = land()
    yield made
    made.close()


def first_words(page) -> str:
    """What stands first in the content of a page."""
    content = re.split(r"<main[^>]*>", page.text)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


def at_night(world, **changes) -> bytes:
    return world.opened(urgency="emergency", **changes)


def test_a_sound_request_says_first_who_signed_it(world):
    exchange = at_night(world, case_ref="SOUND-1")
    page = world.at("RU", "duty").get(f"/x/{exchange.hex()}")
    assert first_words(page).startswith(
        "Signed by the node of Viet Nam (VN), Contact point 24/7 (illustrative)."
    )
    assert FIRST not in page.words


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("OFFICE_NOT_ALLOWED", "A valid node, but the wrong office"),
        ("TWO_PERSONS_NEEDED", "Only one person approved it there; the law asks for two."),
        ("NAME_OF_ANOTHER", "The node calls itself by the name of another State."),
        ("STATEMENT_DIFFERS", "was changed after it was signed"),
    ],
)
def test_what_speaks_against_a_request_is_said_first_and_no_yes_can_be_given(world, monkeypatch, code, says):
    """Our own host refuses such a request at the door; this is what an officer sees where a lax host let one through."""
    exchange = at_night(world, case_ref=f"FORGED-{code}")
    officer = world.at("RU", "lawyer")
    acknowledged = world.two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange)
    assert acknowledged.placed

    def doubted(*arguments):
        found = provenance(*arguments)
        return replace(found, faults=(code, *found.faults))

    draft = world.two.ru.node.desk.draft_act(
        exchange=exchange, name="order", office="p247", body=BODIES["order"]
    )
    monkeypatch.setattr(matters, "provenance", doubted)
    monkeypatch.setattr(origin, "provenance", doubted)
    page = officer.get(f"/x/{exchange.hex()}")
    assert first_words(page).startswith(FIRST)
    assert says in first_words(page)[:200]
    assert f"/x/{exchange.hex()}/act/order" not in page.text
    assert f"/x/{exchange.hex()}/act/ask" in page.text
    refused = officer.post(f"/x/{exchange.hex()}/act/order")
    assert refused.status == 409
    assert "neither accepted nor answered" in refused.words
    said = world.at("RU", "approver").post(f"/drafts/{draft.id.hex()}/sign")
    assert said.status == 422
    assert "neither accepted nor answered" in said.words


def test_the_same_words_under_another_number_are_told(world):
    at_night(world, case_ref="TWICE-1")
    again = at_night(world, case_ref="TWICE-1")
    page = world.at("RU", "duty").get(f"/x/{again.hex()}")
    assert first_words(page).startswith(FIRST)
    assert "word for word, was sent here before under another number" in first_words(page)[:200]
    other = at_night(world, case_ref="TWICE-1", facts="Something else happened.")
    assert FIRST not in world.at("RU", "duty").get(f"/x/{other.hex()}").words


@pytest.mark.parametrize(
    ("party", "name", "another"),
    [
        ("VN", "Viet Nam (demonstration)", False),
        ("VN", "Contact point", False),
        ("RU", "Viet Nam, contact point", True),
        ("RU", "VIỆT  NAM", True),
        ("RU", "Российская Федерация", False),
        ("VN", "Российская Федерация", True),
    ],
)
def test_a_node_that_calls_itself_by_another_states_name_is_told(world, party, name, another):
    node = world.two.ru.node
    described = replace(node.directory.descriptor(party), name=name)
    assert provenances._named_as_another(node, described) is another


def test_a_replayed_envelope_makes_no_second_request(world):
    exchange = at_night(world, case_ref="REPLAY-1")
    count = world.at("RU", "duty").get("/queue.csv?view=everything").text.count("REPLAY-1")
    peer, body = (
        world.two.captured[-1]
        if world.two.captured[-1][0] == "RU"
        else next(item for item in reversed(world.two.captured) if item[0] == "RU")
    )
    assert peer == "RU"
    world.two.ru.node.reception.receive(body)
    assert world.at("RU", "duty").get("/queue.csv?view=everything").text.count("REPLAY-1") == count == 1
    assert exchange
