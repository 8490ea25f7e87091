"""What people say to a page: no code works twice, no word ends what only an act ends, and a signature that is missing is called for."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.node import Denied, Sent, pages, replies
from longbien.node.people import DIGITS, MACHINE_ROOM
from longbien.node.raising import HEALTH

from .pair import NOW, OFFICE, Pair, Side, pair
from .test_pages import BODIES, CHANNELS, MINUTE, POLICY, opening, pass_time, persons, ready, send


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    ready(made.ru)
    ready(made.vn)
    yield made
    made.vn.store.close()
    made.ru.store.close()


@pytest.fixture
def here() -> Iterator[Pair]:
    made = pair()
    ready(made.ru)
    ready(made.vn)
    yield made
    made.vn.store.close()
    made.ru.store.close()


def code(found) -> str:
    return found.code if isinstance(found, Denied) else ""


def urgent_draft(two: Pair):
    """A draft of RU that two must sign, in an urgent exchange."""
    exchange = opening(two)
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    assert pages.open_pages(two.ru.node) == ()
    draft = two.ru.draft("refuse", BODIES["refuse"], exchange=exchange)
    assert not isinstance(draft, Denied), draft
    assert two.ru.node.desk.persons(draft) == 2
    return draft


def approve(side: Side, draft, officer: int) -> bytes:
    side.uses += 1
    row = side.node.desk.approve(draft.id, side.officers[officer].sign(draft.digest, side.uses + 50))
    assert not isinstance(row, Denied), row
    return row.person


@pytest.mark.promise("P9")
def test_an_urgent_draft_calls_for_the_second_signature_whoever_can_give_it_until_it_is_given(two):
    side = two.ru
    draft = urgent_draft(two)
    signed = approve(side, draft, 0)
    # The page is there before anybody ticked: it came in the commit of the signature.
    (page,) = pages.open_pages(side.node)
    assert (page.page.kind, page.page.urgency, page.page.office) == ("approval", "urgent", OFFICE)
    pass_time(side, 0)
    (other,) = set(persons(side)) - {signed}
    assert {item.call.person for item in send(side)} == {other}
    pass_time(side, 5)
    assert {item.call.person for item in send(side)} == {other}, "who signed is not called, even by everyone"
    assert code(replies.acknowledge(side.node, page.page.id, by=other)) == "PAGE_BY_ACT"
    approve(side, draft, 1)
    assert pages.open_pages(side.node) == ()
    (ended, *_) = pages.all_pages(side.node, kind="approval")
    assert (ended.page.stage, ended.page.ended_by) == ("acknowledged", other)
    pass_time(side, 60)
    assert "approval" not in {item.page.kind for item in send(side)}


def test_a_draft_that_is_not_urgent_or_was_taken_back_calls_nobody(here):
    side = here.ru
    draft = urgent_draft(here)
    approve(side, draft, 0)
    side.node.desk.drop(draft, by=persons(side)[0])
    assert pages.open_pages(side.node) == ()
    routine = here.vn.draft(
        "open", {**BODIES["open"], "urgency": "routine"}, to="RU", procedure="preservation"
    )
    assert not isinstance(routine, Denied)
    approve(here.vn, routine, 0)
    assert pages.open_pages(here.vn.node) == ()
    hurried = here.vn.draft(
        "open", {**BODIES["open"], "urgency": "urgent"}, to="RU", procedure="preservation"
    )
    assert not isinstance(hurried, Denied)
    approve(here.vn, hurried, 0)
    (page,) = pages.open_pages(here.vn.node)
    assert page.page.kind == "approval"


def test_a_code_works_once_and_whoever_is_called_again_has_a_new_one(two):
    side = two.ru
    opening(two)
    pass_time(side, 0)
    (call,) = [item.call for item in send(side)]
    assert not isinstance(replies.answer(side.node, f"OK {call.code}"), Denied)
    assert code(replies.answer(side.node, f"OK {call.code}")) == "CODE_USED"
    (page,) = pages.open_pages(side.node)
    assert page.page.stage == "awake", "a second answer takes nothing back"
    pass_time(side, 10)
    again = {item.call.person: item.call.code for item in send(side)}
    assert again[call.person] != call.code
    assert not isinstance(replies.answer(side.node, again[call.person]), Denied)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=12) | st.text(alphabet=DIGITS + "ok ÄÖß\0", min_size=4, max_size=7))
def test_nothing_but_a_code_of_an_open_page_is_an_answer(text):
    side = _night().ru
    before = pages.open_pages(side.node)
    known = {call.code for page in before for call in page.calls}
    if not known & {text.upper().split()[-1] if text.split() else ""}:
        assert code(replies.answer(side.node, text)) == "CODE_WRONG"
        assert pages.open_pages(side.node) == before


_NIGHTS: list[Pair] = []


def _night() -> Pair:
    """One night with a page that has called, for every example."""
    if not _NIGHTS:
        two = pair()
        ready(two.ru)
        opening(two)
        pages.tick(two.ru.node, CHANNELS)
        _NIGHTS.append(two)
    return _NIGHTS[0]


def test_awake_and_seen_to_are_said_at_a_screen_too_and_each_kind_ends_as_it_must(two):
    side = two.ru
    opening(two)
    pages.tick(side.node, CHANNELS)
    (page,) = pages.open_pages(side.node)
    first, second = persons(side)
    awake = replies.awake(side.node, page.page.id, by=first)
    assert not isinstance(awake, Denied)
    assert (awake.stage, awake.awake_by, awake.next_at) == ("awake", first, NOW + 10 * MINUTE)
    assert code(replies.acknowledge(side.node, page.page.id, by=first)) == "PAGE_BY_ACT"
    assert code(replies.awake(side.node, page.page.id, by=MACHINE_ROOM)) == "PAGE_UNKNOWN"
    health = pages.raise_page(side.node, HEALTH, "disk")
    pages.tick(side.node, CHANNELS)
    seen_to = replies.acknowledge(side.node, health.id, by=second)
    assert not isinstance(seen_to, Denied)
    assert (seen_to.stage, seen_to.ended_by) == ("acknowledged", second)
    assert code(replies.awake(side.node, health.id, by=first)) == "PAGE_OVER"
    pass_time(side, 60)
    assert all(item.page.id != health.id for item in send(side))


def test_awake_in_a_storm_rests_the_one_page_that_calls_for_all(here):
    ready(here.ru, POLICY.replace("awake_minutes", "storm_pages = 3\nawake_minutes"))
    for _ in range(3):
        opening(here)
    pages.tick(here.ru.node, CHANNELS)
    one = next(item.page for item in pages.open_pages(here.ru.node) if item.page.kind == "arrival")
    said = replies.awake(here.ru.node, one.id, by=persons(here.ru)[0])
    assert not isinstance(said, Denied)
    assert (said.kind, said.stage) == ("storm", "awake")
