"""The shapes of warnings in the API.

What it knows: names and types. What it must never hold: what a warning says; that stands in its exchange.
"""

from datetime import datetime

from longbien.web.api.shapes import Given, Id


class WarnedParty(Given, frozen=True, kw_only=True):
    """A party that was warned, and what it has said since; `waits` is why it has not arrived yet, null where it has."""

    party: str
    read_at: datetime | None
    acted_at: datetime | None
    declined_at: datetime | None
    waits: str | None


class BoardedWarning(Given, frozen=True, kw_only=True):
    """A warning on the board; `tlp` is RED, AMBER-STRICT, AMBER, GREEN, CLEAR or "". `stands`: it was not lifted, withdrawn or outlived."""

    exchange: Id
    opener: str
    kind: str
    tlp: str
    stage: str
    stands: bool
    confidence: int | None
    valid_until: datetime | None
    practice: bool
    warned: tuple[WarnedParty, ...]


class WarningList(Given, frozen=True, kw_only=True):
    """The board: the narrowest level first, in it those that stand."""

    items: tuple[BoardedWarning, ...]
