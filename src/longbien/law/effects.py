"""Effects: which facts a move writes and which it takes away. A closed registry of names that the flows may
use.

Each effect sees the situation before the move and the rules, and answers with changes. The guards of its row
have passed, so what it reads is there. It must never judge. Facts start and stop clocks, so no effect touches
a clock.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from longbien.law import effects_many, effects_measures, facts
from longbien.law.changes import Changes, Effect
from longbien.law.clocks import due
from longbien.law.instants import DAY, day_of, read_date, read_instant
from longbien.law.rules import Rules
from longbien.law.situation import NewFacts, Situation

# What the opening act leaves for later guards and for every list of exchanges.
_HEADER: Final = (
    "from_state",
    "to_state",
    "to_states",
    "from_office",
    "to_office",
    "language",
    "case_ref",
    "urgency",
    "handling",
    "scope_limb",
)


def opened(situation: Situation, _rules: Rules) -> Changes:
    """The header, the offences, the count of items and the deadline become facts."""
    body = situation.body
    write: NewFacts = {name: body[name] for name in _HEADER if name in body}
    write["opened_at"] = facts.number(situation.data, "opened_at") or situation.at
    write["basis"] = tuple(
        facts.text(item, "instrument") or "" for item in facts.records(body, "legal_basis")
    )
    write["offences"] = tuple(facts.text(item, "code") or "" for item in facts.records(body, "offence"))
    write["items"] = len(facts.items(body, "items"))
    deadline = read_instant(facts.text(body, "deadline") or "")
    if isinstance(deadline, int):
        write["deadline"] = deadline
    return Changes(write=write)


def acknowledged(situation: Situation, _rules: Rules) -> Changes:
    """A person on the other side has the request in hand."""
    return Changes(write={"acknowledged_at": situation.at})


def redirected(situation: Situation, _rules: Rules) -> Changes:
    """Another office of the same State takes over; both sides hear of it."""
    return Changes(write={"to_office": situation.body.get("to_office")}, notices=("OFFICE_CHANGED",))


def misdirected(situation: Situation, _rules: Rules) -> Changes:
    """The request belongs to another State; the requesting side hears of it."""
    return Changes(write={"ended_at": situation.at}, notices=("WRONG_STATE",))


def routed(situation: Situation, _rules: Rules) -> Changes:
    """The office that checks the request."""
    return Changes(write={"checking_office": situation.body.get("office")})


def basis_settled(situation: Situation, _rules: Rules) -> Changes:
    """The requested side accepts on the bases cited, or on those that it names instead (convention.md §5)."""
    named = tuple(
        facts.text(item, "instrument") or "" for item in facts.records(situation.body, "legal_basis")
    )
    return Changes(write={"basis": named} if named else {})


def information_asked(situation: Situation, _rules: Rules) -> Changes:
    """The exact list of what is missing."""
    asked = (facts.text(item, "field") or "" for item in facts.records(situation.body, "missing"))
    return Changes(write={"required": tuple(dict.fromkeys(asked))})


def information_settled(_situation: Situation, _rules: Rules) -> Changes:
    """Nothing is missing any more, or the requested side goes on without it."""
    return Changes(drop=("required",))


def conditions_offered(situation: Situation, _rules: Rules) -> Changes:
    """Conditions under which the request would be accepted; a new offer replaces the old one."""
    return Changes(write={"conditions": facts.items(situation.body, "conditions")})


def conditions_accepted(situation: Situation, _rules: Rules) -> Changes:
    """The conditions bind (Art. 40(28))."""
    return Changes(write={"conditions_accepted_at": situation.at})


def conditions_declined(situation: Situation, rules: Rules) -> Changes:
    """The requesting side has said its word, so the consultation is held from here on."""
    held = {
        "opened_at": situation.at,
        "due_at": _consultation_due(situation, rules),
        "answered_at": situation.at,
    }
    return Changes(write={"consultation": held}, drop=("conditions",))


def consultation_opened(situation: Situation, rules: Rules) -> Changes:
    """The other side has until the due time for its word."""
    held = {"opened_at": situation.at, "due_at": _consultation_due(situation, rules)}
    return Changes(write={"consultation": held}, drop=("conditions",), notices=("CONSULTATION_OPENED",))


def consultation_answered(situation: Situation, _rules: Rules) -> Changes:
    """The other side has spoken."""
    return Changes(
        write={"consultation": {**facts.record(situation.data, "consultation"), "answered_at": situation.at}}
    )


def reason_kept(situation: Situation, _rules: Rules) -> Changes:
    """The reason with its code, words and law stays with the exchange (Art. 40(25))."""
    return Changes(write={"reason": situation.body.get("reason")}, notices=("REASON_GIVEN",))


def postponed(situation: Situation, _rules: Rules) -> Changes:
    """The day on which a postponed request is looked at again."""
    looked_at = read_date(facts.text(situation.body, "review_on") or "")
    return Changes(write={"review_at": (day_of(situation.at) if looked_at is None else looked_at) * DAY})


def resumed(_situation: Situation, _rules: Rules) -> Changes:
    """The reason for waiting has gone, and a new refusal would need a new consultation."""
    return Changes(drop=("reason", "review_at", "consultation"))


def authorisation_kept(situation: Situation, _rules: Rules) -> Changes:
    """Who authorised the measure, within which bounds, and which remedy a person has (Art. 24)."""
    block = facts.record(situation.body, "authorisation")
    return Changes(write={"authorisation": block} if block else {})


def answered(situation: Situation, _rules: Rules) -> Changes:
    """Answers by item, digests only; new conditions of use wait for acceptance again."""
    kept = ("item", "outcome", "evidence")
    new = (
        {name: item[name] for name in kept if name in item}
        for item in facts.records(situation.body, "answers")
    )
    write: NewFacts = {"answers": (*facts.items(situation.data, "answers"), *new)}
    conditions = facts.items(situation.body, "conditions")
    if not conditions:
        return Changes(write=write, notices=("ANSWER_ARRIVED",))
    write["use_conditions"] = (*facts.items(situation.data, "use_conditions"), *conditions)
    return Changes(write=write, drop=("use_accepted_at",), notices=("ANSWER_ARRIVED", "CONDITIONS_OF_USE"))


def deadline_met(_situation: Situation, _rules: Rules) -> Changes:
    """What the deadline was for is done."""
    return Changes(drop=("deadline",))


def use_accepted(situation: Situation, _rules: Rules) -> Changes:
    """The conditions of use are accepted; the key of the evidence may go (invariant 12)."""
    return Changes(write={"use_accepted_at": situation.at}, notices=("USE_ACCEPTED",))


def preserved(situation: Situation, _rules: Rules) -> Changes:
    """Which items are safe, since when, until when."""
    effective = read_instant(facts.text(situation.body, "effective_at") or "")
    start = effective if isinstance(effective, int) else situation.at
    return Changes(
        write={
            "effective_at": start,
            "expires_at": start + (facts.number(situation.body, "days") or 0) * DAY,
            "preserved": facts.items(situation.body, "items"),
            "custodian_told": situation.body.get("custodian_told") is True,
        },
        notices=("DATA_PRESERVED",),
    )


def extension_asked(situation: Situation, _rules: Rules) -> Changes:
    """For how many days beyond the present expiry."""
    return Changes(write={"extension_days": facts.number(situation.body, "days") or 0})


def extended(situation: Situation, _rules: Rules) -> Changes:
    """The days granted count from the old expiry, so an extension never moves backwards."""
    old = facts.number(situation.data, "expires_at") or situation.at
    granted = facts.number(situation.body, "days") or 0
    return Changes(
        write={"expires_at": old + granted * DAY}, drop=("extension_days",), notices=("EXPIRY_CHANGED",)
    )


def extension_declined(_situation: Situation, _rules: Rules) -> Changes:
    """The expiry stays as it was."""
    return Changes(drop=("extension_days",), notices=("EXPIRY_UNCHANGED",))


def held_for_follow_up(situation: Situation, _rules: Rules) -> Changes:
    """The follow-up request is there, so the data stay until it is decided (Art. 42(8), PRES-HOLD)."""
    write = {
        "follow_up": situation.body.get("exchange"),
        "frozen_expires_at": facts.number(situation.data, "expires_at"),
    }
    return Changes(write=write, drop=("expires_at", "extension_days"), notices=("DATA_HELD",))


def expired(situation: Situation, _rules: Rules) -> Changes:
    """The time is over; both sides hear of it."""
    return Changes(write={"ended_at": situation.at}, notices=("DATA_EXPIRED",))


def released(situation: Situation, _rules: Rules) -> Changes:
    """The requesting side no longer needs the data (Art. 40(26))."""
    return Changes(write={"ended_at": situation.at}, drop=("expires_at",), notices=("DATA_RELEASED",))


def withdrawn(situation: Situation, _rules: Rules) -> Changes:
    """Work stops and keys go no further (invariant 17)."""
    return Changes(write={"ended_at": situation.at}, drop=("expires_at",), notices=("STOP_WORK",))


def risk_reported(situation: Situation, _rules: Rules) -> Changes:
    """Preserving will not secure the data, or would endanger secrecy: the requesting side decides (Art.
    42(7)).
    """
    return Changes(
        write={"risk_at": situation.at, "risk": situation.body.get("kind")}, notices=("DATA_AT_RISK",)
    )


def risk_answered(_situation: Situation, _rules: Rules) -> Changes:
    """The requesting side wants it all the same."""
    return Changes(drop=("risk_at", "risk"))


def secrecy_waived(_situation: Situation, _rules: Rules) -> Changes:
    """The requesting side goes on though its request cannot be kept secret (Art. 40(20))."""
    return Changes(write={"handling": "normal"})


def secrecy_impossible(_situation: Situation, _rules: Rules) -> Changes:
    """The requesting side hears at once that secrecy is not possible (Art. 40(20))."""
    return Changes(notices=("SECRECY_IMPOSSIBLE",))


def closed(situation: Situation, _rules: Rules) -> Changes:
    """The matter is done."""
    return Changes(write={"ended_at": situation.at})


def status_asked(situation: Situation, _rules: Rules) -> Changes:
    """An answer about progress is due (Art. 40(26))."""
    return Changes(write={"status_asked_at": situation.at})


def status_given(_situation: Situation, _rules: Rules) -> Changes:
    """No answer about progress is due any more."""
    return Changes(drop=("status_asked_at",))


def _consultation_due(situation: Situation, rules: Rules) -> int:
    return due(rules.clocks["CONSULT"], situation.at)


EFFECTS: Final[Mapping[str, Effect]] = MappingProxyType(
    {
        effect.__name__: effect
        for effect in (
            opened,
            acknowledged,
            redirected,
            misdirected,
            routed,
            basis_settled,
            information_asked,
            information_settled,
            conditions_offered,
            conditions_accepted,
            conditions_declined,
            consultation_opened,
            consultation_answered,
            reason_kept,
            postponed,
            resumed,
            authorisation_kept,
            answered,
            deadline_met,
            use_accepted,
            preserved,
            extension_asked,
            extended,
            extension_declined,
            held_for_follow_up,
            expired,
            released,
            withdrawn,
            risk_reported,
            risk_answered,
            secrecy_impossible,
            secrecy_waived,
            closed,
            status_asked,
            status_given,
            *effects_many.EFFECTS,
            *effects_measures.EFFECTS,
        )
    }
)
