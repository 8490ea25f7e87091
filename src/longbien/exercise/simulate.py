"""Many simulated worlds, one after the other, and one report.

What it knows: how to add up. What it must never do: hide a seed; every promise that broke is reported with the seed that shows it
again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from longbien.exercise.cast import CODES, KINDS
from longbien.exercise.under_way import under_way
from longbien.exercise.world import Outcome, play


@dataclass(slots=True, kw_only=True)
class Report:
    """What so many seeds came to. Times are seconds, by the clock on the wall and by that of the processor."""

    seeds: int = 0
    exchanges: int = 0
    acts: int = 0
    faults: int = 0
    seconds: float = 0.0
    core_seconds: float = 0.0
    broken: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """One more seed."""
        self.seeds += 1
        self.exchanges += outcome.exchanges
        self.acts += outcome.acts
        self.faults += outcome.faults
        if outcome.violations:
            self.broken.append(outcome)

    @property
    def violations(self) -> int:
        """How many promises were seen broken."""
        return sum(len(outcome.violations) for outcome in self.broken)

    def value(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "seeds": self.seeds,
            "exchanges": self.exchanges,
            "acts": self.acts,
            "faults": self.faults,
            "violations": self.violations,
            "seconds": round(self.seconds, 2),
            "seeds_per_second": round(self.seeds / max(self.seconds, 1e-9), 1),
            "seeds_per_core_second": round(self.seeds / max(self.core_seconds, 1e-9), 1),
            "broken": [
                {"seed": outcome.seed, "promise": item.promise, "detail": item.detail}
                for outcome in self.broken
                for item in outcome.violations
            ],
        }


def simulate(
    seeds: Sequence[int],
    *,
    nodes: int | None = None,
    crypto: str = "stub",
    told: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Plays every seed; `told` hears of the report after each."""
    # The parties, and the matter that some have under way, are made before the watch starts: they are the same for a thousand seeds
    # and for one.
    for count in (nodes,) if nodes else (2, 3, 4, 5):
        under_way(crypto, CODES[:count])
    report = Report()
    began, worked = time.perf_counter(), time.process_time()
    for seed in seeds:
        report.add(play(seed, nodes=nodes, crypto=KINDS[crypto]))
        report.seconds = time.perf_counter() - began
        report.core_seconds = time.process_time() - worked
        told(report)
    return report
