"""Which offers fit which needs: nothing is brought together that does not fit, and nothing that fits is left out."""

from hypothesis import given
from hypothesis import strategies as st

from longbien.practice.pairing import Assistance, fits

TODAY = 20_000
sides = st.builds(
    Assistance,
    exchange=st.binary(min_size=2, max_size=2),
    party=st.sampled_from(["AA", "BB", "CC"]),
    area=st.sampled_from(["law", "forensics"]),
    language=st.sampled_from(["en", "fr"]),
    from_day=st.none() | st.integers(TODAY - 9, TODAY + 9),
    until_day=st.integers(TODAY - 9, TODAY + 9),
    practice=st.booleans(),
)
some = st.lists(sides, max_size=6)


def shared_days(need, offer) -> list[int]:
    """Day by day, as a person would count them."""
    begins = [side.from_day for side in (need, offer) if side.from_day is not None]
    days = range(TODAY, min(need.until_day, offer.until_day) + 1)
    return [day for day in days if all(day >= first for first in begins)]


@given(some, some)
def test_exactly_what_has_an_area_days_and_two_parties_in_common_is_brought_together(needs, offers):
    wanted = [
        (need, offer, len(shared_days(need, offer)))
        for need in needs
        for offer in offers
        if need.area == offer.area
        and need.party != offer.party
        and need.practice == offer.practice
        and shared_days(need, offer)
    ]
    found = [(fit.need, fit.offer, fit.days) for fit in fits(needs, offers, today=TODAY)]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


@given(some, some)
def test_who_needs_no_interpreter_comes_first_and_then_who_has_most_days(needs, offers):
    keys = [(not fit.same_language, -fit.days) for fit in fits(needs, offers, today=TODAY)]
    assert keys == sorted(keys)


@given(some, some, sides)
def test_a_further_offer_takes_no_other_away(needs, offers, more):
    before = fits(needs, offers, today=TODAY)
    after = fits(needs, [*offers, more], today=TODAY)
    assert all(fit in after for fit in before)
