"""Guards that serve many flows: who has acted already, who has left, which text stands, what is due.

Registered with all others in `guards`. Each sees the situation and the rules and answers None or a Refusal.
"""

from typing import Final

from longbien.law import facts
from longbien.law.clocks import due
from longbien.law.instants import DAY, read_date, read_instant
from longbien.law.marks import gone, marked
from longbien.law.rules import Rules
from longbien.law.situation import Refusal, Situation


def once(situation: Situation, _rules: Rules) -> Refusal | None:
    """A party does this once."""
    done = situation.party in marked(situation.data, situation.act)
    return Refusal(code="DONE_ALREADY", detail=situation.act) if done else None


def still_in(situation: Situation, _rules: Rules) -> Refusal | None:
    """Who has declined or left has no further say."""
    left = situation.party in gone(situation.data)
    return Refusal(code="PARTY_HAS_LEFT", detail=situation.party) if left else None


def text_current(situation: Situation, _rules: Rules) -> Refusal | None:
    """One agrees to, signs or ends the text that stands, not an earlier one."""
    stands = facts.number(situation.data, "text_version")
    named = facts.number(situation.body, "text_version")
    return None if named == stands else Refusal(code="TEXT_OTHER_VERSION", detail=str(stands))


def terms_accepted(situation: Situation, _rules: Rules) -> Refusal | None:
    """Content goes out when somebody has accepted its terms, never before (Art. 40(5), invariant 12)."""
    return (
        None
        if marked(situation.data, "accept_terms")
        else Refusal(code="TERMS_NOT_ACCEPTED", detail="accept_terms")
    )


def terms_accepted_here(situation: Situation, _rules: Rules) -> Refusal | None:
    """Only who has accepted the terms has received the content."""
    accepted = situation.party in marked(situation.data, "accept_terms")
    return None if accepted else Refusal(code="TERMS_NOT_ACCEPTED", detail=situation.party)


def clock_due(situation: Situation, rules: Rules) -> Refusal | None:
    """The machine does what a clock triggers when that clock is due, never before."""
    for rule in rules.clocks.values():
        start = facts.number(situation.data, rule.start)
        if rule.acts == situation.act and start is not None and situation.at >= due(rule, start):
            return None
    return Refusal(code="CLOCK_NOT_DUE", detail=situation.act)


def period_ahead(situation: Situation, _rules: Rules) -> Refusal | None:
    """What begins now has an end, and the end lies ahead (invariant 11)."""
    until = read_instant(facts.text(situation.body, "until") or "")
    day = read_date(facts.text(situation.body, "until") or "")
    end = until if isinstance(until, int) else None if day is None else (day + 1) * DAY
    if end is None:
        return Refusal(code="END_MISSING", detail="until")
    return None if end > situation.at else Refusal(code="END_PAST", detail="until")


GUARDS: Final = (once, still_in, text_current, terms_accepted, terms_accepted_here, clock_due, period_ahead)
