"""What officers do all day, by plain forms: acknowledge, write, check, sign, send; and what the console refuses on the way."""

import re

import pytest

from longbien.law import reading
from longbien.node.lawbook import shipped
from longbien.node.matter import matter
from longbien.web.month import first_day
from longbien.web.questions import typed_of
from longbien.wire import cbor

from .asgi import as_browser
from .land import BODIES, OFFICE, Land, land
from .test_coming_in import answer

RULES = shipped().rules("preservation")


@pytest.fixture(scope="module")
def world() -> Land:
    made = land()
    yield made
    made.close()


def typed(act: str, **changes) -> dict[str, str]:
    meant = BODIES[act] | changes
    settled = {"from_state", "from_office", "to_state", "created_at"}
    return {
        name: value
        for name, value in typed_of(RULES.acts[act].fields, RULES.types, meant).items()
        if name.partition(".")[0] not in settled
    }


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_the_duty_officer_acknowledges_with_one_button_and_sees_to_it_from_then_on(world):
    exchange = world.opened()
    at = world.at("RU", "duty")
    page = at.get(f"/x/{exchange.hex()}")
    form = {name: hidden(page.text, name) for name in ("draft", "own_reference")}
    done = at.follow(at.post(f"/x/{exchange.hex()}/acknowledge", form))
    assert "Acknowledged, and signed. You see to it now." in done.words
    world.two.deliver()
    there = matter(world.two.vn.node, exchange, office=OFFICE)
    assert there.yes.acknowledged is not None
    assert there.item.line.their_reference == form["own_reference"]
    again = at.post(f"/x/{exchange.hex()}/acknowledge", form)
    assert again.status == 403, "a second press sends nothing"


def test_an_acknowledgement_with_other_words_than_those_that_were_signed_is_refused(world):
    exchange = world.opened()
    at = world.at("RU", "duty", samples=False)
    page = at.get(f"/x/{exchange.hex()}")
    draft = hidden(page.text, "draft")
    credential = as_browser(world.keys.sign(world.people["RU", "duty"], cbor.digest(b"something else")))
    form = {"draft": draft, "own_reference": "changed", "credential": credential}
    said = at.post(f"/x/{exchange.hex()}/acknowledge", form)
    assert said.status == 403
    assert "does not hold" in said.words
    world.two.deliver()
    assert matter(world.two.ru.node, exchange).yes.acknowledged is None


def test_a_colleagues_key_acknowledges_nothing_at_this_browser(world):
    exchange = world.opened()
    at = world.at("RU", "duty", samples=False)
    page = at.get(f"/x/{exchange.hex()}")
    form = {name: hidden(page.text, name) for name in ("draft", "own_reference")}
    key = world.keys.by_person[world.people["RU", "lawyer"]]
    said = at.post(f"/x/{exchange.hex()}/acknowledge", {**form, "credential": answer(key, page.text, 5000)})
    assert said.status == 403
    assert "Whoever is signed in signs." in said.words
    assert matter(world.two.ru.node, exchange).handled.owner is None


def test_without_scripts_and_keys_the_acknowledgement_waits_for_the_own_device(world):
    exchange = world.opened()
    at = world.at("RU", "duty", samples=False)
    page = at.get(f"/x/{exchange.hex()}")
    form = {name: hidden(page.text, name) for name in ("draft", "own_reference")}
    waiting = at.post(f"/x/{exchange.hex()}/acknowledge", form)
    assert waiting.to == f"/drafts/{form['draft']}"
    phone = world.at("RU", "duty")
    done = phone.follow(phone.post(f"{waiting.to}/sign"))
    assert "Signed by everybody who must, and sent." in done.words


@pytest.mark.promise("P9")
def test_a_request_is_written_checked_signed_by_two_and_sent(world):
    lawyer, approver = world.at("VN", "lawyer"), world.at("VN", "approver")
    assert "Preservation of stored data" in lawyer.get("/new").words
    sheet = lawyer.post("/new", {"procedure": "preservation", "to": "RU"}).to
    empty = lawyer.post(sheet, {"do": "check"})
    assert empty.status == 422
    assert "Fill in “Facts”." in empty.words
    checked = lawyer.post(sheet, {**typed("open"), "do": "check"})
    assert checked.status == 200, checked.words[:800]
    assert "Who will be able to read it" in checked.words
    draft = lawyer.post(f"{sheet}/hand-in").to
    page = lawyer.get(draft)
    assert " ".join(BODIES["open"]["facts"].split()) in page.words
    first = lawyer.follow(lawyer.post(f"{draft}/sign"))
    assert "One more person must sign" in first.words
    assert lawyer.post(f"{draft}/sign").status == 422, "the same person twice is one person"
    assert world.at("VN", "duty").post(f"{draft}/sign").status == 422, "two, and no approver among them"
    done = approver.follow(approver.post(f"{draft}/sign"))
    assert "and sent" in done.words
    world.two.deliver()
    exchange = bytes.fromhex(approver.get("/queue?view=sent").text.partition('href="/x/')[2][:32])
    opening = matter(world.two.ru.node, exchange).events[0]
    meant = reading(RULES, "open", BODIES["open"], "en")
    said = {part.name: part.value for part in opening.body if part.name != "created_at"}
    assert said == {part.name: part.value for part in meant if part.name != "created_at"}


def test_a_list_grows_and_shrinks_by_buttons_without_losing_what_stands_in_it(world):
    lawyer = world.at("VN", "lawyer")
    sheet = lawyer.post("/new", {"procedure": "preservation", "to": "RU"}).to
    page = lawyer.post(sheet, {"items[0].description": "first", "do": "add items"}).text
    assert page.count('name="items[1].description"') == 1
    form = {
        "items[0].description": "first",
        "items[1].description": "second",
        "items[2].description": "third",
    }
    page = lawyer.post(sheet, {**form, "do": "drop items[1]"}).text
    assert "first</textarea>" in page
    assert "third</textarea>" in page
    assert "second</textarea>" not in page


def test_what_is_typed_is_kept_for_its_writer_and_shown_to_nobody_else(world):
    lawyer = world.at("VN", "lawyer")
    sheet = lawyer.post("/new", {"procedure": "preservation", "to": "RU"}).to
    assert lawyer.post(f"{sheet}/keep", {"facts": "half a sentence"}).status == 204
    assert "half a sentence" in lawyer.get(sheet).text
    assert sheet in lawyer.get("/approvals").text
    for name in ("approver", "duty", "privacy"):
        assert world.at("VN", name).get(sheet).status in {403, 404}, name
    assert lawyer.post(f"{sheet}/discard").status == 303
    assert lawyer.get(sheet).status == 404


def test_what_a_colleague_sees_to_is_taken_over_before_anything_is_done_in_it(world):
    exchange = world.opened()
    duty, lawyer = world.at("RU", "duty"), world.at("RU", "lawyer")
    assert duty.post(f"/x/{exchange.hex()}/take").status == 303
    refused = lawyer.post(f"/x/{exchange.hex()}/act/redirect")
    assert refused.status == 409
    assert "A colleague sees to this request" in refused.words
    assert lawyer.post(f"/x/{exchange.hex()}/take").status == 303
    assert lawyer.post(f"/x/{exchange.hex()}/act/redirect").to.startswith("/sheets/")
    assert duty.post(f"/x/{exchange.hex()}/put-down").status == 409


def test_the_same_request_is_read_in_the_readers_language_with_the_writers_labels_beside(world):
    exchange = world.opened()
    at = world.at("RU", "duty")
    at.headers = {}
    at.post("/profile", {"language": "ar", "theme": "dark", "keys": "on", "zone": "Asia/Novosibirsk"})
    page = at.get(f"/x/{exchange.hex()}")
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in page.text
    assert "Asia/Novosibirsk" in page.words
    assert 'class="second"><bdi>Facts<' in page.text
    at.post("/profile", {"language": "en", "theme": "system", "keys": "on"})


def test_every_look_is_written_down_and_the_auditor_finds_it_without_seeing_the_case(world):
    exchange = world.opened()
    world.at("RU", "lawyer").get(f"/x/{exchange.hex()}")
    auditor = world.at("RU", "auditor")
    found = auditor.get(f"/records?exchange={exchange.hex()[:8]}")
    assert "lawyer (invented)" in found.words
    assert "matter" in found.words
    assert BODIES["open"]["facts"] not in found.words
    assert auditor.get(f"/x/{exchange.hex()}").status == 403
    verified = auditor.post("/records/verify")
    assert "Everything verifies" in verified.words


def test_a_csv_cell_never_begins_as_a_formula(world):
    world.opened(case_ref="=cmd|' /C calc'!A0")
    rows = world.at("RU", "duty").get("/queue.csv?view=everything").text
    assert "'=cmd" in rows
    assert not re.search(r"(^|,)[=+@-]", rows, re.MULTILINE)


def test_what_a_stranger_writes_is_shown_and_never_run(world):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
    exchange = world.opened(facts=evil, case_ref='"><script>x')
    for path in (f"/x/{exchange.hex()}", "/queue?view=everything", "/queue?view=everything&q=%3Cscript%3E"):
        text = world.at("RU", "duty").get(path).text
        assert "<script>alert" not in text
        assert "<script>x" not in text
        assert "<img" not in text
        assert "49" not in re.findall(r"onerror=alert\(1\)&gt;.{0,20}", text)


def test_clocks_are_listed_and_leave_as_a_calendar_without_a_word_of_the_case(world):
    exchange = world.opened()
    at = world.at("RU", "duty")
    assert exchange.hex() in at.get("/deadlines").text
    assert exchange.hex() not in at.get("/deadlines?kind=law").text
    assert at.get("/deadlines.ics").status == 403, "no writer was handed in"


def test_clocks_stand_in_a_month_whose_week_begins_as_it_does_in_the_state(world):
    exchange = world.opened(case_ref="MONTH")
    at = world.at("RU", "duty")
    page = at.get("/deadlines?month=2026-11").text
    assert page.count('<th scope="col">') == 7
    assert page.index(">Mon<") < page.index(">Sun<")
    day = page.partition('<time datetime="2026-11-22">')[2].partition("</td>")[0]
    assert exchange.hex() in day
    assert "month=2026-10" in page
    assert "month=2026-12" in page
    assert exchange.hex() not in at.get("/deadlines?month=2027-06").text
    assert exchange.hex() not in at.get("/deadlines?month=2026-11&kind=law").text
    for odd in ("now", "2026-13", "9999-12", "0001-01", "x"):
        assert at.get(f"/deadlines?month={odd}").status == 200, odd
    assert [first_day(party) for party in ("RU", "VN", "EG", "US", "XA")] == [0, 0, 5, 6, 0]


def test_directory_statistics_node_and_help_answer(world):
    operator = world.at("VN", "operator")
    assert "Passkeys that lie in files" in operator.get("/node").words
    assert "Russian Federation" in operator.get("/directory").words
    assert "Fingerprint" in operator.get("/directory/RU").words
    assert operator.get("/directory/XX").status == 404
    assert "What this State asked" in operator.get("/statistics").words
    assert "Four answers that are not the same" in operator.get("/help").words
    assert operator.get("/queue").status == 403
