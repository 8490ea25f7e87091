"""What officers see and do, in a real browser: both flows on a bad line and at a desk, without scripts, by keyboard; every screen looked at.

`LONGBIEN_SCREENSHOTS=folder pytest tests/web/test_browser.py` leaves pictures of every screen in four variants and two sizes.
"""

import os
import re
from pathlib import Path

import pytest

from longbien.evidence.manifest import Acquisition, Source
from longbien.law.instants import DAY, HOUR
from longbien.node import cases, duty, handing, orders, pages, providers, swaps, tokens
from longbien.node.evidence.bundles import Brought
from longbien.node.matter import matter
from longbien.node.tokens import Scope
from node.pair import NOW

from . import meet, teach
from .driven import DESK, PHONE, Served, chromium, land, person, served
from .land import BODIES
from .test_flows import typed
from .test_shift import FIRST, POLICY, ROSTER, SECOND
from .test_warnings import warned

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

KIB = 1024
SCREENS = {
    "sign-in": "/sign-in",
    "watch": "/watch",
    "shift": "/shift",
    "handover": "{handover}",
    "wallboard-door": "/wallboard/enter",
    "wallboard": "/wallboard?language={language}",
    "queue": "/queue?view=everything",
    "request": "/x/{exchange}",
    "forged": "/x/{forged}",
    "new": "/new",
    "to-whom": "/new?procedure=preservation",
    "form": "{sheet}",
    "evidence": "/evidence",
    "evidence-of-an-exchange": "/x/{exchange}/evidence",
    "lot": "/evidence/{lot}",
    "lot-in-the-making": "/evidence/{making}",
    "hold": "/x/{exchange}/hold",
    "cases": "/cases",
    "case": "/cases/{case}",
    "warnings": "/warnings?show=all",
    "to-sign": "/approvals",
    "signing": "{draft}",
    "deadlines": "/deadlines?kind=all",
    "dialogue": "/dialogue",
    "meeting": "/dialogue/{meeting}",
    "training": "/training",
    "course": "/training/courses/{course}",
    "training-session": "/training/sessions/{session}",
    "training-invitation": "/training/sessions/{invitation}",
    "exercises": "/exercise",
    "exercise-control": "/exercise/{exercise}",
    "exercise-player": "/exercise/{exercise}/player",
    "exercise-report": "/exercise/{exercise}/report",
    "month": "/deadlines?kind=all&month=2026-11",
    "orders": "/orders",
    "order": "/orders/{order}",
    "providers": "/providers",
    "portal": "/provider?language={language}",
    "portal-order": "/provider/orders/{order}?language={language}",
    "directory": "/directory",
    "state": "/directory/VN",
    "statistics": "/statistics",
    "records": "/records",
    "node": "/node",
    "people": "/people",
    "profile": "/profile",
    "help": "/help",
    "commands": "/commands",
    "narrowed": "/queue?view=everything&q=type%3Apreservation&order=opened&columns=subject+opened+changed+clock",
    "refused": "/x/00",
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = land(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def ru(world) -> Served:
    with served(world.two.ru) as running:
        yield running


@pytest.fixture(scope="module")
def vn(world) -> Served:
    with served(world.two.vn) as running:
        yield running


def enrolled(browser, at: Served, world, party: str, name: str, **more):
    found = person(browser, at.origin, **more)
    found.enrol(at.code(world.people[party, name]))
    found.activations = 0
    return found


def clean(who) -> None:
    assert who.strangers == [], "a foreign request"
    harmless = [said for said in who.reports if "status of 4" not in said]
    assert harmless == []


class Weight:
    """Bytes on the wire of what a page loads."""

    def __init__(self, who) -> None:
        self.bytes = 0
        session = who.context.new_cdp_session(who.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event) -> None:
        self.bytes += int(event["encodedDataLength"])

    def taken(self) -> int:
        found, self.bytes = self.bytes, 0
        return found


def test_at_three_at_night_a_request_is_acknowledged_on_a_phone_over_a_bad_line_with_three_touches(
    browser, world, ru
):
    exchange = world.opened(urgency="emergency")
    who = enrolled(browser, ru, world, "RU", "duty", phone=True)
    who.page.locator(".me summary").click()
    who.page.get_by_role("button", name="Sign out").click()
    who.page.wait_for_url("**/sign-in")
    who.activations = 1  # the link in the page
    who.slow()
    weight = Weight(who)
    who.go(f"/x/{exchange.hex()}")
    assert "/sign-in?next=" in who.page.url
    who.press(who.page.get_by_role("button", name="Sign in with a passkey"))
    who.page.wait_for_url(f"{ru.origin}/x/{exchange.hex()}")
    banner = who.page.locator(".who").bounding_box()
    title = who.page.locator("h1").bounding_box()
    assert banner["y"] < title["y"], "who stands behind it comes first"
    button = who.page.get_by_role("button", name="Acknowledge and call back")
    assert button.bounding_box()["height"] >= 32
    assert weight.taken() <= 40 * KIB
    who.press(button)
    who.page.wait_for_url("**said=acknowledged")
    assert who.activations <= 3
    assert weight.taken() <= 12 * KIB
    assert matter(world.two.ru.node, exchange).yes.acknowledged is not None
    clean(who)


def test_without_scripts_it_is_acknowledged_all_the_same_and_signed_on_the_own_phone(browser, world, ru):
    exchange = world.opened()
    phone = enrolled(browser, ru, world, "RU", "duty", phone=True)
    who = person(browser, ru.origin, scripts=False)
    who.go(f"/code/{ru.code(world.people['RU', 'duty'], 'enter')}")
    who.page.get_by_role("button", name="Go in").click()
    who.activations = 1
    who.go(f"/x/{exchange.hex()}")
    who.press(who.page.get_by_role("button", name="Acknowledge, and sign on another device"))
    where = who.page.url.removeprefix(ru.origin)
    assert where.startswith("/drafts/")
    phone.go(where)
    who.press(phone.page.get_by_role("button", name="Sign and send"))
    phone.page.wait_for_url("**said=sent")
    assert who.activations + phone.activations <= 4
    assert matter(world.two.ru.node, exchange).yes.acknowledged is not None
    clean(who)


def wanted() -> dict[str, str]:
    """One offence, one item, no more than the law asks."""
    body = {
        "legal_basis": [{"instrument": "ru-vn-1998"}],
        "offence": [{"code": "HC-10", "domestic": "Penal Code, Art. 287", "mode": "principal"}],
        "items": [dict(BODIES["open"]["items"][0])],
    }
    left_out = ("deadline", "deadline_reason", "requested_days", "no_user_notice", "secrecy_review_on")
    return {
        name: value if name.endswith(".zone") else value.removesuffix("Z")
        for name, value in typed("open", **body, handling="normal").items()
        if name.partition(".")[0] not in left_out
    }


@pytest.mark.parametrize("scripts", [True, False])
def test_at_a_desk_a_request_for_preservation_leaves_with_nine_clicks(browser, world, vn, scripts):
    lawyer = enrolled(browser, vn, world, "VN", "lawyer")
    approver = enrolled(browser, vn, world, "VN", "approver")
    who = lawyer
    if not scripts:
        who = person(browser, vn.origin, scripts=False)
        who.go(f"/code/{vn.code(world.people['VN', 'lawyer'], 'enter')}")
        who.page.get_by_role("button", name="Go in").click()
    page = who.page
    who.press(page.get_by_role("link", name="New request"))
    who.press(page.get_by_role("link", name="Preservation of stored data"))
    who.press(page.get_by_role("button", name="Go on"))
    who.fill(wanted())
    who.press(page.get_by_role("button", name="Check"))
    assert "Who will be able to read it" in page.inner_text("main"), page.inner_text("main")[:800]
    who.press(page.get_by_role("button", name="Go on to sign"))
    draft = page.url.removeprefix(vn.origin)
    if not scripts:
        lawyer.go(draft)
    who.press(lawyer.page.get_by_role("button", name="Sign", exact=True))
    lawyer.page.wait_for_url("**said=signed")
    approver.go("/approvals")
    approver.press(approver.page.locator(f'a[href="{draft}"]'))
    approver.press(approver.page.get_by_role("button", name="Sign and send"))
    approver.page.wait_for_url("**said=sent")
    assert who.activations + approver.activations <= 9
    for one in (who, approver):
        clean(one)


def test_by_keyboard_alone_a_request_is_written_checked_and_signed(browser, world, vn):
    lawyer = enrolled(browser, vn, world, "VN", "lawyer")
    page, keys = lawyer.page, lawyer.page.keyboard
    keys.press("c")
    page.wait_for_url("**/new")
    keys.press("p")
    page.wait_for_url("**procedure=preservation")
    lawyer.reach(page.get_by_role("button", name="Go on"))
    keys.press("Enter")
    page.wait_for_url("**/sheets/**")
    lawyer.write(wanted())
    keys.press("Control+Enter")
    page.wait_for_load_state()
    assert "Who will be able to read it" in page.inner_text("main"), page.inner_text("main")[:800]
    lawyer.reach(page.get_by_role("button", name="Go on to sign"))
    keys.press("Enter")
    page.wait_for_url("**/drafts/**")
    draft = page.url.removeprefix(vn.origin)
    lawyer.reach(page.get_by_role("button", name="Sign", exact=True))
    keys.press("Enter")
    page.wait_for_url("**said=signed")
    approver = enrolled(browser, vn, world, "VN", "approver")
    approver.go("/watch")
    approver.page.keyboard.press("g")
    approver.page.keyboard.press("s")
    approver.page.wait_for_url("**/approvals")
    approver.reach(approver.page.locator(f'a[href="{draft}"]'))
    approver.page.keyboard.press("Enter")
    approver.page.wait_for_url("**" + draft)
    approver.reach(approver.page.get_by_role("button", name="Sign and send"))
    approver.page.keyboard.press("Enter")
    approver.page.wait_for_url("**said=sent")
    for one in (lawyer, approver):
        clean(one)


def test_by_keyboard_alone_a_request_is_found_acknowledged_and_the_keys_of_other_boards_work(
    browser, world, ru
):
    exchange = world.opened(case_ref="KEYS-1")
    who = enrolled(browser, ru, world, "RU", "duty")
    keys = who.page.keyboard
    dispatch = "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))"
    who.page.evaluate(dispatch, ["п", "KeyG"])
    who.page.evaluate(dispatch, ["й", "KeyQ"])
    who.page.wait_for_url("**/queue")
    keys.press("/")
    assert who.page.evaluate("document.activeElement.id") == "search"
    keys.type("keys-1")
    keys.press("Enter")
    who.page.wait_for_url("**q=keys-1**")
    keys.press("u")
    who.page.wait_for_url(f"**/x/{exchange.hex()}")
    keys.press("a")
    assert "Acknowledge" in who.page.evaluate("document.activeElement.textContent")
    assert who.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    keys.press("Enter")
    who.page.wait_for_url("**said=acknowledged")
    clean(who)


def test_a_text_field_keeps_its_letters_and_the_keys_can_be_changed_and_switched_off(browser, world, ru):
    who = enrolled(browser, ru, world, "RU", "lawyer")
    who.go("/profile")
    who.page.get_by_text("Change the keys").click()
    who.page.locator("#search").press_sequentially("gq/?")
    assert who.page.locator("#search").input_value() == "gq/?"
    who.page.locator("#key-queue").fill("z")
    who.page.get_by_role("button", name="Keep").click()
    who.page.wait_for_url("**kept=1")
    who.page.keyboard.press("z")
    who.page.wait_for_url("**/queue")
    who.go("/profile")
    who.page.get_by_label("Single keys do nothing").check()
    who.page.get_by_role("button", name="Keep").click()
    who.page.wait_for_url("**kept=1")
    who.page.keyboard.press("z")
    who.page.keyboard.press("/")
    assert who.page.evaluate("document.activeElement.id") != "search"
    assert "/profile" in who.page.url
    who.go("/profile")
    who.page.get_by_label("Single keys do something").check()
    who.page.get_by_role("button", name="Keep").click()
    clean(who)


def test_what_is_typed_is_kept_while_one_types(browser, world, vn):
    who = enrolled(browser, vn, world, "VN", "lawyer")
    who.go("/new?procedure=preservation")
    who.page.get_by_role("button", name="Go on").click()
    sheet = who.page.url
    with who.page.expect_response(re.compile("/keep$")) as answered:
        who.page.locator('[name="facts"]').fill("Half a sentence")
        who.page.locator('[name="purpose"]').focus()
    assert answered.value.status == 204
    who.page.goto(sheet)
    assert who.page.locator('[name="facts"]').input_value() == "Half a sentence"
    clean(who)


def order_of(world, who, writer: bytes) -> bytes:
    """An order that its provider sees; the same browser is at both doors, and each has a cookie of its own."""
    node = world.two.ru.node
    firm = providers.add_provider(node, "Hosting One (invented)", by=writer)
    code = providers.invite(node, firm.id, "Night desk (invented)", by=writer).code
    wish = orders.Wish(
        provider=firm.id,
        kind="preserve",
        reference="P-2026-17",
        basis="An article (illustrative)",
        text="Keep the connections of 198.51.100.23.",
        due_at=node.world.now() + 20 * HOUR,
    )
    row = orders.draft(node, wish, office="p247", by=writer)
    _, second = world.two.ru.sign(orders.challenge(node, row))
    orders.issue(node, row.id, second)
    who.go(f"/provider/code/{code}")
    who.page.get_by_role("button", name="Go in").click()
    who.page.get_by_role("button", name="Make a passkey").click()
    who.page.wait_for_url("**/provider")
    return row.id


@pytest.fixture(scope="module")
def everything(browser, world, ru):
    """Somebody with every role, and one of each thing that has a page."""
    somebody = world.two.ru.node.people.add(
        name="Everything (invented)",
        office="p247",
        roles=["duty", "lawyer", "approver", "privacy", "auditor", "operator"],
        by=bytes(16),
    )
    who = person(browser, ru.origin)
    who.enrol(somebody.code)
    exchange = world.opened(case_ref="VN-2026-0001")
    world.opened(case_ref="VN-2026-0002")
    forged = world.opened(case_ref="VN-2026-0002")
    who.go("/new?procedure=preservation")
    who.page.get_by_role("button", name="Go on").click()
    who.page.get_by_role("button", name="Check").click()
    sheet = who.page.url.removeprefix(ru.origin)
    draft = world.two.ru.node.desk.draft_act(
        exchange=exchange,
        name="give_notice",
        office="p247",
        body={"text": "A notice (invented)."},
        drafter=somebody.person,
    )
    sealed, making = evidence_of(world, exchange)
    return who, {
        "handover": watched(who, world, somebody),
        "exchange": exchange.hex(),
        "meeting": meet.held(world.two).hex(),
        **training_of(world, somebody.person),
        "order": order_of(world, who, somebody.person).hex(),
        "language": "en",
        "lot": sealed.hex(),
        "making": making.hex(),
        "case": case_of(world, [exchange, forged], somebody.person).hex(),
        "forged": forged.hex(),
        "sheet": sheet,
        "draft": f"/drafts/{draft.id.hex()}",
    }


def training_of(world, person: bytes) -> dict[str, str]:
    """A need and an offer that fit, a course, an own session, an invitation, and an exercise that is played."""
    teach.wish(world.two, "VN", "request")
    teach.wish(world.two, "RU", "offer", language="ru")
    course = teach.course(world.two.ru.node, person)
    session = teach.planned(world.two.ru.node, course, person)
    invitation = teach.invited(world.two)
    names = {"course": course, "session": session, "invitation": invitation}
    names["exercise"] = teach.exercised(world.two.ru, person)
    return {name: found.hex() for name, found in names.items()}


def evidence_of(world, exchange) -> tuple[bytes, bytes]:
    """A lot of VN that RU could verify if it were sent, with a gap in its custody, and one in the making at RU."""
    node, folder = world.two.ru.node, world.two.ru.node.world.intake.parent
    path = folder / "disk.e01"
    path.write_bytes(b"EVF\x09\x0d\x0a\xff\x00" + bytes(5000))
    source = Source(number=1, kind="device", description="A notebook (invented)")
    taken = Acquisition(tool="dd", version="9.4", method="physical", at=NOW, by="An officer (invented)")
    found = []
    for _ in range(2):
        found.append(node.evidence.bundles.begin(office="p247", exchange=exchange))
        node.evidence.bundles.add(
            found[-1], Brought(path=path, declared="text/plain", source=source, acquisition=taken)
        )
    signed = node.evidence.bundles.seal(found[0])
    node.evidence.reading.verify(signed.manifest, office="p247", person=world.people["RU", "duty"])
    with world.two.ru.store.transaction() as tx:
        events = tx.evidence.events(found[0])
        tx.evidence._connection.exec_driver_sql("DELETE FROM custody WHERE number = ?", (events[1].number,))
    node.works.start = lambda run: run()
    node.works.begin("verify", lambda tell: {"verified": 1}, about=exchange, thing=found[0])
    return found[0], found[1]


def case_of(world, exchanges, person) -> bytes:
    """A case with two exchanges that name the same, and a task; and a warning of this State."""
    node = world.two.ru.node
    case = cases.new(node, office="p247", title="Phishing wave (invented)", reference="RU-C-1", by=person)
    for exchange in exchanges:
        cases.link(node, case.id, exchange, why="The same address", by=person)
    cases.add_task(node, case.id, "Ask the provider (invented)", person=person, due_at=NOW, by=person)
    warned(world.two)
    return case.id


def watched(who, world, somebody) -> str:
    """Two persons take turns, something calls them, one is about to hand over, and a wall shows numbers; where the hand-over is."""
    node, names = world.two.ru.node, ("Everything (invented)", "duty (invented)")
    roster = ROSTER.replace(FIRST, names[0]).replace(SECOND, names[1])
    assert duty.set_roster(node, "p247", roster, by=bytes(16)) == ()
    assert duty.set_policy(node, "p247", POLICY, by=bytes(16)) == ()
    pages.tick(node, ["mail", "ntfy"])
    mine, theirs = (
        shift.since
        for shift in duty.shifts_of(node, "p247", node.world.now(), node.world.now() + 3 * DAY)[1:3]
    )
    people = (somebody.person, world.people["RU", "duty"])
    for one, other, by in ((mine, theirs, 0), (theirs, mine, 0), (mine, theirs, 1), (theirs, mine, 1)):
        swaps.propose(node, mine=one, theirs=other, by=people[by])
    given = handing.prepare(
        node, "p247", leaves=people[0], comes=people[1], text="The prosecutor calls at nine."
    )
    wall = tokens.make(node, name="wall", scopes=[Scope.WALLBOARD])
    who.go("/wallboard/enter")
    who.page.get_by_label("Token of this screen").fill(wall.text)
    who.page.get_by_role("button", name="Show the numbers").click()
    who.page.wait_for_url("**/wallboard")
    return f"/handovers/{given.digest.hex()}"


def chosen(who, language: str, theme: str) -> None:
    who.page.request.get(who.origin + "/help")
    token = who.page.locator("input[name=form]").first.get_attribute("value")
    form = {"form": token, "language": language, "theme": theme, "keys": "on"}
    said = who.page.request.post(who.origin + "/profile", form=form, headers={"Origin": who.origin})
    assert said.ok


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_screen_is_open_to_everybody_in_both_directions_and_both_themes(everything, language, theme):
    from axe_playwright_python.sync_playwright import Axe

    who, names = everything
    who.go("/help")
    chosen(who, language, theme)
    who.page.emulate_media(color_scheme=theme)
    names["language"] = language
    axe, wrong, titles = Axe(), [], {}
    pictures = os.environ.get("LONGBIEN_SCREENSHOTS")
    for name, path in SCREENS.items():
        if name == "sign-in":
            continue
        who.go(path.format(**names | {"language": language}))
        assert who.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        titles.setdefault(who.page.title(), []).append(name)
        found = axe.run(who.page)
        wrong += [
            (name, item["id"], [node["html"][:120] for node in item["nodes"]])
            for item in found.response["violations"]
        ]
        if pictures:
            shot(who.page, Path(pictures), f"{name}-{language}-{theme}")
    assert wrong == []
    assert [names for names in titles.values() if len(names) > 1] == []
    clean(who)


def shot(page, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for size, view in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(view)
        page.screenshot(path=str(folder / f"{name}-{size}.png"), full_page=True)
    page.set_viewport_size(DESK)


def test_at_320_pixels_nothing_runs_over_and_everything_to_press_is_large_enough(everything):
    who, names = everything
    who.page.set_viewport_size({"width": 320, "height": 640})
    over, small = [], []
    for name, path in SCREENS.items():
        who.go(path.format(**names))
        width = who.page.evaluate("document.scrollingElement.scrollWidth")
        if width > 320:
            over.append((name, width))
        small += [
            (name, text)
            for text in who.page.evaluate(
                """() => [...document.querySelectorAll("button, summary, select, input:not([type=hidden]), nav a, .button")]
                .filter(item => item.offsetParent && !item.matches(".hidden, .skip"))
                .filter(item => { const box = item.getBoundingClientRect(); return box.height < 24 || box.width < 20; })
                .map(item => item.outerHTML.slice(0, 90))"""
            )
        ]
    who.page.set_viewport_size(DESK)
    assert over == []
    assert small == []


def test_the_first_tab_leads_to_the_content_and_the_order_of_focus_is_that_of_the_page(everything):
    who, names = everything
    who.go(f"/x/{names['exchange']}")
    who.page.keyboard.press("Tab")
    assert who.page.evaluate("document.activeElement.className") == "skip"
    who.page.keyboard.press("Enter")
    assert who.page.evaluate("document.activeElement.id") == "content"
    places = []
    for _ in range(8):
        who.page.keyboard.press("Tab")
        places.append(
            who.page.evaluate(
                """() => { const all = [...document.querySelectorAll("*")]; return all.indexOf(document.activeElement); }"""
            )
        )
    assert places == sorted(places)


def test_forced_colours_and_print_keep_what_counts(everything):
    who, names = everything
    who.page.emulate_media(forced_colors="active")
    who.go(f"/x/{names['exchange']}")
    border = "getComputedStyle(document.querySelector('.who')).borderTopStyle"
    assert who.page.evaluate(border) == "solid"
    who.page.emulate_media(forced_colors="none", media="print")
    assert not who.page.locator(".menu").is_visible()
    assert who.page.locator(".band").is_visible()
    assert who.page.locator(".who").is_visible()
    who.page.emulate_media(media="screen")


def test_a_hand_over_is_one_page_of_paper_and_a_wall_counts_by_itself(everything):
    who, names = everything
    who.go(names["handover"])
    assert who.page.pdf(format="A4").count(b"/Type /Page\n") == 1
    who.page.emulate_media(media="print")
    assert not who.page.get_by_role("button", name="Sign the hand-over").is_visible()
    assert who.page.get_by_text("The prosecutor calls at nine.").is_visible()
    who.page.emulate_media(media="screen")
    wall = who.context.new_page()
    wall.clock.install()
    wall.goto(f"{who.origin}/wallboard")
    wall.evaluate("document.querySelector('#board time').textContent = 'long ago'")
    wall.clock.fast_forward(31_000)
    wall.locator("#board time").filter(has_not_text="long ago").wait_for()
    assert wall.locator("#board .numbers li").count() == 7
    wall.close()


def test_the_first_view_and_the_next_stay_light(browser, world, ru):
    who = enrolled(browser, ru, world, "RU", "privacy")
    who.context.clear_cookies()
    weight = Weight(who)
    who.go("/sign-in")
    who.page.wait_for_load_state("networkidle")
    assert weight.taken() <= 40 * KIB
    who.page.get_by_role("button", name="Sign in with a passkey").click()
    who.page.wait_for_url("**/watch")
    who.page.wait_for_load_state("networkidle")
    assert weight.taken() <= 40 * KIB
    for path in ("/queue", "/watch", "/deadlines?kind=all", "/help"):
        who.go(path)
        who.page.wait_for_load_state("networkidle")
        assert weight.taken() <= 6 * KIB, path
    clean(who)
