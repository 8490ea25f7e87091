"""The board of warnings: by level and stage, who read and who acted, whom a new one would reach, and the way to withdraw a false alarm.

What it knows: the board. What it must never do: warn, or withdraw; that is an act, composed and signed as any other.
"""

from longbien.node import warnings
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.policy import WRITING
from longbien.web.words import law_language


def board(console: Console, asked: Asked) -> Reply:
    """The page: those that stand, or every one."""
    node, officer = console.node, asked.officer
    every = asked.wish("show") == "all"
    found = [
        one
        for one in warnings.board(node, language=law_language(asked.language))
        if (every or one.stands) and console.subjects.in_office(one.item.line.exchange, officer.office)
    ]
    own_roles = set(node.directory.offices(node.party, officer.office))
    may = [rules for rules in warnings.procedures(node) if own_roles & set(rules.from_roles)]
    values = {
        "levels": [(level, [one for one in found if one.tlp == level]) for level in warnings.LEVELS],
        "every": every,
        "any": bool(found),
        "composing": may if WRITING.intersection(officer.roles) else [],
        "reach": [(rules, warnings.reach(node, rules)) for rules in may],
        "may_write": bool(WRITING.intersection(officer.roles)),
    }
    return Reply(page="warnings.html", values=values)
