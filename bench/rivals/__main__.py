"""`python -m bench.rivals [--seconds S] [--only NAME] [--json]`: the figures of the rivals.

Ends with 0 when every rival that is installed was measured, with 1 when a measurement failed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import asdict

from bench.rivals.run import RIVALS, Outcome, measure_all


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.rivals", description="Measure the rivals of Longbien."
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="seconds of sending for each rival (default 20)"
    )
    parser.add_argument(
        "--only", choices=tuple(RIVALS), action="append", help="this rival only; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    wish = parser.parse_args()
    # An ended benchmark must end its processes too, so a polite end unwinds the stack like any other.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    outcome = measure_all(wish.seconds, tuple(wish.only or RIVALS))
    print(json.dumps(asdict(outcome), indent=2) if wish.json else _table(outcome))
    return 1 if outcome.failed else 0


def _table(outcome: Outcome) -> str:
    lines = []
    for figure in outcome.figures.values():
        latency = f"p50 {figure.p50_ms} ms, p99 {figure.p99_ms} ms"
        lines.append(f"{figure.name} {figure.version}: {figure.value:.1f} {figure.unit}, {latency}")
        lines.append(f"    {figure.conditions}")
    lines += [f"{name}: {reason}" for name, reason in {**outcome.missing, **outcome.failed}.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
