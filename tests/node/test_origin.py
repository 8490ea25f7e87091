"""No yes leaves for a request that is in doubt, by whichever door; asking and refusing stay open."""

from dataclasses import replace

import pytest

from law import sample
from longbien.node import Denied, Sent, origin

from .pair import NOW, lawbook, pair

BODIES = sample.preservation(NOW)


def opened(two, **changes) -> bytes:
    """VN asks RU, and RU has acknowledged."""
    sent = two.vn.act("open", {**BODIES["open"], **changes}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    two.deliver()
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=sent.exchange), Sent)
    return sent.exchange


@pytest.mark.promise("P9")
def test_words_that_came_before_under_another_number_get_no_order_and_can_be_refused():
    two = pair()
    first, again = opened(two), opened(two)
    assert isinstance(two.ru.act("order", BODIES["order"], exchange=first), Sent)
    denied = two.ru.act("order", BODIES["order"], exchange=again)
    assert denied == Denied(code="ORIGIN_IN_DOUBT", detail="SAID_BEFORE")
    assert isinstance(two.ru.act("ask", sample.preservation(NOW)["ask"], exchange=again), Sent)


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    "code", ["OFFICE_NOT_ALLOWED", "TWO_PERSONS_NEEDED", "NAME_OF_ANOTHER", "STATEMENT_DIFFERS"]
)
def test_a_yes_that_was_written_before_the_doubt_does_not_leave(monkeypatch, code):
    """Our own door refuses such a request; this is what happens where a lax host let one through."""
    two = pair()
    exchange = opened(two)
    draft = two.ru.draft("order", BODIES["order"], exchange=exchange)
    for assertion in two.ru.sign(draft.digest):
        two.ru.node.desk.approve(draft.id, assertion)
    found = origin.provenance
    monkeypatch.setattr(origin, "provenance", lambda *given: doubted(found(*given), code))
    assert two.ru.node.desk.send(draft.id) == Denied(code="ORIGIN_IN_DOUBT", detail=code)
    assert two.ru.draft("order", BODIES["order"], exchange=exchange) == Denied(
        code="ORIGIN_IN_DOUBT", detail=code
    )
    assert isinstance(two.ru.act("give_notice", {"text": "We are looking at it."}, exchange=exchange), Sent)
    monkeypatch.undo()
    assert isinstance(two.ru.node.desk.send(draft.id), Sent)


def doubted(found, code):
    return replace(found, faults=(code, *found.faults))


def test_what_this_state_opened_itself_is_in_no_doubt_here():
    two = pair()
    opened(two)
    again = opened(two)
    assert origin.doubts(two.vn.node, again) == ()
    assert origin.doubts(two.ru.node, again) == ("SAID_BEFORE",)
    assert origin.doubts(two.ru.node, bytes(16)) == ()


def test_every_act_that_gives_is_an_act_of_the_law():
    known = {act for rules in lawbook().procedures.values() for act in rules.acts}
    assert known >= origin.NEVER_IN_DOUBT
