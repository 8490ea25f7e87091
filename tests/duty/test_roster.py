"""Rosters: one person at every instant, hand-overs at their local hour, and lists that never disagree with a question."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.duty import (
    DutyFault,
    Layer,
    Override,
    Roster,
    gaps,
    next_after,
    on_duty,
    read_roster,
    shift_at,
    shifts,
    with_override,
)
from longbien.duty.roster import instant

HOUR, DAY = 3_600_000, 86_400_000
# Local, as all of a roster is.
NEW_YEAR = datetime.fromisoformat("2026-01-01T00:00:00")
PEOPLE = {name: bytes([number]) * 16 for number, name in enumerate(("An", "Binh", "Chi", "O'Neil \"D\\"))}
ZONES = (
    "Asia/Ho_Chi_Minh",
    "Europe/Paris",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def written(zone: str, *layers: str) -> str:
    return f'zone = "{zone}"\n' + "".join(f"[[layer]]\n{layer}\n" for layer in layers)


@st.composite
def rosters(draw) -> Roster:
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        hours = draw(st.booleans())
        layers.append(
            Layer(
                name="",
                persons=tuple(
                    draw(st.lists(st.sampled_from(sorted(PEOPLE.values())), min_size=1, max_size=3))
                ),
                begin=NEW_YEAR + timedelta(minutes=draw(st.integers(0, 525_600))),
                turn=timedelta(hours=draw(st.sampled_from([1, 8, 12, 24, 168]))),
                days=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
                opens=draw(st.times().map(lambda value: value.replace(microsecond=0))) if hours else None,
                closes=draw(st.times().map(lambda value: value.replace(microsecond=0))) if hours else None,
            )
        )
    overrides = [
        Override(person=draw(st.sampled_from(sorted(PEOPLE.values()))), since=since, until=since + long)
        for since, long in draw(
            st.lists(
                st.tuples(st.integers(at("2026-01-01T00Z"), at("2026-12-31T00Z")), st.integers(1, 3 * DAY)),
                max_size=2,
            )
        )
    ]
    return Roster(zone=draw(st.sampled_from(ZONES)), layers=tuple(layers), overrides=tuple(overrides))


@given(rosters(), st.integers(at("2026-01-01T00Z"), at("2026-12-20T00Z")), st.integers(1, 9 * DAY), st.data())
def test_shifts_lie_one_beside_the_other_and_say_at_every_instant_what_a_question_says(
    roster, since, long, data
):
    found = shifts(roster, since, since + long)
    assert found[0].since == since
    assert found[-1].until == since + long
    for one, other in pairwise(found):
        assert one.until == other.since
        assert one.person != other.person
    for moment in data.draw(st.lists(st.integers(since, since + long - 1), min_size=8, max_size=8)):
        (shift,) = [item for item in found if item.since <= moment < item.until]
        assert shift.person == on_duty(roster, moment)
        assert on_duty(roster, shift.since) == on_duty(roster, shift.until - 1) == shift.person
    assert gaps(roster, since, since + long) == tuple(shift for shift in found if shift.person is None)


@given(st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 364))
def test_a_hand_over_keeps_its_local_hour_through_every_night_when_the_clock_jumps(zone, hour, day):
    text = written(zone, f'persons = ["An", "Binh"]\nbegin = 2026-01-01T{hour:02}:00:00\nturn = "day"')
    roster = read_roster(text, PEOPLE)
    there = NEW_YEAR + timedelta(days=day, hours=hour)
    moment = instant(ZoneInfo(zone), there)
    comes = PEOPLE["An" if day % 2 == 0 else "Binh"]
    assert on_duty(roster, moment) == comes
    assert on_duty(roster, moment - 1) == (None if day == 0 else PEOPLE["Binh" if day % 2 == 0 else "An"])


def test_a_night_with_a_jump_is_an_hour_shorter_or_longer():
    text = written("Europe/Paris", 'persons = ["An", "Binh"]\nbegin = 2026-01-01T20:00:00\nturn = "12 hours"')
    roster = read_roster(text, PEOPLE)
    spring = shift_at(roster, at("2026-03-29T01:30:00Z"), within=2 * DAY)
    autumn = shift_at(roster, at("2026-10-25T01:30:00Z"), within=2 * DAY)
    usual = shift_at(roster, at("2026-06-10T01:30:00Z"), within=2 * DAY)
    assert [(item.until - item.since) // HOUR for item in (spring, autumn, usual)] == [11, 13, 12]


def test_a_later_layer_covers_an_earlier_one_and_an_exception_covers_both():
    text = written(
        "Asia/Ho_Chi_Minh",
        'persons = ["An"]\nbegin = 2026-11-02T08:00:00\nturn = "week"',
        'persons = ["Binh"]\nbegin = 2026-11-02T00:00:00\nturn = "week"\nfrom = 22:00:00\nuntil = 06:00:00\ndays = ["fri"]',
    )
    text = with_override(text, "Chi", at("2026-11-06T16:00:00Z"), at("2026-11-06T17:00:00Z"))
    roster = read_roster(text, PEOPLE)
    # Friday 22:00 in Ha Noi is 15:00 UTC; its hours end on Saturday at 06:00.
    asked = {"2026-11-06T14:59:59Z": "An", "2026-11-06T15:00:00Z": "Binh", "2026-11-06T16:30:00Z": "Chi"}
    asked |= {"2026-11-06T22:59:59Z": "Binh", "2026-11-06T23:00:00Z": "An", "2026-11-07T16:00:00Z": "An"}
    for moment, name in asked.items():
        assert on_duty(roster, at(moment)) == PEOPLE[name], moment
    following = next_after(roster, at("2026-11-06T14:00:00Z"), within=DAY)
    assert following is not None
    assert (following.person, following.since) == (PEOPLE["Binh"], at("2026-11-06T15:00:00Z"))


def test_a_roster_with_hours_only_has_a_gap_and_the_gap_is_found():
    text = written(
        "Asia/Ho_Chi_Minh",
        'persons = ["An"]\nbegin = 2026-11-02T00:00:00\nturn = "week"\nfrom = 08:00:00\nuntil = 20:00:00',
    )
    (gap,) = gaps(read_roster(text, PEOPLE), at("2026-11-10T10:00:00Z"), at("2026-11-11T10:00:00Z"))
    assert (gap.since, gap.until) == (at("2026-11-10T13:00:00Z"), at("2026-11-11T01:00:00Z"))


@given(st.sampled_from(sorted(PEOPLE)), st.integers(0, at("2036-01-01T00Z")), st.integers(1, 400 * DAY))
def test_an_exception_is_written_and_read_again_to_the_millisecond(name, since, long):
    text = written("Asia/Ho_Chi_Minh", 'persons = ["An"]\nbegin = 2026-11-02T08:00:00\nturn = "week"')
    roster = read_roster(with_override(text, name, since, since + long), PEOPLE)
    assert roster.overrides == (Override(person=PEOPLE[name], since=since, until=since + long),)


GOOD = 'persons = ["An"]\nbegin = 2026-11-02T08:00:00\nturn = "week"'


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("zone = ", "DUTY_SYNTAX", "at end of document"),
        (written("Asia/Hanoi", GOOD), "DUTY_ZONE_UNKNOWN", "Asia/Ho_Chi_Minh"),
        (written("UTC"), "DUTY_KEY_MISSING", "layer"),
        (written("UTC", GOOD.replace("persons", "person")), "DUTY_KEY_UNKNOWN", "did you mean persons?"),
        (written("UTC", GOOD.replace('"An"', '"Bin"')), "DUTY_PERSON_UNKNOWN", "did you mean Binh?"),
        (written("UTC", GOOD.replace('["An"]', "[]")), "DUTY_VALUE", "persons"),
        (written("UTC", GOOD.replace('"week"', '"0 hours"')), "DUTY_VALUE", "12 hours"),
        (written("UTC", GOOD.replace('"week"', '"fortnight"')), "DUTY_VALUE", "12 hours"),
        (written("UTC", GOOD.replace("T08:00:00", "T08:00:00Z")), "DUTY_VALUE", "local"),
        (written("UTC", GOOD + "\nfrom = 08:00:00"), "DUTY_VALUE", "belong together"),
        (written("UTC", GOOD + '\ndays = ["monday"]'), "DUTY_KEY_UNKNOWN", "mon"),
        (with_override(written("UTC", GOOD), "An", DAY, DAY), "DUTY_VALUE", "later than from"),
        ("x" * 70_000, "DUTY_SYNTAX", "longer"),
    ],
)
def test_a_mistake_in_a_roster_has_a_code_and_the_nearest_name(text, code, said):
    with pytest.raises(DutyFault) as fault:
        read_roster(text, PEOPLE)
    assert fault.value.code == code
    assert said in fault.value.detail


def test_an_hour_that_does_not_exist_is_taken_as_before_the_jump_and_one_that_comes_twice_is_the_first():
    paris = ZoneInfo("Europe/Paris")
    assert instant(paris, datetime.fromisoformat("2026-03-29T02:30:00")) == at("2026-03-29T01:30:00Z")
    assert instant(paris, datetime.fromisoformat("2026-10-25T02:30:00")) == at("2026-10-25T00:30:00Z")
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(paris).time() == time(2, 30)
