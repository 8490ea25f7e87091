"""What the keyboard does beyond both flows: the list of everything, lines that are ticked, the way from request to request, and back."""

import pytest

from longbien.node.handling import handled
from longbien.web.assets import assets
from longbien.web.keys import COMMANDS, commands_by_key, read_map

from .driven import Served, chromium, land, person, served
from .test_browser import clean, enrolled

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

FOCUS = "document.activeElement.textContent || document.activeElement.name"


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def world():
    made = land()
    yield made
    made.close()


@pytest.fixture(scope="module")
def ru(world) -> Served:
    with served(world.two.ru) as running:
        yield running


def test_our_own_scripts_and_styles_stay_within_their_bounds():
    # What an unsized asset weighs is what the file weighs: they are served as they stand.
    own = {name: asset for name, asset in assets().items() if not name.startswith("v/")}
    for end, most in ((".js", 12_000), (".css", 25_000)):
        assert 0 < sum(len(asset.plain) for name, asset in own.items() if name.endswith(end)) <= most, end


def test_every_key_does_one_thing_and_a_person_can_change_any():
    assert len({command.keys for command in COMMANDS}) == len(COMMANDS)
    changed = read_map([("key-tick", "z"), ("key-next", "]"), ("key-queue", "nonsense")])
    assert changed == {"tick": "z"}
    found = commands_by_key(changed)
    assert found["z"] == "tick"
    assert "x" not in found
    assert found["]"] == "next"


def test_everything_is_found_by_its_name_and_without_scripts_the_same_list_is_a_page(browser, world, ru):
    who = enrolled(browser, ru, world, "RU", "duty")
    keys, page = who.page.keyboard, who.page
    keys.press("Control+k")
    box = page.locator("dialog input")
    box.wait_for()
    assert page.evaluate("document.activeElement.id") == "command"
    keys.type("expiring")
    assert page.locator("dialog li:visible").count() == 1
    assert "1" in page.locator("dialog [role=status]").inner_text()
    keys.press("Escape")
    assert page.locator("dialog").count() == 0
    assert page.url.endswith("/watch"), "it closes, and nothing else happens"
    keys.press("Control+k")
    keys.type("expiring")
    keys.press("Enter")
    page.wait_for_url("**view=expiring")
    keys.press("?")
    page.locator("dialog").wait_for()
    assert "Next request in the list" in page.locator("dialog").inner_text()
    page.get_by_role("button", name="Close").click()
    bare = person(browser, ru.origin, scripts=False)
    bare.enter(ru.code(world.people["RU", "duty"], "enter"))
    bare.go("/commands?q=expiring")
    link = bare.page.locator("main a", has_text="Expiring")
    assert link.count() == 1
    assert bare.page.get_by_role("button", name="Close").count() == 0
    link.click()
    assert "view=expiring" in bare.page.url
    for one in (who, bare):
        clean(one)


def test_lines_are_ticked_given_and_tagged_by_keys_and_one_goes_on_from_request_to_request(
    browser, world, ru
):
    exchanges = [world.opened(case_ref=f"ROW-{number}") for number in range(3)]
    who = enrolled(browser, ru, world, "RU", "duty")
    keys, page = who.page.keyboard, who.page
    who.go("/queue?view=everything&q=row&order=opened")
    for key in ("j", "x", "j", "j", "Shift+X"):
        keys.press(key)
    assert page.locator("input[name=x]:checked").count() == 3
    keys.press("e")
    assert page.evaluate("document.activeElement.id") == "many-to"
    keys.press("Tab")
    assert page.evaluate(FOCUS) == "Give"
    keys.press("Enter")
    page.wait_for_url("**/queue/many")
    assert {handled(ru.side.node, exchange).owner for exchange in exchanges} == {world.people["RU", "duty"]}
    page.get_by_role("link", name="Back to the queue").click()
    page.wait_for_url("**/queue?**")
    keys.press("j")
    keys.press("t")
    assert page.locator("input[name=x]:checked").count() == 1, "the line in hand, where none is ticked"
    keys.type("night")
    keys.press("Escape")
    assert page.url.endswith("order=opened"), "the first press only leaves the field"
    keys.press("u")
    page.wait_for_url(f"**/x/{exchanges[2].hex()}")
    keys.press("]")
    page.wait_for_url(f"**/x/{exchanges[1].hex()}")
    keys.press("[")
    page.wait_for_url(f"**/x/{exchanges[2].hex()}")
    for key, name in (("s", "span"), ("t", "tags")):
        page.evaluate("document.activeElement.blur()")
        keys.press(key)
        assert page.evaluate("document.activeElement.name") == name
    page.evaluate("document.activeElement.blur()")
    page.evaluate("window.print = () => { window.printed = true; }")
    keys.press("p")
    assert page.evaluate("window.printed")
    keys.press("Escape")
    page.wait_for_url(f"**/x/{exchanges[1].hex()}")
    clean(who)
