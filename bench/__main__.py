"""`python -m bench`: measures everything, prints the table, writes `bench/results.json` (docs/howto/bench.md).

Ends with 0 when every row that has a bar and could be measured reaches it, with 1 otherwise.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import delivery, fanout, growth, officers, pieces, queue, report
from bench.rivals.run import RIVALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.report import Row

THEMES = ("pieces", "delivery", "growth", "fanout", "queue", "officers")


def main() -> int:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Longbien.")
    parser.add_argument("--only", choices=THEMES, action="append", help="this theme only; may be repeated")
    parser.add_argument(
        "--quick", action="store_true", help="small numbers: to see that it runs, not to quote"
    )
    parser.add_argument("--no-rivals", action="store_true", help="leave the rivals out")
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="where the JSON goes")
    wish = parser.parse_args()
    # An ended benchmark must end its processes too, so a polite end unwinds the stack like any other.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    on = report.machine()
    rows: list[Row] = []
    for theme in wish.only or THEMES:
        rows += _themes(quick=wish.quick, rivals=() if wish.no_rivals else tuple(RIVALS))[theme]()
    report.write(rows, on, wish.out)
    print(report.table(rows))
    return 1 if any(row.ok is False for row in rows) else 0


def _themes(*, quick: bool, rivals: tuple[str, ...]) -> dict[str, Callable[[], list[Row]]]:
    size = (
        delivery.Size(acts=128, raw_seconds=1.0, rival_seconds=4.0, alone=10)
        if quick
        else delivery.Size(acts=1024, raw_seconds=4.0, rival_seconds=20.0, alone=250)
    )
    exchanges = (1_000, 2_000) if quick else (1_000, 10_000, 100_000)

    def small_parts() -> list[Row]:
        with tempfile.TemporaryDirectory(prefix="longbien-bench-") as folder:
            return pieces.rows(0.2 if quick else 2.0, Path(folder))

    return {
        "pieces": small_parts,
        "delivery": lambda: delivery.rows(size, rivals),
        "growth": lambda: growth.rows(exchanges, 64 if quick else 256),
        "queue": lambda: queue.rows((100, 2_000 if quick else 100_000)),
        "officers": officers.rows,
        "fanout": lambda: fanout.rows(12 if quick else 192),
    }


if __name__ == "__main__":
    sys.exit(main())
