"""A basis as a request cites it, and the rules that follow: a procedure under a basis.

Knows what an instrument adds to a procedure and whether a request brings it. It must never judge what was stated: that
the statement is there is all that a machine can see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from longbien.law import facts
from longbien.law.basis import NAMED, RECIPROCITY, TREATY, closed, language_accepted
from longbien.law.rules import Cover, Grounds, Instrument, Rules
from longbien.law.situation import Facts

# What is no treaty adds nothing and narrows nothing.
_PLAIN: Final = Cover(article="", article_checked=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules of a procedure under one instrument: for which reasons it may be refused, and what the treaty says."""

    instrument: str
    grounds: tuple[str, ...]
    cover: Cover


def profile(procedure: str, grounds: Grounds, instrument: Instrument) -> Profile | None:
    """The rules in force for a procedure with these grounds under an instrument; None where it does not cover it.

    Source: convention.md §5; architecture §1.1.
    """
    cover = instrument.covers.get(procedure) if instrument.kind == TREATY else _PLAIN
    if cover is None:
        return None
    own = (*grounds.allowed, *grounds.conditional, *cover.grounds_added)
    return Profile(
        instrument=instrument.id,
        grounds=tuple(code for code in own if code not in cover.grounds_closed),
        cover=cover,
    )


def objection(rules: Rules, cited: Facts, *, parties: Sequence[str], day: int, request: Facts | None) -> str:
    """Why the basis `cited` does not carry the procedure between `parties` on `day`; "" when it does.

    `request` is the body of the opening act, whose contents an instrument may ask for; None where an accepting
    State names the basis. Codes: those of `basis`, then BASIS_ASSURANCE_MISSING, BASIS_TEXT_MISSING,
    BASIS_STATEMENT_MISSING, BASIS_FIELD_MISSING, BASIS_LANGUAGE.
    """
    name = facts.text(cited, "instrument") or ""
    code = closed(rules.instruments, name, parties, rules.procedure, day)
    if code:
        return code
    instrument = rules.instruments[name]
    if instrument.kind == RECIPROCITY:
        return "" if facts.text(cited, "assurance") else "BASIS_ASSURANCE_MISSING"
    if instrument.kind == NAMED:
        shown = request is None or facts.items(request, "attachments")
        return "" if shown and facts.text(cited, "treaty") else "BASIS_TEXT_MISSING"
    return "" if request is None else _contents(rules.procedure, instrument, parties, cited, request)


def _contents(
    procedure: str, instrument: Instrument, parties: Sequence[str], cited: Facts, request: Facts
) -> str:
    cover = instrument.covers[procedure]
    if not set(cover.statements) <= set(facts.texts(cited, "statements")):
        return "BASIS_STATEMENT_MISSING"
    if any(field not in request for field in cover.fields_needed):
        return "BASIS_FIELD_MISSING"
    translations = (facts.text(item, "language") or "" for item in facts.records(request, "translation"))
    languages = (facts.text(request, "language") or "", *translations)
    asked = parties[1:]
    if any(language_accepted(instrument, procedure, party, languages) is False for party in asked):
        return "BASIS_LANGUAGE"
    return ""
