"""National overlays: what a State narrows for itself, in what it takes and in what its own officers do.

Knows which narrowings there are and how each judges an act. It must never widen: whatever an overlay lets pass, the
rules without it let pass too, so a party that does not know an overlay can still follow a chain that was kept under it.
Overlays are dated facts about a State and not in the digest: like treaty data they are asked where an act is drafted
and where the host orders it, and only doubted afterwards (decision 0009).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from longbien.law import facts
from longbien.law.situation import Refusal, Situation

EVERY: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """What a State takes less of. Empty means: as the rules have it.

    `closed`: it does not take this procedure. `suspended`: not from these parties. `languages`: others need a
    translation into one of them. `scope_limbs`, `offices`: only these.
    """

    procedures: tuple[str, ...]
    closed: bool = False
    suspended: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    scope_limbs: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What a State asks of its own officers beyond the rules.

    `persons`: approvals by act. `limb_c_persons`: approvals of an opening that rests on limb c. `fields`: optional
    fields that its officers fill, by act. `grounds`: reasons that it does not use.
    """

    procedures: tuple[str, ...]
    persons: Mapping[str, int] = field(default_factory=dict)
    limb_c_persons: int = 0
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The narrowings of one party, with their source."""

    party: str
    source: str
    receiving: tuple[Receiving, ...] = ()
    acting: tuple[Acting, ...] = ()


def narrowings(overlays: Mapping[str, Overlay], procedure: str, situation: Situation) -> Iterator[Refusal]:
    """Everything in the overlays of the parties that speaks against the act.

    Codes: OVERLAY_CLOSED, OVERLAY_SUSPENDED, LANGUAGE_NOT_ACCEPTED, OVERLAY_LIMB, OVERLAY_OFFICE, OVERLAY_PERSONS,
    OVERLAY_FIELD, OVERLAY_GROUND; the detail begins with the party whose overlay it is.
    """
    for party in situation.parties:
        overlay = overlays.get(party)
        if overlay is None:
            continue
        if party == situation.party:
            for acting in overlay.acting:
                if _serves(acting.procedures, procedure):
                    yield from _acting(party, acting, situation)
        elif situation.stage is None:
            for receiving in overlay.receiving:
                if _serves(receiving.procedures, procedure):
                    yield from _receiving(party, receiving, situation)


def _serves(procedures: tuple[str, ...], procedure: str) -> bool:
    return EVERY in procedures or procedure in procedures


def _receiving(party: str, held: Receiving, situation: Situation) -> Iterator[Refusal]:
    if held.closed:
        yield Refusal(code="OVERLAY_CLOSED", detail=party)
    if situation.party in held.suspended:
        yield Refusal(code="OVERLAY_SUSPENDED", detail=f"{party} {situation.party}")
    if held.languages and not set(held.languages) & _languages(situation):
        yield Refusal(code="LANGUAGE_NOT_ACCEPTED", detail=" ".join((party, *held.languages)))
    if held.scope_limbs and facts.text(situation.body, "scope_limb") not in (None, *held.scope_limbs):
        yield Refusal(code="OVERLAY_LIMB", detail=" ".join((party, *held.scope_limbs)))
    if held.offices and not set(held.offices) & set(situation.offices):
        yield Refusal(code="OVERLAY_OFFICE", detail=" ".join((party, *held.offices)))


def _languages(situation: Situation) -> set[str]:
    """The language of the body and those of its translations, without region."""
    tags = {facts.text(situation.body, "language") or ""}
    tags |= {facts.text(item, "language") or "" for item in facts.records(situation.body, "translation")}
    return {tag.partition("-")[0] for tag in tags}


def _acting(party: str, held: Acting, situation: Situation) -> Iterator[Refusal]:
    needed = held.persons.get(situation.act, 0)
    if situation.stage is None and facts.text(situation.body, "scope_limb") == "c":
        needed = max(needed, held.limb_c_persons)
    if situation.persons < needed:
        yield Refusal(code="OVERLAY_PERSONS", detail=f"{party} {needed}")
    for name in held.fields.get(situation.act, ()):
        if name not in situation.body:
            yield Refusal(code="OVERLAY_FIELD", detail=f"{party} {name}")
    code = facts.text(facts.record(situation.body, "reason"), "code")
    if code in held.grounds:
        yield Refusal(code="OVERLAY_GROUND", detail=f"{party} {code}")
