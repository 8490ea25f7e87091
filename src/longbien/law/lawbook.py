"""The law as a node holds it: every procedure in every version, and the treaties with their dates.

Knows what it was given. It must never read a file, and it answers None where it has no rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from longbien.law.basis import Basis, standing
from longbien.law.instants import day_of
from longbien.law.overlay import Overlay
from longbien.law.rules import Instrument, Reason, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawbook:
    """Procedures by (id, version), reason codes, instruments, overlays by party; `released` maps `<id>.<version>` to the digest
    in hex.
    """

    procedures: Mapping[tuple[str, int], Rules]
    reasons: Mapping[str, Reason]
    instruments: Mapping[str, Instrument]
    overlays: Mapping[str, Overlay]
    released: Mapping[str, str]

    def rules(self, procedure: str, version: int | None = None) -> Rules | None:
        """The rules of a procedure in one version, or in the latest; None where there are none.

        A sub-procedure has no rules of its own: they are part of its parent's.
        """
        if version is None:
            version = max((number for name, number in self.procedures if name == procedure), default=0)
        return self.procedures.get((procedure, version))

    def basis(self, procedure: str, parties: tuple[str, str], at: int) -> tuple[Basis, ...]:
        """Every instrument as a basis between two parties at `at` (ms); those that are open first."""
        found = (
            standing(self.instruments, name, parties, procedure, day_of(at))
            for name in sorted(self.instruments)
        )
        return tuple(sorted(found, key=lambda basis: not basis.open))

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
            found.update(f"{instrument.id} {procedure}" for procedure in instrument.unchecked)
        return tuple(sorted(found))
