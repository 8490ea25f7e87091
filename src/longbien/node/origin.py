"""Whether an exchange may be given a yes: never, while something speaks against who opened it.

What it knows: which acts say yes to another State, and what provenance says of the opening. What it must never know: through which door
the yes would leave. A forged request may be asked about, refused and set aside; it is neither accepted nor answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from longbien.node.provenance import provenance
from longbien.node.telling import opened

if TYPE_CHECKING:
    from longbien.node.node import Node

IN_DOUBT = "ORIGIN_IN_DOUBT"

# Which acts are the law's and the last yes. An order to preserve is both.
ACCEPTED = frozenset(
    {"accept", "accept_conditions", "accept_terms", "agree", "consent", "disclose", "grant", "order"}
)
DONE = frozenset(
    {
        "answer",
        "arrest",
        "confirm_surrender",
        "confiscate",
        "consent",
        "deliver",
        "disclose",
        "freeze",
        "hold",
        "order",
        "sign",
    }
)
# Parts of an answer, and what else hands something or somebody over before the last yes.
_IN_PART = frozenset(
    {
        "batch",
        "contribute",
        "hand_over",
        "hand_over_file",
        "partial",
        "report_finding",
        "set_hand_over",
        "start",
        "transfer",
        "validate",
    }
)
NEVER_IN_DOUBT = ACCEPTED | DONE | _IN_PART
"""The acts that give something; none of them leaves while something speaks against who asked."""


def doubts(node: Node, exchange: bytes) -> tuple[str, ...]:
    """The codes of everything that speaks against who opened an exchange; none of them for one that is not here."""
    with node.store.transaction() as tx:
        row = tx.exchanges.find([exchange]).get(exchange)
        if row is None:
            return ()
        set_aside = () if row.quarantine is None else (row.quarantine,)
        step = None if row.opener == node.party else opened(node, tx, row)
        rules = None if step is None else node.rules_of(step.act)
        if step is None or rules is None:
            return set_aside
        return (*provenance(node, tx, step, rules).faults, *set_aside)
