"""Grounds and consultation: the guards of every "no".

Knows how a reason stands against the grounds of a procedure. It must never know which grounds those are: they
are data. Refusing is the requested State's right, refusing without code, words and law is not (Art. 40(25)).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from longbien.law import facts
from longbien.law.citation import profile
from longbien.law.rules import Grounds, Reason, Rules
from longbien.law.situation import Facts, Refusal, Situation

GroundCheck: TypeAlias = Callable[[Situation, Rules], bool]


def _dual_reserved(situation: Situation, rules: Rules) -> bool:
    """Art. 42(5): a reservation is cited, and no offence of Arts 7 to 17 is among those of the request."""
    cited = facts.text(facts.record(situation.body, "reason"), "reservation") == "42(5)"
    codes = facts.texts(situation.data, "offences")
    return cited and not any(code in rules.offences and rules.offences[code].core for code in codes)


GROUND_CHECKS: Final[Mapping[str, GroundCheck]] = MappingProxyType({"dual_reserved": _dual_reserved})


def ground_to_refuse(situation: Situation, rules: Rules) -> Refusal | None:
    """The reason is one for which this procedure may be refused."""
    grounds = rules.acts[situation.act].grounds
    return _ground(situation, rules, (*grounds.allowed, *grounds.conditional, *grounds.by_basis))


def ground_of_basis(situation: Situation, rules: Rules) -> Refusal | None:
    """A basis on which the exchange rests has the ground: a treaty can add one, and can close one.

    Treaties are dated facts that no digest covers, so this guard is one of those that only doubt what is ordered.
    """
    code = facts.text(facts.record(situation.body, "reason"), "code") or ""
    grounds = rules.acts[situation.act].grounds
    named = (rules.instruments.get(name) for name in facts.texts(situation.data, "basis"))
    profiles = [profile(rules.procedure, grounds, item) for item in named if item is not None]
    known = [found.grounds for found in profiles if found is not None]
    silent = not known and code not in grounds.by_basis
    has_it = silent or any(code in found for found in known)
    return None if has_it else Refusal(code="GROUND_NOT_OPEN", detail="legal_basis")


def ground_to_postpone(situation: Situation, rules: Rules) -> Refusal | None:
    """The reason is one for which this procedure may be postponed (Art. 40(27))."""
    return _ground(situation, rules, rules.acts[situation.act].grounds.postpone)


def ground_of_inability(situation: Situation, rules: Rules) -> Refusal | None:
    """The reason says why it cannot be done, which is not a refusal (invariant 23)."""
    return _ground(situation, rules, rules.acts[situation.act].grounds.cannot)


def consulted(situation: Situation, rules: Rules) -> Refusal | None:
    """The other side had its word, or its time for it passed, before a refusal or a postponement (Art.
    40(28)).
    """
    return None if _exempt(situation, rules) else heard(situation, rules)


def heard(situation: Situation, _rules: Rules) -> Refusal | None:
    """The other side had its word, or its time for it passed, whatever the ground (Art. 50(8))."""
    held = facts.record(situation.data, "consultation")
    answer_due = facts.number(held, "due_at")
    if "answered_at" in held or (answer_due is not None and situation.at >= answer_due):
        return None
    return Refusal(code="CONSULTATION_OPEN" if held else "CONSULTATION_NEEDED", detail="consultation")


def consultation_exempt(situation: Situation, rules: Rules) -> Refusal | None:
    """The reason needs no consultation, as with DISCRIM and SCOPE (invariant 5)."""
    return None if _exempt(situation, rules) else Refusal(code="CONSULTATION_NEEDED", detail="reason.code")


def _exempt(situation: Situation, rules: Rules) -> bool:
    reason = rules.reasons.get(facts.text(facts.record(situation.body, "reason"), "code") or "")
    return reason is not None and reason.consult not in rules.acts[situation.act].grounds.consult_before


def _ground(situation: Situation, rules: Rules, open_codes: tuple[str, ...]) -> Refusal | None:
    written = facts.record(situation.body, "reason")
    code = facts.text(written, "code") or ""
    reason = rules.reasons.get(code)
    if reason is None:
        return Refusal(code="REASON_UNKNOWN", detail="reason.code")
    grounds = rules.acts[situation.act].grounds
    if code in grounds.barred:
        return Refusal(code=f"{code}_BARRED", detail="reason.code")
    if code not in open_codes or not _condition_holds(situation, rules, grounds, code):
        return Refusal(code="GROUND_NOT_OPEN", detail="reason.code")
    return _words(written, reason)


def _condition_holds(situation: Situation, rules: Rules, grounds: Grounds, code: str) -> bool:
    name = grounds.conditional.get(code)
    return name is None or GROUND_CHECKS[name](situation, rules)


def _words(written: Facts, reason: Reason) -> Refusal | None:
    """Sub-code and citation, where the reason asks for them; code and text are fields."""
    if reason.subcodes and facts.text(written, "subcode") not in reason.subcodes:
        return Refusal(code="SUBCODE_UNKNOWN", detail="reason.subcode")
    if reason.cites_law and not facts.text(written, "law"):
        return Refusal(code="LAW_NOT_CITED", detail="reason.law")
    return None
