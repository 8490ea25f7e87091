"""The law as a node holds it: every procedure in every version, and the treaties with their dates.

Knows what it was given. It must never read a file, and it answers None where it has no rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longbien.law.basis import Basis, resolve
from longbien.law.instants import day_of
from longbien.law.messages import Messages, Said, in_language, tell
from longbien.law.overlay import Overlay
from longbien.law.parties import Party
from longbien.law.rules import Instrument, Reason, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawbook:
    """Procedures by (id, version), reason codes, instruments, overlays by party, parties and sentences; `released` maps
    `<id>.<version>` to the digest in hex; `foreseen` names every procedure of the specification in its order.
    """

    procedures: Mapping[tuple[str, int], Rules]
    reasons: Mapping[str, Reason]
    instruments: Mapping[str, Instrument]
    overlays: Mapping[str, Overlay]
    parties: Mapping[str, Party]
    messages: Messages
    released: Mapping[str, str]
    foreseen: tuple[str, ...]

    def rules(self, procedure: str, version: int | None = None) -> Rules | None:
        """The rules of a procedure in one version, or in the latest; None where there are none.

        A sub-procedure has no rules of its own: they are part of its parent's.
        """
        if version is None:
            version = max((number for name, number in self.procedures if name == procedure), default=0)
        return self.procedures.get((procedure, version))

    def basis(self, procedure: str, parties: Sequence[str], at: int) -> tuple[Basis, ...]:
        """Every instrument as a basis between parties at `at` (ms); see `resolve` for the order."""
        return resolve(self.instruments, parties, procedure, day_of(at))

    def tell(self, said: Said, language: str) -> str:
        """A sentence of the resolver in a language, English where there is no other."""
        return tell(self.messages, said, language, lambda gap, value: self._word(gap, value, language))

    def name(self, party: str, language: str) -> str:
        """The name of a party, or its code where nobody knows it."""
        known = self.parties.get(party)
        return party if known is None else in_language(known.names, language)

    def _word(self, gap: str, value: str, language: str) -> str:
        if gap == "party":
            return self.name(value, language)
        if gap == "procedure":
            rules = self.rules(value)
            return value if rules is None else in_language(rules.labels, language)
        if gap == "statement":
            instrument, _, name = value.partition(" ")
            return in_language(self.instruments[instrument].statements[name], language)
        return value

    def unchecked(self) -> tuple[str, ...]:
        """Every place whose article number still has to be compared with the official text (convention.md
        §7).
        """
        found: set[str] = set()
        for rules in self.procedures.values():
            parts = [(rules.procedure, rules.article_checked)]
            parts += [(f"clock {clock.id}", clock.article_checked) for clock in rules.clocks.values()]
            parts += [(f"reason {reason.code}", reason.article_checked) for reason in rules.reasons.values()]
            parts += [(f"offence {item.code}", item.article_checked) for item in rules.offences.values()]
            found.update(
                f"{rules.procedure}.{rules.version} {name}" for name, checked in parts if checked is False
            )
        for instrument in self.instruments.values():
            found.update(
                f"{instrument.id} {procedure}"
                for procedure, cover in instrument.covers.items()
                if not cover.article_checked
            )
        return tuple(sorted(found))
