"""Choices: which of several moves an act makes. A closed registry of names that the flows may use.

Where many parties act, the last one to sign, to agree or to leave moves the exchange on, and all before it do not.
A choice only looks; it must never refuse (that is a guard) and never write (that is an effect).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from longbien.law import facts
from longbien.law.marks import gone, marked
from longbien.law.situation import Situation

Choice: TypeAlias = Callable[[Situation], bool]


def last_of_all(situation: Situation) -> bool:
    """With this act, every party that has not gone has done it."""
    return _done(situation, set(situation.parties))


def last_of_others(situation: Situation) -> bool:
    """With this act, every party that has not gone has done it, the opener not counted."""
    return _done(situation, _others(situation))


def nobody_left(situation: Situation) -> bool:
    """With this act, every party but the opener has declined or left."""
    return _others(situation) <= {*gone(situation.data), situation.party}


def detained(situation: Situation) -> bool:
    """The person is in custody, and goes back in custody."""
    return situation.data.get("detained") is True


def return_due(situation: Situation) -> bool:
    """The surrender was granted on condition of return (Art. 37(12))."""
    return facts.text(situation.data, "outcome") == "granted_with_return"


def destruction_due(situation: Situation) -> bool:
    """A day was set by which the material is destroyed."""
    return facts.number(situation.data, "destroy_by") is not None


def _done(situation: Situation, waited_for: set[str]) -> bool:
    return waited_for - gone(situation.data) <= {*marked(situation.data, situation.act), situation.party}


def _others(situation: Situation) -> set[str]:
    return set(situation.parties) - {facts.text(situation.data, "from_state")}


CHOICES: Final[Mapping[str, Choice]] = MappingProxyType(
    {
        choice.__name__: choice
        for choice in (last_of_all, last_of_others, nobody_left, detained, return_due, destruction_due)
    }
)
