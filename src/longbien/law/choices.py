"""Choices: which of several moves an act makes. A closed registry of names that the flows may use.

Where many parties act, the last one to sign, to agree or to leave moves the exchange on, and all before it do not.
A choice only looks; it must never refuse (that is a guard) and never write (that is an effect).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from longbien.law import facts
from longbien.law.marks import marked
from longbien.law.situation import Situation

Choice: TypeAlias = Callable[[Situation], bool]


def completes(situation: Situation) -> bool:
    """With this act, every party that has not left has done it."""
    left = marked(situation.data, "decline")
    waited_for = {party for party in situation.parties if party not in left}
    return waited_for <= {*marked(situation.data, situation.act), situation.party}


def nobody_left(situation: Situation) -> bool:
    """With this act, every party but the opener has declined."""
    others = {party for party in situation.parties if party != facts.text(situation.data, "from_state")}
    return others <= {*marked(situation.data, situation.act), situation.party}


CHOICES: Final[Mapping[str, Choice]] = MappingProxyType(
    {choice.__name__: choice for choice in (completes, nobody_left)}
)
