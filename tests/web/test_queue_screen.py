"""The queue as a screen: views that people keep, columns, several lines at once; each line under the rules that hold for it alone."""

import csv
import io
import re

import pytest

from longbien.node.handling import handled
from longbien.node.matter import matter

from .land import Land, land


@pytest.fixture(scope="module")
def world() -> Land:
    made = land()
    yield made
    made.close()


def names(page: str) -> list[str]:
    """The names of the columns."""
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<th scope="col">(.*?)</th>', head)]


def ticked(page: str) -> list[str]:
    return re.findall(r'name="x" value="([0-9a-f]{32})"', page)


def test_what_is_shown_is_kept_as_a_view_with_its_columns_and_order_and_stands_among_the_tabs(world):
    world.opened(case_ref="VIEW-1")
    world.opened(case_ref="VIEW-2", urgency="emergency")
    duty, lawyer = world.at("RU", "duty"), world.at("RU", "lawyer")
    asked = "/queue?view=everything&q=urgency%3Aemergency&order=opened&columns=subject&columns=opened"
    shown = duty.get(asked)
    assert names(shown.text)[1:] == ["Reference", "Subject", "Opened"]
    form = {"view": "everything", "q": "urgency:emergency", "order": "opened"}
    columns = [("columns", "subject"), ("columns", "opened")]
    kept = duty.post("/views", [*form.items(), *columns, ("name", "Emergencies <b>"), ("shared", "yes")])
    page = duty.follow(kept)
    assert names(page.text)[1:] == ["Reference", "Subject", "Opened"]
    assert "VIEW-2" in page.text
    assert "VIEW-1" not in page.text
    tab = re.search(rf'<a href="{re.escape(kept.to)}" aria-current="page">(.*?)</a>', page.text)[1]
    assert "Emergencies &lt;b&gt;" in tab
    assert '<span class="count">1</span>' in tab
    assert kept.to in lawyer.get("/queue").text, "an office's view is its lawyer's too"
    assert kept.to not in world.at("VN", "lawyer").get("/queue").text
    own = lawyer.post("/views", [*form.items(), ("name", "Mine alone")])
    assert own.to not in duty.get("/queue").text
    assert duty.get(own.to).status == 404
    view = own.to.partition("saved=")[2]
    assert duty.post(f"/views/{view}/drop").status == 404
    assert lawyer.post(f"/views/{view}/drop").status == 303
    assert lawyer.get(own.to).status == 404
    refused = lawyer.post("/views", [*form.items(), ("name", "")])
    assert refused.status == 403
    assert "needs a name" in refused.words


def test_a_view_leaves_as_csv_with_everything_it_holds(world):
    for number in range(3):
        world.opened(case_ref=f"CSV-{number}")
    raw = world.at("RU", "duty").get("/queue.csv?view=everything&q=csv&order=opened").text
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert [row["their_reference"] for row in rows] == ["CSV-2", "CSV-1", "CSV-0"]
    assert {"owner", "offices", "tags", "subject", "opened_at", "changed_at"} <= set(rows[0])


def test_several_lines_are_given_to_a_colleague_tagged_and_put_aside_and_each_says_what_became_of_it(world):
    exchanges = [world.opened(case_ref=f"MANY-{number}") for number in range(3)]
    duty, lawyer = world.at("RU", "duty"), world.at("RU", "lawyer")
    page = duty.get("/queue?view=everything&q=many")
    assert sorted(ticked(page.text)) == sorted(exchange.hex() for exchange in exchanges)
    lines = [("x", exchange.hex()) for exchange in exchanges]
    node = world.two.ru.node
    person = world.people["RU", "lawyer"]
    given = duty.post("/queue/many", [*lines, ("do", "assign"), ("to", person.hex())])
    assert "3 lines were changed" in given.words
    assert {handled(node, exchange).owner for exchange in exchanges} == {person}
    tagged = duty.post("/queue/many", [*lines, ("do", "tag"), ("tag", "hospital")])
    assert "3 lines were changed" in tagged.words
    assert duty.get("/queue?view=everything&q=tag%3Ahospital").text.count("<tr data-line") == 3
    foreign = duty.post("/queue/many", [*lines, ("do", "rest"), ("span", "1d")])
    assert "0 lines were changed" in foreign.words
    assert "A colleague sees to this request" in foreign.words
    assert handled(node, exchanges[0]).snoozed_until is None
    own = lawyer.post("/queue/many", [*lines[:2], ("do", "rest"), ("span", "1d"), ("back", "//elsewhere")])
    assert "2 lines were changed" in own.words
    assert 'href="//' not in own.text
    assert [handled(node, exchange).snoozed_until is None for exchange in exchanges] == [False, False, True]
    for exchange in exchanges:
        told = matter(node, exchange)
        assert told.yes.acknowledged is None, "nothing was signed or sent"


def test_nothing_that_signs_refuses_or_answers_can_be_done_to_several(world):
    exchange = world.opened(case_ref="NEVER")
    duty = world.at("RU", "duty")
    for do in ("acknowledge", "refuse", "sign", "send", "accept", ""):
        said = duty.post("/queue/many", [("x", exchange.hex()), ("do", do)])
        assert said.status == 403, do
    assert duty.post("/queue/many", [("do", "free")]).status == 403
    stranger = world.at("VN", "duty")
    unknown = stranger.post("/queue/many", [("x", "00" * 16), ("do", "tag"), ("tag", "x")])
    assert "0 lines were changed" in unknown.words
    assert (
        world.at("RU", "privacy").post("/queue/many", [("x", exchange.hex()), ("do", "free")]).status == 403
    )
    assert "many-title" not in world.at("RU", "privacy").get("/queue?view=everything").text
    nobody = world.people["RU", "privacy"].hex()
    assert duty.post("/queue/many", [("x", exchange.hex()), ("do", "assign"), ("to", nobody)]).status == 403
