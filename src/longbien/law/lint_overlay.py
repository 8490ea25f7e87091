"""The lint of overlays: that each of them only narrows the rules that it is put over.

Knows what narrower means for each key. It must never know a party.
"""

from collections.abc import Iterator

from longbien.law.lawbook import Lawbook
from longbien.law.overlay import EVERY, Acting, Receiving
from longbien.law.rules import Rules
from longbien.law.tables import Finding


def overlays_narrow(book: Lawbook) -> Iterator[Finding]:
    """OVERLAY_UNKNOWN: it names what is not there. OVERLAY_WIDENS: it asks for less than the rules, or for nothing new."""
    known = {rules.procedure for rules in book.procedures.values()} | {EVERY}
    for overlay in book.overlays.values():
        at = f"overlays/{overlay.party}"
        for receiving in overlay.receiving:
            for rules in _rules(book, receiving.procedures):
                yield from _receiving(at, receiving, rules)
        for acting in overlay.acting:
            for rules in _rules(book, acting.procedures):
                yield from _acting(at, acting, rules)
        named = {name for part in overlay.receiving for name in part.procedures}
        named |= {name for part in overlay.acting for name in part.procedures}
        yield from (Finding("OVERLAY_UNKNOWN", at, name) for name in sorted(named - known))


def _rules(book: Lawbook, procedures: tuple[str, ...]) -> list[Rules]:
    return [
        rules for rules in book.procedures.values() if EVERY in procedures or rules.procedure in procedures
    ]


def _receiving(at: str, held: Receiving, rules: Rules) -> Iterator[Finding]:
    where = f"{at} {rules.procedure}"
    if rules.scope_limbs and not set(held.scope_limbs) <= set(rules.scope_limbs):
        yield Finding("OVERLAY_WIDENS", where, " ".join(held.scope_limbs))
    if not set(held.offices) <= set(rules.from_roles):
        yield Finding("OVERLAY_WIDENS", where, " ".join(held.offices))


def _acting(at: str, held: Acting, rules: Rules) -> Iterator[Finding]:
    where = f"{at} {rules.procedure}"
    for act, persons in held.persons.items():
        if act not in rules.acts:
            yield Finding("OVERLAY_UNKNOWN", where, act)
        elif persons <= rules.acts[act].persons:
            yield Finding("OVERLAY_WIDENS", f"{where} {act}", str(persons))
    for act, names in held.fields.items():
        optional = {field.name for field in rules.acts[act].fields} if act in rules.acts else set()
        for name in names:
            if name not in optional:
                yield Finding("OVERLAY_UNKNOWN", f"{where} {act}", name)
    for code in held.grounds:
        if code not in rules.reasons:
            yield Finding("OVERLAY_UNKNOWN", where, code)
