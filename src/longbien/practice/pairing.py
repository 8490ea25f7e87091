"""Which offers of technical assistance fit which needs: by area, language and days (Articles 54 and 56).

What it knows: what both sides said. What it must never do: rank States, or bring together what is real and what is an exercise.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """A need or an offer. `party` needs or offers it; days are inclusive, `from_day` is `None` where it is open. `practice`: not real."""

    exchange: bytes
    party: str
    area: str
    language: str
    from_day: int | None
    until_day: int
    practice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """An offer that fits a need: for how many days from now on both stand, and whether both speak one language."""

    need: Assistance
    offer: Assistance
    same_language: bool
    days: int


def fits(needs: Iterable[Assistance], offers: Iterable[Assistance], *, today: int) -> tuple[Fit, ...]:
    """Every pair of one area and of two parties whose days meet, today or later.

    Those that need no interpreter come first, then those that have the most days; what is equal keeps the order of needs and offers.
    """
    known = tuple(offers)
    found = [
        Fit(
            need=need,
            offer=offer,
            same_language=need.language == offer.language,
            days=days,
        )
        for need in needs
        for offer in known
        if _meet(need, offer) and (days := _days(need, offer, today)) > 0
    ]
    return tuple(sorted(found, key=lambda fit: (not fit.same_language, -fit.days)))


def _meet(need: Assistance, offer: Assistance) -> bool:
    return need.area == offer.area and need.party != offer.party and need.practice is offer.practice


def _days(need: Assistance, offer: Assistance, today: int) -> int:
    first = max(today, *(side.from_day or today for side in (need, offer)))
    return min(need.until_day, offer.until_day) - first + 1
