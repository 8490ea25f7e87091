"""Cases: exchanges side by side, never merged, never sent, and of one office alone."""

from dataclasses import replace

import pytest

from longbien.node import Denied, Sent, cases, casework
from longbien.web.picture import picture
from node.pair import NOW, OFFICE, lawbook
from playbooks.filler import body

from .land import Land, land

TEAM = lawbook().rules("joint-investigation")


@pytest.fixture(scope="module")
def both() -> Land:
    made = land()
    yield made
    made.close()


@pytest.fixture
def world(both) -> Land:
    return both


def begun(world: Land, *exchanges: bytes, title: str = "A wave of phishing (invented)") -> str:
    who = world.at("RU", "investigator")
    path = who.post("/cases", {"title": title, "reference": "RU-C-7"}).to
    for exchange in exchanges:
        assert who.post(f"{path}/link", {"exchange": exchange.hex()}).to.endswith("said=linked")
    return path


def identifier(path: str) -> bytes:
    return bytes.fromhex(path.rpartition("/")[2])


def test_two_exchanges_stand_side_by_side_and_what_both_name_is_drawn_and_in_the_table(world):
    first, second = world.opened(case_ref="SIDE-1"), world.opened(case_ref="SIDE-2")
    while world.two.deliver():
        pass
    path = begun(world, first, second)
    page = world.at("RU", "lawyer").get(path)
    found = casework.casework(world.two.ru.node, identifier(path))
    assert {one.link.exchange for one in found.linked} == {first, second}
    shared = [entity for entity in found.entities if len(entity.exchanges) == 2]
    assert shared, "both ask for the same account"
    drawn = picture(found)
    assert len(drawn.lines) == 2 * len(shared)
    assert "<svg" in page.text
    for entity in shared:
        assert entity.value in page.words
    assert "in several" in page.words
    assert [one.event.at for one in found.timeline] == sorted(one.event.at for one in found.timeline)
    assert {member.party for member in found.members} == {"RU", "VN"}
    assert world.two.deliver() == 0, "nothing of a case leaves the node"


def test_an_agreement_of_a_joint_team_shows_who_agreed_and_who_signed(world):
    two = world.two
    filled = body(TEAM, "open", NOW, "VN", ["RU"])
    sent = two.vn.act("open", filled, to="RU", procedure="joint-investigation")
    assert isinstance(sent, Sent), sent
    two.deliver()
    path = begun(world, sent.exchange)
    who = world.at("RU", "investigator")
    assert "has not agreed yet" in who.get(path).words
    for party, act in (("RU", "agree"), ("VN", "sign"), ("RU", "sign")):
        done = two.sides[party].act(
            act, body(TEAM, act, NOW, party, ["VN", "RU"], {"text_version": 1}), exchange=sent.exchange
        )
        assert isinstance(done, Sent), done
        two.deliver()
    (agreement,) = casework.casework(two.ru.node, identifier(path)).agreements
    assert agreement.in_force
    assert {party for party, _, signed, left in agreement.parties if signed and not left} == {"VN", "RU"}
    assert who.get(path).words.count("signed") >= 2


def test_a_case_is_one_offices_and_links_only_what_is_its_business(world):
    exchange, hidden = world.opened(case_ref="OFFICE-1"), world.opened(case_ref="OFFICE-2")
    path = begun(world, exchange)
    who = world.at("RU", "lawyer")
    whole = who.console.subjects.in_office
    who.console.subjects.in_office = lambda each, office: each != hidden and whole(each, office)
    for form in ({"exchange": hidden.hex()}, {"search": "OFFICE-2"}, {"search": "OFFICE"}, {"search": ""}):
        assert who.post(f"{path}/link", form).to.endswith("said=LINK_NOT_FOUND"), form
    assert who.post(f"{path}/link", {"search": "OFFICE-1"}).to.endswith("said=linked"), (
        "linked once is enough"
    )
    node = world.two.ru.node
    assert len(casework.casework(node, identifier(path)).linked) == 1
    row = cases.find(node, identifier(path))
    with node.store.transaction() as tx:
        tx.cases.change(replace(row, office="elsewhere"))
    assert who.get(path).status == 404
    assert path not in who.get("/cases").text


def test_links_tasks_and_ends_are_kept_and_a_closed_case_stands_still(world):
    exchange = world.opened(case_ref="TASKS-1")
    path = begun(world, exchange)
    who = world.at("RU", "investigator")
    person = world.people["RU", "duty"]
    assert who.post(
        f"{path}/tasks", {"text": "Ask again", "person": person.hex(), "due": "2026-12-01"}
    ).to.endswith("said=kept")
    assert who.post(f"{path}/tasks", {"text": "x", "due": "tomorrow"}).to.endswith("said=DAY_INVALID")
    assert who.post(f"{path}/tasks", {"text": ""}).to.endswith("said=CASE_TEXT")
    assert "duty (invented)" in who.get(path).words
    who.post(f"{path}/tasks/mark", {"number": "1", "done": "yes"})
    assert "To be done again" in who.get(path).words
    assert who.post(f"{path}/tasks/mark", {"number": "9", "done": "yes"}).to.endswith("said=TASK_UNKNOWN")
    csv = who.get(f"{path}/timeline.csv")
    assert csv.text.splitlines()[0].startswith("at,exchange,reference")
    assert exchange.hex() in csv.text
    assert who.post(path, {"title": "", "seen": "0"}).to.endswith("said=CHANGED_MEANWHILE")
    seen = str(cases.find(world.two.ru.node, identifier(path)).changed_at)
    assert who.post(path, {"title": "Another title", "note": "=1+1", "seen": seen}).to.endswith("said=kept")
    assert who.post(f"{path}/unlink", {"exchange": exchange.hex()}).to.endswith("said=unlinked")
    assert who.post(f"{path}/unlink", {"exchange": exchange.hex()}).to.endswith("said=LINK_UNKNOWN")
    assert who.post(f"{path}/link", {"exchange": exchange.hex()}).to.endswith("said=linked")
    who.post(path, {"do": "close"})
    assert who.post(f"{path}/tasks", {"text": "late"}).status == 409
    assert "Open it again" in who.get(path).words
    who.post(path, {"do": "reopen"})
    assert who.post(f"{path}/tasks", {"text": "not late"}).to.endswith("said=kept")


def test_what_is_too_long_or_unknown_is_refused_with_its_code(world):
    node, by = world.two.ru.node, world.people["RU", "duty"]

    def code(answer) -> str:
        return answer.code if isinstance(answer, Denied) else ""

    assert code(cases.new(node, office="nowhere", title="x", by=by)) == "OFFICE_UNKNOWN"
    for text in ({"title": ""}, {"title": "x" * 201}, {"title": "a\nb"}, {"title": "x", "note": "n" * 8001}):
        assert code(cases.new(node, office=OFFICE, by=by, **text)) == "CASE_TEXT", text
    made = cases.new(node, office=OFFICE, title="x", by=by)
    assert code(cases.link(node, made.id, bytes(16), by=by)) == "EXCHANGE_UNKNOWN"
    assert code(cases.link(node, bytes(16), bytes(16), by=by)) == "CASE_UNKNOWN"
    assert code(cases.add_task(node, made.id, "t", person=bytes(16), by=by)) == "OFFICER_UNKNOWN"
    assert casework.casework(node, bytes(16)) is None
    assert picture(casework.casework(node, made.id)) is None
