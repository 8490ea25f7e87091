"""What two persons of a watch agree, and what they say to a page: nobody is put on duty unasked, no code works twice, no word ends what only
an act ends.
"""

from collections.abc import Iterator

import pytest

from longbien.law.instants import DAY, HOUR
from longbien.node import Denied, duty, handing, handover, swaps
from longbien.store.duty_rows import HandoverRow

from .pair import NOW, OFFICE, Pair, Side, pair
from .test_pages import BODIES, opening, persons, ready


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


def turns(side: Side) -> dict[int, bytes | None]:
    return {shift.since: shift.person for shift in duty.shifts_of(side.node, OFFICE, NOW, NOW + 8 * DAY)}


def code(found) -> str:
    return found.code if isinstance(found, Denied) else ""


def test_a_swap_changes_the_roster_when_the_colleague_accepts_and_not_before(two):
    side = two.ru
    first, second = persons(side)
    before = turns(side)
    mine = [since for since, person in before.items() if person == first][1]
    theirs = [since for since, person in before.items() if person == second][2]
    assert code(swaps.propose(side.node, mine=theirs, theirs=mine, by=first)) == "SHIFT_OTHER"
    assert code(swaps.propose(side.node, mine=mine, theirs=mine, by=first)) == "SHIFT_SAME"
    offered = swaps.propose(side.node, mine=mine, theirs=theirs, by=first)
    assert not isinstance(offered, Denied)
    assert turns(side) == before
    assert swaps.open_swaps(side.node, OFFICE) == (offered,)
    assert code(swaps.accept(side.node, offered.id, by=first)) == "SWAP_OTHER"
    assert code(swaps.withdraw(side.node, offered.id, by=second)) == "SWAP_OTHER"
    assert swaps.accept(side.node, offered.id, by=second) == ()
    for since, person in before.items():
        now = duty.watch(side.node, OFFICE, since)
        assert now is not None
        assert now.person is not None
        assert (now.person.person == person) is (since not in {mine, theirs})
    assert swaps.open_swaps(side.node, OFFICE) == ()
    assert code(swaps.accept(side.node, offered.id, by=second)) == "SWAP_OVER"


def test_a_swap_that_was_declined_withdrawn_or_overtaken_changes_nothing(here):
    side = here.ru
    first, second = persons(side)
    before = turns(side)
    mine = [since for since, person in before.items() if person == first][1]
    theirs = [since for since, person in before.items() if person == second][2]
    for end, by in ((swaps.decline, second), (swaps.withdraw, first)):
        offered = swaps.propose(side.node, mine=mine, theirs=theirs, by=first)
        assert not isinstance(offered, Denied)
        assert end(side.node, offered.id, by=by) is None
        assert code(swaps.accept(side.node, offered.id, by=second)) == "SWAP_OVER"
    overtaken = swaps.propose(side.node, mine=mine, theirs=theirs, by=first)
    assert not isinstance(overtaken, Denied)
    assert not isinstance(
        duty.override(side.node, OFFICE, second, mine + HOUR, mine + 2 * HOUR, by=second), Denied
    )
    assert code(swaps.accept(side.node, overtaken.id, by=second)) == "SHIFT_CHANGED"
    late = swaps.propose(side.node, mine=mine, theirs=theirs + 2 * DAY, by=first)
    side.clock.now = mine + DAY
    assert code(late if isinstance(late, Denied) else swaps.accept(side.node, late.id, by=second)) in {
        "SHIFT_OVER",
        "SHIFT_CHANGED",
    }
    assert swaps.open_swaps(side.node, OFFICE) == ()


def test_an_own_exception_is_taken_back_and_the_rest_of_the_roster_stays(here):
    side = here.ru
    first, second = persons(side)
    before = turns(side)
    spans = [(second, NOW + DAY, NOW + DAY + HOUR), (first, NOW + 3 * DAY, NOW + 3 * DAY + HOUR)]
    for person, since, until in spans:
        assert not isinstance(duty.override(side.node, OFFICE, person, since, until, by=person), Denied)
    assert turns(side) != before
    for person, since, until in spans:
        assert not isinstance(duty.drop_override(side.node, OFFICE, person, since, until, by=person), Denied)
        again = duty.drop_override(side.node, OFFICE, person, since, until, by=person)
        assert code(again) == "OVERRIDE_NONE"
    assert turns(side) == before
    assert len(duty.written(side.node, OFFICE, "roster")) == 5, "every version is kept"


@pytest.mark.promise("P9")
def test_each_signs_a_hand_over_at_an_own_screen_and_neither_alone_hands_over(two):
    side = two.ru
    exchange = opening(two)
    first, second = persons(side)
    with side.store.transaction() as tx:
        by_person = {tx.desk.credential(key.credential).person: key for key in side.officers}

    def signed(person: bytes, digest: bytes, uses: int):
        return by_person[person].sign(digest, uses)

    made = handing.prepare(
        side.node, OFFICE, leaves=first, comes=second, text="The prosecutor calls at nine."
    )
    assert not isinstance(made, Denied)
    assert handing.on_its_way(side.node, OFFICE) == (made,)
    sign = handing.sign
    assert code(sign(side.node, made.digest, signed(second, made.digest, 5))) == "HANDOVER_NOT_YET"
    assert code(sign(side.node, made.digest, signed(first, bytes(32), 5))) == "PASSKEY_INVALID"
    assert code(sign(side.node, made.digest, signed(first, made.digest, 5), by=second)) == "PASSKEY_OTHER"
    half = sign(side.node, made.digest, signed(first, made.digest, 6), by=first)
    assert not isinstance(half, Denied | HandoverRow)
    assert handover.handed_over(side.node, OFFICE) == ()
    assert code(sign(side.node, made.digest, signed(first, made.digest, 7))) == "HANDOVER_SIGNED"
    # What the first one signs meanwhile with the same key does not undo the signature.
    draft = side.draft("acknowledge", BODIES["acknowledge"], exchange=exchange)
    assert not isinstance(draft, Denied)
    approved = side.node.desk.approve(draft.id, signed(first, draft.digest, 8))
    assert not isinstance(approved, Denied), approved
    whole = sign(side.node, made.digest, signed(second, made.digest, 8), by=second)
    assert isinstance(whole, HandoverRow), whole
    (kept,) = handover.handed_over(side.node, OFFICE)
    assert (kept.digest, kept.leaves, kept.comes) == (made.digest, first, second)
    assert handing.on_its_way(side.node, OFFICE) == ()
    assert code(sign(side.node, made.digest, signed(second, made.digest, 9))) == "HANDOVER_UNKNOWN"


def test_a_hand_over_that_nobody_finished_is_forgotten_and_one_that_was_taken_back_too(here):
    side = here.ru
    first, second = persons(side)
    made = handing.prepare(side.node, OFFICE, leaves=first, comes=second, text="")
    assert not isinstance(made, Denied)
    assert code(handing.drop(side.node, made.digest, by=second)) == "HANDOVER_UNKNOWN"
    assert handing.drop(side.node, made.digest, by=first) is None
    assert handing.found(side.node, made.digest) is None
    made = handing.prepare(side.node, OFFICE, leaves=first, comes=second, text="")
    assert not isinstance(made, Denied)
    side.clock.now += HOUR + 1
    assert handing.on_its_way(side.node, OFFICE) == ()
    (key, *_) = side.officers
    assert code(handing.sign(side.node, made.digest, key.sign(made.digest, 1))) == "HANDOVER_UNKNOWN"
