"""A meeting on its screens: invited, held, minuted and published, with the text of the minutes proved by the report and by nothing else."""

import re

import pytest
from icalendar import Calendar

from longbien.interop.calendar import meeting_calendar
from longbien.node.meetings import appointments, meeting, meetings

from . import meet
from .land import NOW, land


@pytest.fixture
def world():
    made = land()
    yield made
    made.close()


def test_minutes_become_a_report_by_their_digest_and_count_elsewhere_only_word_for_word(world):
    exchange = meet.invited(world.two)
    here = f"/dialogue/{exchange.hex()}"
    host, guest = world.at("VN", "lawyer"), world.at("RU", "lawyer")
    assert "Reachability at night" in guest.get("/dialogue").words
    assert "no reply yet" in host.get(here).words
    reply = {"answer": "delegate", "participants": ["B. Invented"], "needs": "A ramp"}
    meet.act(world.two, "RU", "reply", reply, exchange)
    assert "Somebody comes for us" in host.get(here).words

    times = {name: meet.invitation()[name] for name in ("begins_at", "ends_at")}
    meet.act(world.two, "VN", "confirm", times, exchange)
    meet.act(world.two, "VN", "hold", {"present": ["RU", "VN"]}, exchange)
    assert host.post(f"{here}/step", {"act": "report"}).status == 403
    kept = host.post(f"{here}/minutes", {"text": meet.TEXT.replace("\n", "  \r\n") + "\r\n\r\n"})
    assert kept.to.endswith("said=kept")
    sheet = host.follow(host.post(f"{here}/step", {"act": "report"}))
    (digest,) = re.findall(r'name="report"[^>]*value="([0-9a-f]{64})"', sheet.text)
    report = {"report": bytes.fromhex(digest), "actions": meet.ACTIONS}
    meet.act(world.two, "VN", "report", report, exchange)
    assert "exactly the minutes that the report names" in host.get(here).words

    wrong = guest.post(f"{here}/minutes", {"text": meet.TEXT + " Or in April."})
    assert wrong.status == 422
    assert "not the text that the report names" in wrong.words
    assert "Or in April." in wrong.text
    assert meeting(world.two.ru.node, exchange).text == ""
    assert guest.post(f"{here}/minutes", {"text": meet.TEXT}).status == 303
    assert guest.get(f"{here}/minutes.html").status == 403
    meet.act(world.two, "RU", "agree_minutes", {}, exchange)
    page = guest.get(f"{here}/minutes.html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert meet.TEXT in page.text
    assert digest in page.text
    for private in ("Invented", "A ramp", "VN-2026-HS-0417", "<script", "http"):
        assert private not in page.text
    assert "Nothing here is real" in page.words


def test_a_notice_that_carries_the_minutes_spares_everybody_the_pasting(world):
    exchange = meet.held(world.two)
    guest = world.two.ru.node
    assert not meeting(guest, exchange).proved
    meet.act(world.two, "VN", "give_notice", {"text": meet.TEXT}, exchange)
    found = meeting(guest, exchange)
    assert (found.proved, found.text) == (True, meet.TEXT)
    assert [said.text for said in found.positions] == [meet.TEXT]


def test_what_is_done_is_our_own_note_and_a_corrected_report_begins_anew(world):
    exchange = meet.held(world.two)
    guest, here = world.at("RU", "duty"), f"/dialogue/{exchange.hex()}"
    board = guest.get("/dialogue").words
    first, second = (action["what"] for action in meet.ACTIONS)
    assert board.index(second) < board.index(first), "the earliest day first"
    assert guest.post(f"{here}/actions", {"place": "1", "done": "yes"}).status == 303
    assert first not in guest.get("/dialogue").words
    assert first in world.at("VN", "duty").get("/dialogue").words
    assert guest.post(f"{here}/actions", {"place": "3", "done": "yes"}).status == 422
    assert guest.post(f"{here}/actions", {"place": "1", "done": "no"}).status == 303
    assert first in guest.get("/dialogue").words
    guest.post(f"{here}/actions", {"place": "1", "done": "yes"})
    corrected = {"report": bytes(32), "actions": meet.ACTIONS}
    meet.act(world.two, "VN", "correct_report", corrected, exchange)
    assert all(action.done_at is None for action in meeting(world.two.ru.node, exchange).actions)


def test_what_is_confidential_or_no_meeting_is_not_published_and_not_shown(world):
    exchange = meet.held(world.two, handling="confidential", secrecy_review_on="2027-01-01")
    meet.act(world.two, "VN", "give_notice", {"text": meet.TEXT}, exchange)
    meet.act(world.two, "RU", "agree_minutes", {}, exchange)
    guest = world.at("RU", "lawyer")
    refused = guest.get(f"/dialogue/{exchange.hex()}/minutes.html")
    assert refused.status == 403
    assert "confidential" in refused.words
    request = world.opened()
    assert guest.get(f"/dialogue/{request.hex()}").status == 404
    assert guest.post(f"/dialogue/{request.hex()}/minutes", {"text": "x"}).status == 404
    assert guest.get("/dialogue.ics").status == 403, "no writer was given to this console"


def test_a_calendar_of_meetings_holds_times_and_kinds_and_no_topic(world):
    exchange = meet.held(world.two)
    meet.invited(world.two, topic="Second topic")
    found = meetings(world.two.ru.node)
    assert len(found) == 2
    raw = meeting_calendar(appointments(found, own="RU", label="To do"), at=NOW)
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert sorted(str(event["status"]) for event in events) == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]
    assert [str(event["summary"]) for event in events if event["categories"].cats == ["ACTION"]] == [
        f"EXERCISE · To do · {exchange.hex()[:8]}"
    ]
    for private in ("topic", "Reachability", "second number", "Invented"):
        assert private.encode() not in raw
