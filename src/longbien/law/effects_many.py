"""Effects that serve many flows: what was done when and by whom, what a body fixed, a text that several agree on.

Knows nothing of one procedure: a new flow gets its facts, and so its clocks, from these without a line of Python.
Registered with all others in `effects`.
"""

from typing import Final

from longbien.law import facts
from longbien.law.changes import Changes, Effect
from longbien.law.instants import DAY, read_date, read_instant
from longbien.law.marks import marked, name_of
from longbien.law.rules import Field, Rules
from longbien.law.situation import Facts, NewFacts, Situation
from longbien.wire.cbor import Value

KEPT: Final = frozenset({"enum", "bool", "int", "digest", "exchange_ref", "date", "datetime"})

# Facts with a meaning of their own, which no field of a body may take over by its name.
OWN: Final = frozenset(
    [
        "opened_at",
        "stage_since",
        "ended_at",
        "acknowledged_at",
        "basis",
        "offences",
        "items",
        "from_state",
        "to_state",
        "to_states",
        "from_office",
        "to_office",
        "checking_office",
        "required",
        "conditions",
        "conditions_accepted_at",
        "consultation",
        "reason",
        "authorisation",
        "answers",
        "use_conditions",
        "use_accepted_at",
        "preserved",
        "expires_at",
        "effective_at",
        "frozen_expires_at",
        "extension_days",
        "custodian_told",
        "risk",
        "risk_at",
        "status_asked_at",
        "terms",
        "content",
        "replies",
        "reviews",
        "renewed_at",
        "text_version",
        "text_in_force",
        "asked_from",
        "asked_until",
        "custody_ends_at",
        "custody_asked_at",
        "frozen",
        "follow_up",
    ]
)
# Facts that a clock may count from although no field has them.
TIMES: Final = frozenset(
    [
        "opened_at",
        "stage_since",
        "acknowledged_at",
        "deadline",
        "review_at",
        "expires_at",
        "risk_at",
        "status_asked_at",
        "renewed_at",
        "custody_ends_at",
        "custody_asked_at",
    ]
)


def timed(situation: Situation, _rules: Rules) -> Changes:
    """When this act was last done: the fact `<act>_at`."""
    return Changes(write={f"{situation.act}_at": situation.at})


def marks(situation: Situation, _rules: Rules) -> Changes:
    """This party has done this act: the fact `<act>_by`."""
    done = {**marked(situation.data, situation.act), situation.party: situation.at}
    return Changes(write={name_of(situation.act): done})


def kept(situation: Situation, rules: Rules) -> Changes:
    """The short values of the body become facts under their own names; dates and times become ms."""
    write: NewFacts = {}
    for field in rules.acts[situation.act].fields:
        value = _short(field, situation.body)
        if value is not None:
            write[field.name] = value
    return Changes(write=write)


def _short(field: Field, body: Facts) -> Value:
    value = body.get(field.name)
    if value is None or field.many or field.type not in KEPT:
        return None
    if field.type == "date":
        day = read_date(facts.text(body, field.name) or "")
        return None if day is None else day * DAY
    if field.type == "datetime":
        instant = read_instant(facts.text(body, field.name) or "")
        return instant if isinstance(instant, int) else None
    return value


def text_proposed(situation: Situation, _rules: Rules) -> Changes:
    """A text is on the table; who proposes it agrees to it, and every earlier agreement is void."""
    version = (facts.number(situation.data, "text_version") or 0) + 1
    write: NewFacts = {
        "text_version": version,
        "text": situation.body.get("text"),
        name_of("agree"): {situation.party: situation.at},
    }
    return Changes(write=write, notices=("TEXT_PROPOSED",))


def text_kept(situation: Situation, _rules: Rules) -> Changes:
    """The text on the table is in force from here on: all have agreed to it. A longer term takes effect with it."""
    write: NewFacts = {"text_in_force": situation.data.get("text")}
    longer = facts.number(situation.data, "new_end_on")
    if longer is not None:
        write["ends_on"] = longer
    return Changes(write=write, drop=(name_of("agree"), "new_end_on"), notices=("TEXT_AGREED",))


def text_dropped(_situation: Situation, _rules: Rules) -> Changes:
    """No text is on the table any more: what was agreed before stands, every newer agreement is void."""
    return Changes(drop=("text", "new_end_on", name_of("agree"), name_of("sign")), notices=("TEXT_DROPPED",))


def terms_offered(situation: Situation, _rules: Rules) -> Changes:
    """The conditions under which the content would be handed over; none is an answer too."""
    return Changes(write={"terms": facts.items(situation.body, "conditions")})


def content_named(situation: Situation, _rules: Rules) -> Changes:
    """Which manifests were handed over, digests only."""
    named = (*facts.items(situation.data, "content"), *facts.items(situation.body, "content"))
    return Changes(write={"content": named}, notices=("CONTENT_ARRIVED",))


def replied(situation: Situation, _rules: Rules) -> Changes:
    """Who comes: the newest reply of each party counts."""
    replies = {**facts.record(situation.data, "replies"), situation.party: situation.body.get("answer")}
    return Changes(write={"replies": replies})


def reviewed(situation: Situation, _rules: Rules) -> Changes:
    """What the review of each side found: the fact `reviews`."""
    found = {**facts.record(situation.data, "reviews"), situation.party: situation.body.get("finding")}
    return Changes(write={"reviews": found}, notices=("REVIEW_RECORDED",))


def minutes_reopened(_situation: Situation, _rules: Rules) -> Changes:
    """Other minutes are there, so nobody has agreed to them yet."""
    return Changes(drop=(name_of("agree_minutes"),), notices=("MINUTES_CHANGED",))


def renewed(situation: Situation, _rules: Rules) -> Changes:
    """What was said is fresh from here on: the fact `renewed_at`."""
    return Changes(write={"renewed_at": situation.at})


def announced(_situation: Situation, _rules: Rules) -> Changes:
    """Every party hears of it at once."""
    return Changes(notices=("LOOK_AT_ONCE",))


def over(situation: Situation, _rules: Rules) -> Changes:
    """The matter has come to its end, and nothing is waited for."""
    return Changes(write={"ended_at": situation.at}, notices=("OVER",))


EFFECTS: Final[tuple[Effect, ...]] = (
    timed,
    marks,
    kept,
    text_proposed,
    text_kept,
    text_dropped,
    replied,
    reviewed,
    minutes_reopened,
    renewed,
    terms_offered,
    content_named,
    announced,
    over,
)
