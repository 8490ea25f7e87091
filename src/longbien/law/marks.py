"""Marks: which party has done what, where an exchange has many.

Knows one shape: the fact `<act>_by` maps a party to the time (ms) of its act. It must never know what the acts mean.
"""

from collections.abc import Mapping

from longbien.law import facts
from longbien.law.situation import Facts
from longbien.wire.cbor import Value


def name_of(act: str) -> str:
    """The fact that holds the marks of an act."""
    return f"{act}_by"


def marked(data: Facts, act: str) -> Mapping[str, Value]:
    """The parties that have done `act`, with their times."""
    return facts.record(data, name_of(act))


def gone(data: Facts) -> frozenset[str]:
    """The parties that declined to join, or left."""
    return frozenset({*marked(data, "decline"), *marked(data, "leave")})
