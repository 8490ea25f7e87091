"""Pages on two nodes: raised with the arrival, called by the policy, ended by the acknowledgement, and never lost between."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import sample
from longbien.law.instants import DAY, HOUR
from longbien.node import Denied, Sent, duty, handover, pages, replies
from longbien.node.handling import Handled, handle
from longbien.node.people import MACHINE_ROOM
from longbien.node.raising import HEALTH, STORM, TEST

from .pair import NOW, OFFICE, Pair, Side, pair

MINUTE = 60_000
BODIES = sample.preservation(NOW)
CHANNELS = ("mail", "ntfy")
FIRST, SECOND = "Officer 0 (invented)", "Officer 1 (invented)"
ROSTER = f"""
zone = "Asia/Ho_Chi_Minh"
[[layer]]
persons = ["{FIRST}", "{SECOND}"]
begin = 2026-11-02T08:00:00
turn = "day"
"""
POLICY = """
awake_minutes = 10
clock_minutes = 60
[[step]]
to = ["on-duty"]
channels = ["ntfy", "mail"]
wait_minutes = 5
[[step]]
to = ["everyone"]
channels = ["mail"]
wait_minutes = 5
"""


class Crash(Exception):
    """The process ends here."""


def ready(side: Side, policy: str = POLICY) -> None:
    assert duty.set_roster(side.node, OFFICE, ROSTER, by=MACHINE_ROOM) == ()
    assert duty.set_policy(side.node, OFFICE, policy, by=MACHINE_ROOM) == ()
    for number, person in enumerate(persons(side)):
        for channel in CHANNELS:
            assert duty.reach(side.node, person, channel, f"{channel}-{number}@example.org") is None


def persons(side: Side) -> list[bytes]:
    with side.store.transaction() as tx:
        return [item.person for item in sorted(tx.desk.officers(), key=lambda item: item.name)]


@pytest.fixture
def two(store_urls) -> Iterator[Pair]:
    made = pair(store_urls)
    ready(made.ru)
    yield made
    made.vn.store.close()
    made.ru.store.close()


@pytest.fixture
def here() -> Iterator[Pair]:
    made = pair()
    ready(made.ru)
    yield made
    made.vn.store.close()
    made.ru.store.close()


def opening(two: Pair, urgency: str = "urgent") -> bytes:
    sent = two.vn.act("open", {**BODIES["open"], "urgency": urgency}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    two.deliver()
    return sent.exchange


def send(side: Side, channel: str = "mail") -> list[pages.Due]:
    """Everything that a channel may send now is sent."""
    found = list(pages.due_calls(side.node, channel))
    for item in found:
        pages.sent(side.node, item.call)
    return found


def pass_time(side: Side, minutes: int) -> None:
    side.clock.now += minutes * MINUTE
    pages.tick(side.node, CHANNELS)


@pytest.mark.promise("P2")
def test_an_urgent_arrival_calls_who_is_on_duty_then_everyone_until_it_is_acknowledged(two):
    exchange = opening(two)
    on = duty.watch(two.ru.node, OFFICE)
    assert on is not None
    assert on.person is not None
    # The page is there before anybody ticked: it came in the commit of the arrival.
    (page,) = pages.open_pages(two.ru.node)
    assert (page.page.exchange, page.page.kind, page.page.raised_at) == (exchange, "arrival", NOW)
    pass_time(two.ru, 0)
    assert {
        (item.call.person, item.call.channel) for channel in CHANNELS for item in send(two.ru, channel)
    } == {(on.person.person, channel) for channel in CHANNELS}
    pass_time(two.ru, 4)
    assert send(two.ru) == []
    pass_time(two.ru, 1)
    assert {item.call.person for item in send(two.ru)} == set(persons(two.ru))
    assert isinstance(two.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    assert pages.open_pages(two.ru.node) == ()
    two.deliver()
    pass_time(two.ru, 60)
    assert [send(two.ru, channel) for channel in CHANNELS] == [[], []]
    (ended,) = pages.all_pages(two.ru.node)
    assert ended.page.stage == "acknowledged"


def test_a_routine_arrival_wakes_nobody_and_our_own_request_neither(here):
    opening(here, "routine")
    ready(here.vn)
    opening(here, "emergency")
    assert pages.open_pages(here.vn.node) == ()
    assert [item.page.urgency for item in pages.open_pages(here.ru.node)] == ["emergency"]


def test_what_the_other_side_withdraws_wakes_nobody_any_more_and_is_not_called_acknowledged(here):
    exchange = opening(here)
    withdrawn = here.vn.act("withdraw", BODIES["withdraw"], exchange=exchange)
    assert isinstance(withdrawn, Sent), withdrawn
    here.deliver()
    (page,) = pages.all_pages(here.ru.node)
    assert page.page.stage == "closed"
    assert page.page.ended_by is None


def test_awake_is_not_acknowledged_and_whoever_wakes_and_does_nothing_is_followed_by_the_next(here):
    opening(here)
    pass_time(here.ru, 0)
    (call,) = [item.call for item in send(here.ru)]
    assert isinstance(replies.answer(here.ru.node, "OK ZZZZ"), Denied)
    awake = replies.answer(here.ru.node, f"ok  {call.code.lower()}")
    assert not isinstance(awake, Denied)
    assert (awake.stage, awake.awake_by) == ("awake", call.person)
    (page,) = pages.open_pages(here.ru.node)
    assert page.page.ended_at is None
    pass_time(here.ru, 9)
    assert send(here.ru) == []
    pass_time(here.ru, 1)
    again = send(here.ru)
    assert {item.call.person for item in again} == set(persons(here.ru))
    assert {item.awake for item in again} == {FIRST if call.person == persons(here.ru)[0] else SECOND}


def test_a_page_is_closed_by_a_person_with_a_reason_and_stays_closed(here):
    opening(here)
    pass_time(here.ru, 0)
    (page,) = pages.open_pages(here.ru.node)
    by = persons(here.ru)[0]
    assert isinstance(replies.close(here.ru.node, page.page.id, by=by, why=" "), Denied)
    closed = replies.close(here.ru.node, page.page.id, by=by, why="Handled by telephone.")
    assert not isinstance(closed, Denied)
    pass_time(here.ru, 30)
    assert pages.open_pages(here.ru.node) == ()
    assert send(here.ru) == []
    again = replies.close(here.ru.node, page.page.id, by=by, why="Again.")
    assert isinstance(again, Denied)
    assert again.code == "PAGE_OVER"


def test_many_pages_at_once_become_one_with_a_count_that_ends_with_the_last_of_them(here):
    ready(here.ru, POLICY.replace("awake_minutes", "storm_pages = 3\nawake_minutes"))
    exchanges = [opening(here) for _ in range(4)]
    pass_time(here.ru, 0)
    (call,) = send(here.ru)
    assert (call.page.kind, call.count) == (STORM, 4)
    late = opening(here)
    pass_time(here.ru, 5)
    assert {item.count for item in send(here.ru)} == {5}
    for exchange in (*exchanges, late):
        assert isinstance(here.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    here.deliver()
    pass_time(here.ru, 5)
    assert send(here.ru) == []
    assert pages.open_pages(here.ru.node) == ()


def test_a_call_that_was_queued_for_a_storm_is_not_sent_when_the_last_page_was_acknowledged(here):
    ready(here.ru, POLICY.replace("awake_minutes", "storm_pages = 1\nawake_minutes"))
    exchange = opening(here)
    pages.tick(here.ru.node, CHANNELS)
    assert isinstance(here.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    assert send(here.ru) == []


@pytest.mark.parametrize("seam", ["_before_commit", "_after_commit"])
@pytest.mark.promise("P14")
def test_a_crash_at_any_commit_between_arrival_and_sending_loses_no_page(here, monkeypatch, seam):
    """The process ends at the first, second … commit of the pager; after the restart the same person is called."""
    for number in range(4):
        exchange = opening(here)
        left = number

        def fail():
            nonlocal left
            left -= 1
            if left < 0:
                raise Crash

        with monkeypatch.context() as broken:
            broken.setattr(here.ru.store, seam, fail)
            with suppress(Crash):
                pages.tick(here.ru.node, CHANNELS)
                for item in pages.due_calls(here.ru.node, "mail"):
                    pages.sent(here.ru.node, item.call)
        here.ru.restart()
        pages.tick(here.ru.node, CHANNELS)
        send(here.ru)
        (page,) = [item for item in pages.open_pages(here.ru.node) if item.page.exchange == exchange]
        assert any(call.sent_at for call in page.calls)
        assert len({(call.person, call.channel) for call in page.calls}) == len(page.calls)
        assert isinstance(here.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)


@pytest.mark.promise("P1")
def test_an_arrival_that_was_not_committed_left_no_page_and_one_that_was_left_both(here, monkeypatch):
    sent = here.vn.act("open", {**BODIES["open"], "urgency": "urgent"}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    with monkeypatch.context() as broken:
        broken.setattr(here.ru.store, "_before_commit", lambda: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            here.deliver()
    here.ru.restart()
    with here.ru.store.transaction() as tx:
        assert (tx.exchanges.all_ids(), tx.pages.open()) == ((), ())
    here.vn.clock.now += DAY
    here.vn.restart()
    here.deliver()
    with here.ru.store.transaction() as tx:
        assert [page.exchange for page in tx.pages.open()] == list(tx.exchanges.all_ids())


def test_a_clock_of_the_law_that_nobody_owns_wakes_somebody_near_its_end_until_somebody_takes_it(here):
    exchange = opening(here, "routine")
    assert isinstance(here.ru.act("acknowledge", BODIES["acknowledge"], exchange=exchange), Sent)
    with here.ru.store.transaction() as tx:
        (clock, *_) = tx.exchanges.clocks_of(exchange)
        # The flow has targets only at this stage; the page is about a clock that an article sets.
        tx.exchanges.set_clocks({exchange: [replace(clock, statutory=True, act=None, due_at=NOW + 3 * HOUR)]})
    pages.tick(here.ru.node, CHANNELS)
    assert pages.open_pages(here.ru.node) == ()
    pass_time(here.ru, 121)
    (page,) = pages.open_pages(here.ru.node)
    assert (page.page.kind, page.page.exchange) == ("clock", exchange)
    owner = persons(here.ru)[0]
    assert not isinstance(handle(here.ru.node, exchange, Handled(owner=owner), by=owner), Denied)
    pass_time(here.ru, 1)
    assert pages.open_pages(here.ru.node) == ()
    # Whoever gives it back is not the last to have seen it.
    assert not isinstance(handle(here.ru.node, exchange, Handled(), by=owner), Denied)
    pass_time(here.ru, 1)
    assert len(pages.open_pages(here.ru.node)) == 1


def test_an_urgent_act_that_waits_for_its_peer_wakes_somebody_until_it_has_left(here):
    ready(here.vn)
    sent = here.vn.act("open", {**BODIES["open"], "urgency": "urgent"}, to="RU", procedure="preservation")
    assert isinstance(sent, Sent)
    pass_time(here.vn, 14)
    assert pages.open_pages(here.vn.node) == ()
    pass_time(here.vn, 1)
    (page,) = pages.open_pages(here.vn.node)
    assert page.page.kind == "peer"
    here.deliver()
    pass_time(here.vn, 1)
    assert pages.open_pages(here.vn.node) == ()


def test_the_monthly_test_is_raised_once_ends_with_an_answer_and_without_one_says_so(here):
    ready(here.ru, "test_day = 22\ntest_hour = 19\n" + POLICY)
    pass_time(here.ru, 0)
    pass_time(here.ru, 1)
    (call, *_) = send(here.ru)
    assert call.page.kind == TEST
    answered = replies.answer(here.ru.node, call.call.code)
    assert not isinstance(answered, Denied)
    assert answered.stage == "closed"
    pass_time(here.ru, 60)
    assert pages.open_pages(here.ru.node) == ()
    pass_time(here.ru, 30 * 24 * 60)
    for _ in range(3):
        pass_time(here.ru, 5)
    (second, first) = pages.all_pages(here.ru.node, kind=TEST)
    assert (first.page.why, second.page.why) == ("", pages.UNANSWERED)


def test_a_gap_in_the_roster_calls_everybody_and_is_told_ahead(here):
    gapped = ROSTER + "from = 08:00:00\nuntil = 20:00:00\n"
    warned = duty.set_roster(here.ru.node, OFFICE, gapped, by=MACHINE_ROOM)
    assert not isinstance(warned, Denied)
    assert warned[0].startswith("ROSTER_GAP")
    opening(here)
    pages.tick(here.ru.node, CHANNELS)
    assert {item.call.person for item in send(here.ru)} == set(persons(here.ru))


def test_who_was_on_duty_last_month_is_answered_by_the_roster_of_that_time(here):
    side = here.ru
    first, second = persons(side)
    was = duty.watch(side.node, OFFICE)
    assert was is not None
    assert was.person is not None
    side.clock.now += 30 * DAY
    only = ROSTER.replace(f'"{FIRST}", "{SECOND}"', f'"{SECOND if was.person.person == first else FIRST}"')
    assert not isinstance(duty.set_roster(side.node, OFFICE, only, by=MACHINE_ROOM), Denied)
    before, now = duty.watch(side.node, OFFICE, NOW), duty.watch(side.node, OFFICE)
    assert before is not None
    assert now is not None
    assert now.person is not None
    assert before.person == was.person
    assert {was.person.person, now.person.person} == {first, second}
    assert duty.watch(side.node, OFFICE, NOW - DAY) is None


def test_a_swap_gives_each_the_shift_of_the_other_and_nothing_else(here):
    node = here.ru.node
    since, until = NOW, NOW + 6 * DAY
    before = {shift.since: shift.person for shift in duty.shifts_of(node, OFFICE, since, until)}
    one, other = sorted(before)[1], sorted(before)[2]
    assert duty.swap(node, OFFICE, one, other, by=MACHINE_ROOM) == ()
    for moment, person in before.items():
        now = duty.watch(node, OFFICE, moment)
        assert now is not None
        assert now.person is not None
        assert (now.person.person == person) is (moment not in {one, other})
    same = duty.swap(node, OFFICE, one, one, by=MACHINE_ROOM)
    assert isinstance(same, Denied)
    assert same.code == "SHIFT_SAME"


@pytest.mark.promise("P9")
def test_a_hand_over_lists_what_waits_and_is_kept_only_when_both_have_signed_exactly_it(two):
    side = two.ru
    exchange = opening(two)
    first, second = persons(side)
    given = handover.waiting(
        side.node, OFFICE, leaves=first, comes=second, text="The prosecutor calls at nine."
    )
    assert not isinstance(given, Denied)
    lists = dict(given.lists)
    assert [row.what for row in lists["acknowledge"]] == [exchange.hex()]
    assert [row.about for row in lists["pages"]] == ["arrival"]
    assert any(row.what == exchange.hex() for row in lists["due"])
    for signed in (side.sign(given.digest, 1), side.sign(replace(given, text="Nothing.").digest)):
        assert isinstance(handover.hand_over(side.node, given, signed), Denied)
    row = handover.hand_over(side.node, given, side.sign(given.digest))
    assert not isinstance(row, Denied)
    assert handover.handed_over(side.node, OFFICE) == (given,)
    with side.store.transaction() as tx:
        (leaf,) = [leaf for leaf in tx.ledger.walk(0) if leaf.kind == "handover"]
    assert given.digest in leaf.record
    side.clock.now += 2 * HOUR
    late = handover.hand_over(side.node, given, side.sign(given.digest))
    assert isinstance(late, Denied)
    assert late.code == "HANDOVER_OLD"


EVENTS = ("arrive", "awake", "acknowledge", "break", "mend", "crash", "wait")
NIGHT = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 7)), max_size=25)


class Night:
    """What happens in a night, minute by minute, and what must hold after each of them."""

    def __init__(self) -> None:
        self.two = pair()
        self.side = self.two.ru
        ready(self.side, POLICY.replace("awake_minutes", "storm_pages = 4\nawake_minutes"))
        self.arrived: list[bytes] = []
        self.broken: set[str] = set()
        self.told: dict[bytes, int] = {}

    def happen(self, event: str, amount: int) -> None:
        match event:
            case "arrive":
                self.arrived.append(opening(self.two))
            case "awake":
                opened = pages.open_pages(self.side.node)
                calls = [call for item in opened for call in item.calls if call.sent_at]
                if calls:
                    replies.answer(self.side.node, calls[amount % len(calls)].code)
            case "acknowledge" if self.arrived:
                done = self.side.act("acknowledge", BODIES["acknowledge"], exchange=self.arrived.pop())
                assert isinstance(done, Sent)
                self.two.deliver()
            case "break":
                self.broken.add(CHANNELS[amount % 2])
            case "mend":
                self.broken.clear()
            case "crash":
                self.side.restart()

    def minute(self) -> None:
        self.two.vn.clock.now += MINUTE
        self.side.clock.now += MINUTE
        pages.tick(self.side.node, CHANNELS)
        for channel in CHANNELS:
            for item in pages.due_calls(self.side.node, channel):
                assert item.page.ended_at is None
                if channel in self.broken:
                    pages.not_sent(self.side.node, item.call, "CHANNEL_DOWN")
                else:
                    pages.sent(self.side.node, item.call)
                    self.told[item.page.id] = self.side.clock.now

    def holds(self) -> None:
        """No open page rests longer than the policy lets it, without a call that was sent or a reason that is seen."""
        opened = pages.open_pages(self.side.node)
        assert {item.page.exchange for item in opened if item.page.kind == "arrival"} == set(self.arrived)
        known = {item.page.id: item for item in opened}
        for item in opened:
            speaks = known[item.page.storm or item.page.id]
            heard = max(self.told.get(speaks.page.id, 0), speaks.page.awake_at or 0, item.page.raised_at)
            failing = any(call.reason for call in speaks.calls)
            assert self.side.clock.now - heard <= 10 * MINUTE or failing


@settings(max_examples=12, deadline=None)
@given(night=NIGHT)
@pytest.mark.promise("P11")
def test_in_every_night_somebody_is_called_in_time_or_the_failure_can_be_seen(night):
    here = Night()
    try:
        for event, amount in night:
            here.happen(event, amount)
            for _ in range(amount):
                here.minute()
                here.holds()
    finally:
        here.two.vn.store.close()
        here.two.ru.store.close()


def test_a_cause_from_outside_is_one_page_however_often_it_is_found(here):
    one = pages.raise_page(here.ru.node, HEALTH, "disk")
    assert pages.raise_page(here.ru.node, HEALTH, "disk").id == one.id
    pages.tick(here.ru.node, CHANNELS)
    assert len(pages.open_pages(here.ru.node)) == 1
