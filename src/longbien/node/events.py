"""What happens at a node, for those who read along: a few kinds, identifiers, and nothing of a case.

What it knows: the kinds and what each tells. What it must never hold: names, stages, States, texts; whoever is told asks the node with a
token of their own for the rest.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from longbien.store.event_rows import EventRow

OPENED = "exchange.opened"
PLACED = "exchange.act"
SENT = "exchange.sent"
REFUSED = "exchange.refused"
STOPPED = "exchange.stopped"
DUE = "clock.due"
DRAFTED = "draft.made"
APPROVED = "draft.approved"
# Told by `hook test` alone.
TEST = "hook.test"

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        OPENED: "An exchange was opened and has its place in this node.",
        PLACED: "A further act of an exchange has its place.",
        SENT: "An act of this State was signed and is on its way to its host.",
        REFUSED: "The host gave an act of this State no place.",
        STOPPED: "Nothing goes on in an exchange until people have looked at it.",
        DUE: "A clock ran out that people must hear of.",
        DRAFTED: "A draft waits for approval.",
        APPROVED: "One more person approved a draft.",
        TEST: "Somebody tries whether a hook is heard.",
    }
)


def happened(kind: str, exchange: bytes, subject: bytes, at: int) -> EventRow:
    """Something that happened at `at` (ms); its number is given when it is written."""
    return EventRow(number=0, kind=kind, exchange=exchange, subject=subject, at=at)
