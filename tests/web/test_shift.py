"""The shift by plain forms: duty, swaps, pages and hand-overs, each by the person whose it is; and a wall that learns numbers only."""

import re

import pytest

from longbien.law.instants import DAY
from longbien.node import Denied, duty, handover, pages, replies, tokens
from longbien.node.raising import HEALTH
from longbien.node.tokens import Scope
from node.pair import NOW

from .land import OFFICE, Land, land

FIRST, SECOND = "duty (invented)", "second (invented)"
ROSTER = f"""
zone = "Asia/Ho_Chi_Minh"
[[layer]]
persons = ["{FIRST}", "{SECOND}"]
begin = 2026-11-02T08:00:00
turn = "day"
"""
POLICY = """
test_day = 28
[quiet]
zone = "Asia/Ho_Chi_Minh"
from = 22:00:00
until = 06:00:00
[[step]]
to = ["on-duty"]
channels = ["ntfy", "mail"]
wait_minutes = 5
[[step]]
to = ["next", "everyone"]
channels = ["mail"]
wait_minutes = 7
"""


def manned(world: Land, party: str = "RU") -> None:
    """Two duty officers with a roster and a policy."""
    side = world.two.sides[party]
    key = world.keys.by_person[world.people[party, "investigator"]]
    with side.store.transaction() as tx:
        tx.desk.change_officer(world.people[party, "investigator"], active=True, roles=["duty"])
        tx.desk._connection.exec_driver_sql(
            f"UPDATE officers SET name = '{SECOND}' WHERE name = 'investigator (invented)'"
        )
    world.people[party, "second"] = world.people[party, "investigator"]
    world.keys.by_person[world.people[party, "second"]] = key
    assert duty.set_roster(side.node, OFFICE, ROSTER, by=bytes(16)) == ()
    assert duty.set_policy(side.node, OFFICE, POLICY, by=bytes(16)) == ()
    for name in ("duty", "second"):
        for channel in ("mail", "ntfy"):
            duty.reach(side.node, world.people[party, name], channel, f"{name}-{channel}@example.org")


@pytest.fixture
def world() -> Land:
    made = land()
    manned(made)
    yield made
    made.close()


def shown_version(at) -> str:
    """The version of the roster that a page was made from."""
    return re.search(r'name="roster" value="(\d+)"', at.get("/shift").text)[1]


def turns(page: str, name: str) -> list[str]:
    select = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="(\d+)"', select)


def test_the_screen_says_who_is_on_duty_who_is_called_and_when_in_words(world):
    said = world.at("RU", "lawyer").get("/shift").words
    on = duty.watch(world.two.ru.node, OFFICE)
    assert f"Now {on.person.name} · until" in said
    assert f"Next {on.next.name} · from" in said
    assert "whoever is on duty · by ntfy, mail · then 5 minutes are waited" in said
    assert "whoever is next, everybody of the office · by mail · then 7 minutes are waited" in said
    assert "What is not urgent calls nobody from 22:00 to 06:00 (Asia/Ho_Chi_Minh)." in said
    assert "Every month on day 28 from 9:00 UTC." in said
    for control in ("Go on duty", "Propose the swap", "Make the lists", "Call a test now"):
        assert control not in said, "who is not called at night changes no roster"
    watch = world.at("RU", "lawyer").get("/watch").words
    assert f"Now: {on.person.name}" in watch
    nowhere = world.at("VN", "lawyer").get("/shift").words
    assert "This office has no roster yet." in nowhere
    assert "its pages call nobody" in nowhere


def test_an_officer_goes_on_duty_and_takes_it_back_and_puts_nobody_else_there(world):
    at, node = world.at("RU", "second"), world.two.ru.node
    me = world.people["RU", "second"]
    seen = {"roster": shown_version(at)}
    span = {"since": "2026-11-25T01:00", "until": "2026-11-25T05:00", **seen}
    assert at.post("/shift/override", {**span, "until": span["since"]}).status == 422
    assert "second one later than the first" in at.post("/shift/override", {**span, "since": "soon"}).words
    done = at.follow(at.post("/shift/override", {**span, "person": world.people["RU", "duty"].hex()}))
    assert "You are on duty instead of everybody else" in done.words
    # 02:00 of the 25th in Ha Noi.
    inside = NOW + 2 * DAY
    assert duty.watch(node, OFFICE, inside).person.person == me
    other = world.at("RU", "duty").get("/shift").words
    assert "You are on duty instead of everybody else" not in other
    since, until = (re.search(rf'name="{name}" value="(\d+)"', done.text)[1] for name in ("since", "until"))
    mine = {"since": since, "until": until, "roster": shown_version(at)}
    stranger = world.at("RU", "duty").post("/shift/override/drop", mine)
    assert stranger.status == 422
    overtaken = at.post("/shift/override/drop", {**mine, **seen})
    assert overtaken.status == 422
    assert "Somebody changed this meanwhile." in overtaken.words
    assert "Somebody changed this meanwhile." in at.post("/shift/override", span).words
    assert len(duty.written(node, OFFICE, "roster")) == 2, "what was agreed meanwhile is not written over"
    back = at.follow(at.post("/shift/override/drop", mine))
    assert "You are on duty instead of everybody else" not in back.words


def test_a_swap_is_proposed_by_one_and_accepted_by_the_other(world):
    one, other = world.at("RU", "duty"), world.at("RU", "second")
    page = one.get("/shift").text
    mine, theirs = turns(page, "mine")[1], turns(page, "theirs")[2]
    assert one.post("/shift/swaps", {"mine": theirs, "theirs": mine}).status == 422
    offered = one.follow(one.post("/shift/swaps", {"mine": mine, "theirs": theirs}))
    assert "duty (invented) offers a shift for one of second (invented)" in offered.words
    swap = re.search(r"/shift/swaps/([0-9a-f]{32})/withdraw", offered.text)[1]
    assert "Accept the swap" not in offered.words
    assert one.post(f"/shift/swaps/{swap}/accept").status == 422
    asked = other.get("/shift")
    assert "Accept the swap" in asked.words
    node = world.two.ru.node
    before = duty.watch(node, OFFICE, int(mine)).person.name
    assert other.post(f"/shift/swaps/{swap}/accept").status == 303
    assert duty.watch(node, OFFICE, int(mine)).person.name != before
    assert "offers a shift" not in other.get("/shift").words
    assert other.post(f"/shift/swaps/{swap}/decline").status == 422


def test_a_page_goes_from_called_to_awake_and_ends_with_the_acknowledgement_of_the_request(world):
    exchange = world.opened(urgency="emergency")
    node, at = world.two.ru.node, world.at("RU", "duty")
    pages.tick(node, ["mail", "ntfy"])
    shown = at.get("/shift")
    assert "A request has arrived Emergency" in shown.words
    assert f'href="/x/{exchange.hex()}">Acknowledge the request' in shown.text
    assert "no call has left yet" in shown.words
    page = re.search(r"/pages/([0-9a-f]{32})/awake", shown.text)[1]
    assert "I am awake" not in world.at("RU", "privacy").get("/shift").words
    done = at.follow(at.post(f"/pages/{page}/awake"))
    assert "duty (invented) is awake" in done.words
    assert "Nothing is acknowledged yet." in done.words
    refused = at.post(f"/pages/{page}/acknowledge")
    assert refused.status == 409
    assert "ends with the acknowledgement or the signature itself" in refused.words
    assert "A request has arrived" in at.get("/watch").words
    fresh = at.get(f"/x/{exchange.hex()}").text
    form = {
        name: re.search(rf'name="{name}" value="([^"]*)"', fresh)[1] for name in ("draft", "own_reference")
    }
    assert at.post(f"/x/{exchange.hex()}/acknowledge", form).status == 303
    assert "nobody is called" in at.get("/shift").words
    assert at.post(f"/pages/{page}/awake").status == 409
    assert at.post(f"/pages/{'0' * 32}/awake").status == 404


def test_what_needs_no_act_is_seen_to_or_closed_with_a_reason(world):
    node, at = world.two.ru.node, world.at("RU", "duty")
    disk = pages.raise_page(node, HEALTH, "disk")
    keys = pages.raise_page(node, HEALTH, "keys")
    pages.tick(node, ["mail"])
    assert at.get("/shift").words.count("The node needs its operator") == 2
    assert at.post(f"/pages/{disk.id.hex()}/acknowledge").status == 303
    assert at.post(f"/pages/{keys.id.hex()}/close", {"why": "  "}).status == 403
    assert at.post(f"/pages/{keys.id.hex()}/close", {"why": "The operator knows."}).status == 303
    assert "nobody is called" in at.get("/shift").words


def test_a_test_of_the_pager_is_called_from_the_screen_and_its_result_stays_in_sight(world):
    node, at = world.two.ru.node, world.at("RU", "duty")
    assert "The pager has not been tested yet." in at.get("/shift").words
    assert "is calling" in at.follow(at.post("/shift/test")).words
    pages.tick(node, ["mail", "ntfy"])
    (call, *_) = pages.due_calls(node, "mail")
    world.two.ru.clock.now += 3 * 60_000
    assert not isinstance(replies.answer(node, call.call.code), Denied)
    assert re.search(r"answered \w+ \(invented\), after 3 minutes", at.get("/shift").words)
    assert "has no policy" in world.at("VN", "duty").post("/shift/test").words


@pytest.mark.promise("P9")
def test_a_hand_over_is_read_and_signed_by_both_each_signed_in(world):
    exchange = world.opened(urgency="urgent", case_ref="VN-2026-0007")
    leaves, comes = world.at("RU", "duty"), world.at("RU", "second")
    form = {
        "comes": world.people["RU", "second"].hex(),
        "text": "The prosecutor calls at nine.\r\nAnd once more.",
    }
    self_ = leaves.post("/handovers", {**form, "comes": world.people["RU", "duty"].hex()})
    assert self_.status == 422
    assert "The prosecutor calls at nine." in self_.text, "nothing that was typed is lost"
    where = leaves.post("/handovers", form).to
    page = leaves.get(where)
    assert "To acknowledge: 1" in page.words
    assert f'href="/x/{exchange.hex()}"' in page.text
    assert "And once more." in page.text
    assert "Sign the hand-over" not in comes.get(where).words, "who leaves signs first"
    early = comes.post(f"{where}/sign")
    assert early.status == 422
    assert "The person who leaves signs first." in early.words
    signed = leaves.follow(leaves.post(f"{where}/sign"))
    assert "second (invented) has to sign now" in signed.words
    assert "duty (invented) hands over to second (invented)" in comes.get("/shift").words
    assert "Sign the hand-over" in comes.get(where).words
    assert world.at("RU", "lawyer").post(f"{where}/sign").status == 403
    done = comes.follow(comes.post(f"{where}/sign"))
    assert "Both have signed: it is handed over." in done.words
    (kept,) = handover.handed_over(world.two.ru.node, OFFICE)
    assert kept.text == "The prosecutor calls at nine.\nAnd once more."
    watch = world.at("RU", "lawyer").get("/watch")
    assert "The prosecutor calls at nine." in watch.words
    assert where in watch.text
    assert comes.post(f"{where}/sign").status == 422
    assert world.at("VN", "duty").get(where).status == 404


def test_a_hand_over_on_its_way_is_taken_back_by_who_began_it(world):
    leaves, comes = world.at("RU", "duty"), world.at("RU", "second")
    where = leaves.post("/handovers", {"comes": world.people["RU", "second"].hex(), "text": ""}).to
    assert comes.post(f"{where}/drop").status == 404
    assert leaves.post(f"{where}/drop").status == 303
    assert leaves.get(where).status == 404


def wall(world: Land, *scopes: str, **how):
    made = tokens.make(world.two.ru.node, name="wall", scopes=scopes or (Scope.WALLBOARD,), **how)
    assert not isinstance(made, Denied), made
    board = world.at("RU", "duty")
    board.cookie, board.token = "", ""
    return board, made


def test_a_wall_learns_numbers_by_a_token_of_its_own_and_not_a_word_of_a_case(world):
    exchange = world.opened(urgency="emergency", case_ref="SECRET-17")
    board, made = wall(world)
    assert board.get("/wallboard").to == "/wallboard/enter"
    assert board.post("/wallboard", {"token": "lbt_" + "A" * 43}).status == 422
    entered = board.post("/wallboard", {"token": made.text})
    assert entered.to == "/wallboard"
    assert "HttpOnly" in entered.headers["set-cookie"]
    cookie = f"__Host-longbien-wallboard={board.cookie}"
    board.cookie = ""
    shown = board.get("/wallboard", cookie=cookie)
    assert shown.status == 200
    assert re.search(r"\b1 To acknowledge\b", shown.words)
    assert re.search(r"\b1 Open pages\b", shown.words)
    assert re.search(r"\b1 On duty\b", shown.words)
    for secret in ("SECRET-17", "VN", exchange.hex()[:8], FIRST, SECOND, "Preservation"):
        assert secret not in shown.words, secret
    # It opens nothing else, and what opens everything else does not open it.
    for path in ("/watch", "/queue", "/shift", f"/x/{exchange.hex()}"):
        assert board.get(path, cookie=cookie).to.startswith("/sign-in"), path
    assert world.at("RU", "duty").get("/wallboard").to == "/wallboard/enter"
    _, reading = wall(world, Scope.CASES_READ)
    assert board.post("/wallboard", {"token": reading.text}).status == 422
    assert tokens.revoke(world.two.ru.node, made.row.id) is None
    assert board.get("/wallboard", cookie=cookie).to == "/wallboard/enter"


def test_what_hangs_on_a_wall_or_lies_in_a_gateway_is_good_for_nothing_else(world):
    for scope in (Scope.WALLBOARD, Scope.PAGES_ANSWER):
        made = tokens.make(world.two.ru.node, name="x", scopes=[scope, Scope.CASES_READ])
        assert isinstance(made, Denied)
        assert made.code == "SCOPE_ALONE"


def test_tokens_of_a_wall_are_not_guessed_quickly(world):
    board, _ = wall(world)
    said = [board.post("/wallboard", {"token": f"lbt_{number}"}).status for number in range(12)]
    assert said[:10] == [422] * 10
    assert said[10:] == [429] * 2
