"""Guards of measures on communications, persons and property: they stay within what was asked, they end, and nobody loses by them.

Registered with all others in `guards`. Each sees the situation and the rules and answers None or a Refusal.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from longbien.law import facts
from longbien.law.instants import DAY, day_of, read_date, read_instant
from longbien.law.rules import Rules
from longbien.law.situation import Facts, Refusal, Situation
from longbien.wire.cbor import Value


def asked_end_ahead(situation: Situation, _rules: Rules) -> Refusal | None:
    """What is asked for as a measure over time has an end that lies ahead (Arts 45(3), 46, invariant 11)."""
    end = _instant(facts.record(situation.body, "collect_period"), "to")
    if end is None:
        return Refusal(code="END_MISSING", detail="collect_period.to")
    return None if end > situation.at else Refusal(code="END_PAST", detail="collect_period.to")


def within_asked(situation: Situation, _rules: Rules) -> Refusal | None:
    """A measure ends no later than the requesting State asked; a longer one is a new request."""
    asked, until = facts.number(situation.data, "asked_until"), _instant(situation.body, "until")
    if asked is None or until is None:
        return Refusal(code="FACT_MISSING", detail="asked_until until")
    return None if until <= asked else Refusal(code="END_BEYOND_ASKED", detail="until")


def authorisation_covers(situation: Situation, _rules: Rules) -> Refusal | None:
    """The authorisation entered before holds today, and until the end of the measure that it is for (Art. 24)."""
    expires = read_date(facts.text(facts.record(situation.data, "authorisation"), "expires") or "")
    if expires is None:
        return Refusal(code="AUTHORISATION_MISSING", detail="authorisation")
    # A day of grace: the date is local, the host's order time is UTC.
    ends = (expires + 2) * DAY
    if situation.at >= ends:
        return Refusal(code="AUTHORISATION_LAPSED", detail="authorisation.expires")
    until = _instant(situation.body, "until") or facts.number(situation.data, "until") or 0
    return Refusal(code="END_BEYOND_AUTHORISATION", detail="until") if until > ends else None


def batch_within(situation: Situation, _rules: Rules) -> Refusal | None:
    """A batch holds nothing from before the period that was asked for, nor from after its end or the stop."""
    taken = facts.record(situation.body, "taken")
    first, last = _instant(taken, "from"), _instant(taken, "to")
    ends = [end for name in ("until", "stop_at") if (end := facts.number(situation.data, name)) is not None]
    if first is None or last is None or not ends:
        return Refusal(code="FACT_MISSING", detail="taken until")
    begins = facts.number(situation.data, "asked_from") or 0
    inside = begins <= first and last <= min(ends)
    return None if inside else Refusal(code="BATCH_OUTSIDE_PERIOD", detail="taken")


def session_ahead(situation: Situation, _rules: Rules) -> Refusal | None:
    """A session is set for a time to come."""
    at = _instant(situation.body, "session_at")
    return None if at is not None and at > situation.at else Refusal(code="SESSION_PAST", detail="session_at")


def no_link_in_clear(situation: Situation, _rules: Rules) -> Refusal | None:
    """Who holds the link is in the room, so it goes sealed and never as words of an act."""
    for path, text in _texts(situation.body):
        if "://" in text or "www." in text.lower():
            return Refusal(code="LINK_IN_CLEAR", detail=path)
    return None


def accused_allowed(situation: Situation, _rules: Rules) -> Refusal | None:
    """An accused person is heard by video only where the laws of both States allow it; the other said so when it asked."""
    if facts.text(situation.data, "capacity") != "accused":
        return None
    allowed = situation.body.get("law_allows_accused") is True
    return None if allowed else Refusal(code="ACCUSED_NOT_ALLOWED", detail="law_allows_accused")


def time_credited(situation: Situation, _rules: Rules) -> Refusal | None:
    """Every day in the custody of the other State counts for the sentence (Art. 40(11))."""
    left, returned = facts.number(situation.data, "effective_at"), _instant(situation.body, "effective_at")
    if left is None or returned is None:
        return Refusal(code="FACT_MISSING", detail="effective_at")
    if returned < left:
        return Refusal(code="EFFECT_IMPLAUSIBLE", detail="effective_at")
    days = day_of(returned) - day_of(left)
    credited = facts.number(situation.body, "days_credited") or 0
    return None if credited >= days else Refusal(code="CREDIT_TOO_SHORT", detail=str(days))


def custody_runs(situation: Situation, _rules: Rules) -> Refusal | None:
    """The request for extradition arrives while provisional custody still lasts, where its end is known (Art. 37(10))."""
    ends = facts.number(situation.data, "custody_ends_at")
    over = ends is not None and situation.at >= ends
    return Refusal(code="CUSTODY_OVER", detail="custody_ends_at") if over else None


def return_agreed(situation: Situation, _rules: Rules) -> Refusal | None:
    """A surrender on condition of return needs the condition offered and accepted before (Art. 37(12))."""
    asks = facts.text(situation.body, "outcome") == "granted_with_return"
    if asks and "conditions_accepted_at" not in situation.data:
        return Refusal(code="RETURN_NOT_AGREED", detail="outcome")
    return None


def sentence_sought(situation: Situation, _rules: Rules) -> Refusal | None:
    """A sentence can be enforced instead only where one was passed (Art. 37(13))."""
    passed = facts.text(situation.data, "sought_for") == "sentence"
    return None if passed else Refusal(code="NO_SENTENCE", detail="sought_for")


def trial_sought(situation: Situation, _rules: Rules) -> Refusal | None:
    """A person can be prosecuted instead only where a trial was sought (Art. 37(11))."""
    sought = facts.text(situation.data, "sought_for") == "trial"
    return None if sought else Refusal(code="NO_TRIAL_SOUGHT", detail="sought_for")


def review_ahead(situation: Situation, _rules: Rules) -> Refusal | None:
    """What is frozen is looked at again on a day to come; nothing stays frozen unseen."""
    day = read_date(facts.text(situation.body, "review_on") or "")
    ahead = day is not None and day > day_of(situation.at)
    return None if ahead else Refusal(code="REVIEW_PAST", detail="review_on")


def _instant(source: Facts, name: str) -> int | None:
    found = read_instant(facts.text(source, name) or "")
    return found if isinstance(found, int) else None


def _texts(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a body with the name of its top field."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, path or str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, path)


GUARDS: Final = (
    asked_end_ahead,
    within_asked,
    authorisation_covers,
    batch_within,
    session_ahead,
    no_link_in_clear,
    accused_allowed,
    time_credited,
    custody_runs,
    return_agreed,
    sentence_sought,
    trial_sought,
    review_ahead,
)
