"""Guards: what must hold before a move. A closed registry of names that the flows may use.

Each guard sees the situation and the rules and answers None or a Refusal. It must never change anything,
raise, or look further than its two arguments. A rule that needs an "and" gets a name of its own and a test.
Grounds and consultation are in `grounds`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from longbien.law import facts, guards_care, guards_many, guards_measures
from longbien.law.citation import objection
from longbien.law.grounds import (
    consultation_exempt,
    consulted,
    ground_of_basis,
    ground_of_inability,
    ground_to_postpone,
    ground_to_refuse,
    heard,
)
from longbien.law.instants import DAY, HOUR, day_of, read_date, read_instant
from longbien.law.rules import Rules
from longbien.law.situation import Facts, Refusal, Situation
from longbien.law.validate import problems, refusal

Guard: TypeAlias = Callable[[Situation, Rules], Refusal | None]

# The custodian's clock and the host's need not agree to the minute, and a contact point that was called first
# may have acted some hours before the written request arrived.
EFFECT_BEFORE: Final = DAY
EFFECT_AFTER: Final = HOUR

# What these guards read is not in the digest of the rules: dated facts about treaties, which two nodes may hold in different
# ages. They are asked where an act is drafted and where the host orders it. Of an act that the host has ordered they raise a
# doubt and decide nothing, so that two parties of one chain never part over the age of their data (decision 0009).
DATED: Final = frozenset({"basis_in_force", "ground_of_basis"})

# What these guards say follows from where the exchange stands and who acts, whatever the body holds, so it can be told before anybody
# has written one.
STANDING: Final = frozenset(
    {
        "office_may_send",
        "saw_latest",
        "use_conditions_open",
        "use_conditions_settled",
        "secrecy_asked",
        "risk_open",
        "not_expired",
        "expiry_due",
        "heard",
        "once",
        "still_in",
        "terms_accepted",
        "terms_accepted_here",
        "clock_due",
        "custody_runs",
        "sentence_sought",
        "trial_sought",
        "called_back",
        "consent_is_asked",
    }
)

ANSWERS_MAX: Final = 400  # with fifty digests each, still under the 1 MiB of wire.cbor
CONDITIONS_MAX: Final = 50


def two_persons(situation: Situation, rules: Rules) -> Refusal | None:
    """As many distinct people approved as the act asks for: no disclosure without two (P9)."""
    needed = rules.acts[situation.act].persons
    return None if situation.persons >= needed else Refusal(code="TWO_PERSONS_NEEDED", detail=str(needed))


def office_may_send(situation: Situation, rules: Rules) -> Refusal | None:
    """The acting office has a role that the act, or else its side, is open to (Arts 37(19), 40(12), 41)."""
    side = rules.from_roles if situation.role == rules.flow.opener else rules.to_roles
    allowed = rules.acts[situation.act].offices or side
    if any(office in allowed for office in situation.offices):
        return None
    return Refusal(code="OFFICE_NOT_ALLOWED", detail=" ".join(allowed))


def fields_complete(situation: Situation, rules: Rules) -> Refusal | None:
    """The body holds what the act asks for, typed, and nothing else (Arts 40(15), 42(3))."""
    if rules.digest in situation.passed:
        return None
    found = refusal(problems(rules.acts[situation.act].fields, situation.body, rules.types))
    if found is None:
        situation.passed.add(rules.digest)
    return found


def parties_match(situation: Situation, _rules: Rules) -> Refusal | None:
    """The body names the States that stand behind the statement; a confirmation keeps those of the call."""
    sender, receivers = facts.text(situation.body, "from_state"), addressees(situation.body)
    for source in (situation.opening, situation.data):
        if facts.text(source, "from_state") not in (None, sender):
            return Refusal(code="PARTY_MISMATCH", detail="from_state")
        if addressees(source) not in ((), receivers):
            return Refusal(code="PARTY_MISMATCH", detail="to_state")
    if sender in receivers:
        return Refusal(code="PARTY_MISMATCH", detail="from_state to_state")
    return None


def addressees(source: Facts) -> tuple[str, ...]:
    """The parties that a body or a set of facts is addressed to, sorted: one in `to_state`, or many in `to_states`."""
    one = facts.text(source, "to_state")
    return tuple(sorted({*facts.texts(source, "to_states"), *([] if one is None else [one])}))


def basis_in_force(situation: Situation, rules: Rules) -> Refusal | None:
    """At least one basis cited is open between all parties on the day, and the request brings what it asks for."""
    opening = "from_state" in situation.body
    source = situation.body if opening else situation.data
    parties = (facts.text(source, "from_state") or "", *addressees(source))
    request = situation.body if opening else None
    cited = facts.records(situation.body, "legal_basis")
    wrong = []
    for place, item in enumerate(cited):
        code = objection(rules, item, parties=parties, day=day_of(situation.at), request=request)
        wrong += [f"legal_basis[{place}]:{code}"] if code else []
    return (
        Refusal(code="BASIS_NOT_OPEN", detail=" ".join(wrong)) if cited and len(wrong) == len(cited) else None
    )


def scope_fits(situation: Situation, rules: Rules) -> Refusal | None:
    """The limb of Art. 35(1) is open to the procedure, and limbs a and b name Convention offences only."""
    limb = facts.text(situation.body, "scope_limb") or ""
    if limb not in rules.scope_limbs:
        return Refusal(code="SCOPE_LIMB_CLOSED", detail="scope_limb")
    for place, offence in enumerate(facts.records(situation.body, "offence")):
        known = rules.offences.get(facts.text(offence, "code") or "")
        if known is None or (known.serious and limb != "c"):
            return Refusal(code="SCOPE_LIMB_WRONG", detail=f"offence[{place}].code")
    return None


def oral_is_urgent(situation: Situation, _rules: Rules) -> Refusal | None:
    """Only an urgent request may begin by word of mouth (Art. 40(13))."""
    urgent = facts.text(situation.body, "urgency") in ("urgent", "emergency")
    return None if urgent else Refusal(code="ORAL_NOT_URGENT", detail="urgency")


def saw_latest(situation: Situation, _rules: Rules) -> Refusal | None:
    """The author had seen everything that the other side had put on the chain and knows what it agrees to."""
    return None if situation.saw_latest else Refusal(code="LATEST_NOT_SEEN")


def asked_fields_known(situation: Situation, rules: Rules) -> Refusal | None:
    """A request for information names fields of the request (invariant 24), or `other` for what no field
    holds.
    """
    known = {field.name for field in rules.acts[rules.flow.opening_act].fields} | {"other"}
    for place, item in enumerate(facts.records(situation.body, "missing")):
        if facts.text(item, "field") not in known:
            return Refusal(code="FIELD_UNKNOWN", detail=f"missing[{place}].field")
    return None


def all_asked_supplied(situation: Situation, _rules: Rules) -> Refusal | None:
    """Every field that was asked for gets its answer, and no other."""
    asked = set(facts.texts(situation.data, "required"))
    given = {facts.text(item, "field") for item in facts.records(situation.body, "supplied")}
    if asked - given:
        return Refusal(code="FIELDS_MISSING", detail=" ".join(sorted(asked - given)))
    return Refusal(code="FIELD_UNKNOWN", detail="supplied") if given - asked else None


def authorised(situation: Situation, rules: Rules) -> Refusal | None:
    """A coercive measure runs under a domestic authorisation that has not lapsed: no block, no execution
    (Art. 24).
    """
    block = facts.record(situation.body, "authorisation")
    if not block:
        return Refusal(code="AUTHORISATION_MISSING", detail="authorisation") if rules.coercive else None
    given = read_date(facts.text(block, "date") or "")
    expires = read_date(facts.text(block, "expires") or "")
    today = day_of(situation.at)
    # A day of grace on both sides: the date is local, the host's order time is UTC.
    if given is None or given > today + 1:
        return Refusal(code="AUTHORISATION_NOT_YET", detail="authorisation.date")
    if expires is None or expires < today - 1:
        return Refusal(code="AUTHORISATION_LAPSED", detail="authorisation.expires")
    return None


def items_known(situation: Situation, _rules: Rules) -> Refusal | None:
    """Items are named by their place in the request, from 0."""
    count = facts.number(situation.data, "items") or 0
    named = [item for item in facts.items(situation.body, "items") if isinstance(item, int)]
    named += [facts.number(item, "item") or 0 for item in facts.records(situation.body, "answers")]
    beyond = sorted({place for place in named if place >= count})
    return Refusal(code="ITEM_UNKNOWN", detail=" ".join(map(str, beyond[:20]))) if beyond else None


def answers_fit(situation: Situation, _rules: Rules) -> Refusal | None:
    """The facts of an exchange stay small enough to be hashed at every step, however often a side answers in
    part.
    """
    for name, source, highest in (
        ("answers", "answers", ANSWERS_MAX),
        ("use_conditions", "conditions", CONDITIONS_MAX),
    ):
        count = len(facts.items(situation.data, name)) + len(facts.items(situation.body, source))
        if count > highest:
            return Refusal(code="ANSWERS_TOO_MANY", detail=source)
    return None


def every_item_answered(situation: Situation, _rules: Rules) -> Refusal | None:
    """The last answer leaves no item of the request without a word."""
    count = min(facts.number(situation.data, "items") or 0, 1_000)
    sources = (*facts.records(situation.data, "answers"), *facts.records(situation.body, "answers"))
    left = sorted(set(range(count)) - {facts.number(item, "item") for item in sources})
    return Refusal(code="ITEMS_LEFT", detail=" ".join(map(str, left[:20]))) if left else None


def use_conditions_open(situation: Situation, _rules: Rules) -> Refusal | None:
    """There are conditions of use that still wait for acceptance (Art. 36(1)(b))."""
    waiting = facts.items(situation.data, "use_conditions") and "use_accepted_at" not in situation.data
    return None if waiting else Refusal(code="NOTHING_TO_ACCEPT", detail="use_conditions")


def use_conditions_settled(situation: Situation, _rules: Rules) -> Refusal | None:
    """Conditions of use are accepted before the receipt is confirmed (invariant 12)."""
    if facts.items(situation.data, "use_conditions") and "use_accepted_at" not in situation.data:
        return Refusal(code="CONDITIONS_NOT_ACCEPTED", detail="use_conditions")
    return None


def secrecy_asked(situation: Situation, _rules: Rules) -> Refusal | None:
    """Only a request that was to be kept secret can meet the answer that it cannot be (Art. 40(20))."""
    asked = facts.text(situation.data, "handling") in ("confidential", "no_user_notice")
    return None if asked else Refusal(code="SECRECY_NOT_ASKED", detail="handling")


def risk_open(situation: Situation, _rules: Rules) -> Refusal | None:
    """A risk was reported and the requesting side has not answered it yet (Art. 42(7))."""
    return None if "risk_at" in situation.data else Refusal(code="NO_RISK_REPORTED", detail="risk")


def effect_plausible(situation: Situation, _rules: Rules) -> Refusal | None:
    """A measure took effect between about the request and about now; a wrong date would shorten what counts from
    it, such as the sixty days of a preservation.
    """
    effective = read_instant(facts.text(situation.body, "effective_at") or "")
    opened = facts.number(situation.data, "opened_at")
    if not isinstance(effective, int) or opened is None:
        return Refusal(code="FACT_MISSING", detail="effective_at opened_at")
    if opened - EFFECT_BEFORE <= effective <= situation.at + EFFECT_AFTER:
        return None
    return Refusal(code="EFFECT_IMPLAUSIBLE", detail="effective_at")


def kept_long_enough(situation: Situation, rules: Rules) -> Refusal | None:
    """At least sixty days from the day of effect (Art. 42(8), PRES-60), and not already over."""
    days = facts.number(situation.body, "days") or 0
    effective = read_instant(facts.text(situation.body, "effective_at") or "")
    if days < rules.clocks["PRES-60"].min_days:
        return Refusal(code="EXPIRY_TOO_EARLY", detail="days")
    if not isinstance(effective, int) or effective + days * DAY <= situation.at:
        return Refusal(code="EXPIRY_PAST", detail="effective_at days")
    return None


def not_expired(situation: Situation, _rules: Rules) -> Refusal | None:
    """The preservation still runs at the host's order time; an extension is asked and granted before expiry
    (42(9)).
    """
    expires = facts.number(situation.data, "expires_at")
    if expires is None:
        return Refusal(code="FACT_MISSING", detail="expires_at")
    return None if situation.at < expires else Refusal(code="EXPIRY_PAST", detail="expires_at")


def expiry_due(situation: Situation, _rules: Rules) -> Refusal | None:
    """The machine lets a preservation end when its time has come, never before."""
    expires = facts.number(situation.data, "expires_at")
    if expires is None:
        return Refusal(code="FACT_MISSING", detail="expires_at")
    return None if situation.at >= expires else Refusal(code="EXPIRY_NOT_DUE", detail="expires_at")


GUARDS: Final[Mapping[str, Guard]] = MappingProxyType(
    {
        guard.__name__: guard
        for guard in (
            two_persons,
            office_may_send,
            fields_complete,
            parties_match,
            basis_in_force,
            scope_fits,
            oral_is_urgent,
            saw_latest,
            asked_fields_known,
            all_asked_supplied,
            authorised,
            items_known,
            answers_fit,
            every_item_answered,
            use_conditions_open,
            use_conditions_settled,
            secrecy_asked,
            risk_open,
            effect_plausible,
            kept_long_enough,
            not_expired,
            expiry_due,
            ground_to_refuse,
            ground_of_basis,
            ground_to_postpone,
            ground_of_inability,
            consulted,
            consultation_exempt,
            heard,
            *guards_many.GUARDS,
            *guards_measures.GUARDS,
            *guards_care.GUARDS,
        )
    }
)
