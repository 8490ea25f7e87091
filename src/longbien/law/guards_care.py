"""Guards of care: the caller was called back, no order of a court is gone round, and nothing is used before consent.

Each is a safeguard of one kind of exchange, told by a code of its own. Registered with all others in `guards`; each
sees the situation and the rules and answers None or a Refusal.
"""

from collections.abc import Sequence
from typing import Final

from longbien.law import facts
from longbien.law.instants import DAY, day_of, read_date
from longbien.law.rules import Rules
from longbien.law.situation import Refusal, Situation
from longbien.wire.cbor import Value

# Data that a State obtains under its Arts 27 to 30, so never on the word of a police officer.
NEEDS_AN_ORDER: Final = frozenset({"traffic", "content"})
CHILD_ABUSE: Final = "HC-14"
PICTURES: Final = ("image/", "video/")
EXCULPATORY: Final = "exculpatory_disclosure"


def called_back(situation: Situation, _rules: Rules) -> Refusal | None:
    """The office that asks was called on the number of the directory before anything goes out (invariant 14)."""
    return None if "call_back_at" in situation.data else Refusal(code="CALL_BACK_MISSING", detail="call_back")


def no_order_needed(situation: Situation, _rules: Rules) -> Refusal | None:
    """Police cooperation is no way round the central authority: no traffic data, no content (Art. 47)."""
    for place, item in enumerate(facts.records(situation.body, "items")):
        if facts.text(item, "category") in NEEDS_AN_ORDER:
            return Refusal(code="ORDER_NEEDED", detail=f"items[{place}].category")
    return None


def consent_is_asked(situation: Situation, _rules: Rules) -> Refusal | None:
    """Disclosure of what speaks for an accused is told, not asked: nobody can decline it or tie conditions to
    it (Arts 40(5), 40(19)).
    """
    told = facts.text(situation.data, "new_use") == EXCULPATORY
    return Refusal(code="EXCULPATORY_IS_NOTICE", detail="new_use") if told else None


def use_allowed(situation: Situation, _rules: Rules) -> Refusal | None:
    """No other use and no passing on before the owner's consent or after its last day; what speaks for an accused
    needs none (invariant 13; Arts 36(3), 40(19)).
    """
    if facts.text(situation.data, "new_use") == EXCULPATORY:
        return None
    consent, until = (facts.number(situation.data, name) for name in ("consent_at", "until"))
    if consent is None:
        return Refusal(code="CONSENT_MISSING", detail="consent")
    used = read_date(facts.text(situation.body, "used_on") or "")
    # A day of grace: the date is local, the host's order time is UTC.
    if used is None or used < day_of(consent) - 1:
        return Refusal(code="USED_BEFORE_CONSENT", detail="used_on")
    return (
        Refusal(code="CONSENT_PAST", detail="used_on") if until is not None and used * DAY > until else None
    )


def in_writing_where_asked(situation: Situation, _rules: Rules) -> Refusal | None:
    """Where a document is asked for, the consent brings it (Art. 36(3))."""
    missing = situation.data.get("written_required") is True and "document" not in situation.body
    return Refusal(code="DOCUMENT_MISSING", detail="document") if missing else None


def child_material_sealed(situation: Situation, _rules: Rules) -> Refusal | None:
    """Pictures and films of a case of child abuse travel as sealed evidence only, never beside the text (invariant 19)."""
    known = CHILD_ABUSE in facts.items(situation.data, "offences")
    if not known and "offence" not in situation.body:
        return None
    told = (facts.text(item, "code") for item in facts.records(situation.body, "offence"))
    if not known and CHILD_ABUSE not in told:
        return None
    shown = sorted(name for name, value in situation.body.items() if _shows(value))
    return Refusal(code="CHILD_MATERIAL_OPEN", detail=" ".join(shown)) if shown else None


def _shows(value: Value) -> bool:
    """A picture or a film stands in this value, at any depth."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return any(_shows(item) for item in value)
    record = facts.entries(value)
    kind = (facts.text(record, "media_type") or "").lower()
    return kind.startswith(PICTURES) or any(_shows(item) for item in record.values())


GUARDS: Final = (
    child_material_sealed,
    called_back,
    no_order_needed,
    consent_is_asked,
    use_allowed,
    in_writing_where_asked,
)
