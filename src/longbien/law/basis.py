"""The resolver of legal bases: what two parties may rest a procedure on, on a given day.

Knows dated facts about treaties. It must never decide which basis is better: it says which are open and why
others are not, and the people choose (convention.md §5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.law.rules import Instrument, PartyStatus

RECIPROCITY: Final = "reciprocity"


@dataclass(frozen=True, slots=True)
class Basis:
    """An instrument as a possible basis. `code` is "" when it is open, else why not.

    Codes: BASIS_UNKNOWN, BASIS_NOT_COVERING, BASIS_NOT_PARTY, BASIS_NOT_IN_FORCE, BASIS_ENDED. `article` may
    be "" (not known).
    """

    instrument: str
    code: str
    article: str = ""

    @property
    def open(self) -> bool:
        """Whether an exchange may rest on it."""
        return self.code == ""


def standing(
    instruments: Mapping[str, Instrument], name: str, parties: tuple[str, ...], procedure: str, day: int
) -> Basis:
    """What `name` is worth between all these parties for a procedure on the day number `day`."""
    instrument = instruments.get(name)
    if instrument is None:
        return Basis(instrument="", code="BASIS_UNKNOWN")
    if instrument.kind == RECIPROCITY:
        return Basis(instrument=name, code="")
    if procedure not in instrument.covers:
        return Basis(instrument=name, code="BASIS_NOT_COVERING")
    for party in parties:
        code = _bound(instrument.parties.get(party), day)
        if code:
            return Basis(instrument=name, code=code)
    return Basis(instrument=name, code="", article=instrument.covers[procedure])


def _bound(status: PartyStatus | None, day: int) -> str:
    if status is None:
        return "BASIS_NOT_PARTY"
    if status.in_force is None or day < status.in_force:
        return "BASIS_NOT_IN_FORCE"
    if status.until is not None and day >= status.until:
        return "BASIS_ENDED"
    return ""
