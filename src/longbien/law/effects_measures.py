"""Effects of measures on communications, persons and property: until when they run, and what stops that count.

Registered with all others in `effects`. What these write starts clocks, so a count that has ended is taken away.
"""

from typing import Final

from longbien.law import facts
from longbien.law.changes import Changes, Effect
from longbien.law.clocks import due
from longbien.law.instants import DAY, day_of, read_date, read_instant
from longbien.law.rules import Rules
from longbien.law.situation import NewFacts, Situation


def period_asked(situation: Situation, _rules: Rules) -> Changes:
    """For which period the requesting State asks: the bounds of everything that follows."""
    period = facts.record(situation.body, "collect_period")
    write: NewFacts = {}
    for name, fact in (("from", "asked_from"), ("to", "asked_until")):
        found = read_instant(facts.text(period, name) or "")
        if isinstance(found, int):
            write[fact] = found
    return Changes(write=write)


def collection_ended(_situation: Situation, _rules: Rules) -> Changes:
    """Nothing is collected from here on; both sides hear of it."""
    return Changes(notices=("COLLECTION_ENDED",))


def took_effect(situation: Situation, _rules: Rules) -> Changes:
    """Since when a measure holds: the fact `effective_at`, as the act says it and not when the act arrived."""
    found = read_instant(facts.text(situation.body, "effective_at") or "")
    return Changes(write={"effective_at": found if isinstance(found, int) else situation.at})


def custody_counted(situation: Situation, _rules: Rules) -> Changes:
    """Provisional custody ends after the days that law or treaty give; unknown days are asked for at once (Art. 37(10))."""
    arrested = read_instant(facts.text(situation.body, "effective_at") or "")
    start = arrested if isinstance(arrested, int) else facts.number(situation.data, "effective_at")
    since = situation.at if start is None else start
    days = facts.number(situation.body, "custody_days")
    notice = "PERSON_ARRESTED" if isinstance(arrested, int) else "CUSTODY_STATED"
    if days is None:
        return Changes(
            write={"effective_at": since, "custody_asked_at": situation.at},
            notices=(notice, "CUSTODY_UNKNOWN"),
        )
    return Changes(
        write={"effective_at": since, "custody_ends_at": since + days * DAY},
        drop=("custody_asked_at",),
        notices=(notice,),
    )


def extradition_followed(situation: Situation, _rules: Rules) -> Changes:
    """The request for extradition is there, so the count of provisional custody ends."""
    return Changes(
        write={"follow_up": situation.body.get("exchange")}, drop=("custody_ends_at", "custody_asked_at")
    )


def release_is_due(_situation: Situation, _rules: Rules) -> Changes:
    """There is no ground any more on which the person is held for the other State."""
    return Changes(drop=("custody_ends_at", "custody_asked_at"), notices=("RELEASE_IS_DUE",))


def property_frozen(situation: Situation, _rules: Rules) -> Changes:
    """Which items are frozen, since when, and the day on which that is looked at again."""
    effective = read_instant(facts.text(situation.body, "effective_at") or "")
    review = read_date(facts.text(situation.body, "review_on") or "")
    return Changes(
        write={
            "frozen": facts.items(situation.body, "items"),
            "effective_at": effective if isinstance(effective, int) else situation.at,
            "review_on": (day_of(situation.at) if review is None else review) * DAY,
        },
        notices=("PROPERTY_FROZEN",),
    )


def held_for_confiscation(situation: Situation, _rules: Rules) -> Changes:
    """The request for confiscation is there, and the property stays frozen until it is decided."""
    return Changes(write={"follow_up": situation.body.get("exchange")})


def lifting_announced(situation: Situation, rules: Rules) -> Changes:
    """The requesting State has until the due time to speak for the freezing (Art. 50(8))."""
    held = {"opened_at": situation.at, "due_at": due(rules.clocks["LIFT"], situation.at)}
    return Changes(write={"consultation": held}, notices=("LIFTING_INTENDED",))


def lifting_dropped(_situation: Situation, _rules: Rules) -> Changes:
    """The property stays frozen, and a new intention to lift would give a new chance to answer."""
    return Changes(drop=("consultation",), notices=("PROPERTY_STAYS_FROZEN",))


def property_released(situation: Situation, _rules: Rules) -> Changes:
    """The requesting State no longer needs it frozen (Art. 40(26))."""
    return Changes(write={"ended_at": situation.at}, notices=("PROPERTY_RELEASED",))


def service_done(_situation: Situation, _rules: Rules) -> Changes:
    """The documents were served, or will not be: the day by which it was to happen counts no more."""
    return Changes(drop=("serve_before",))


EFFECTS: Final[tuple[Effect, ...]] = (
    period_asked,
    collection_ended,
    took_effect,
    custody_counted,
    extradition_followed,
    release_is_due,
    property_frozen,
    held_for_confiscation,
    lifting_announced,
    lifting_dropped,
    property_released,
    service_done,
)
