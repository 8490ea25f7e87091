"""What a run of the benchmark says: rows, a table of them, and `bench/results.json`.

A row is one number with its unit; `against` names what it is compared with, `ratio` says how it compares, `bar` what was promised,
`ok` whether that holds. A row without a bar, or whose rival is not on this machine, has no `ok`; `note` says why or how the number
came about.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A ratio that a row has to reach (`at_least`), or else must not pass."""

    value: float
    at_least: bool

    def holds(self, ratio: float) -> bool:
        return ratio >= self.value if self.at_least else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured number."""

    name: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    bar: Bar | None = None
    note: str = ""

    @property
    def ok(self) -> bool | None:
        if self.bar is None or self.ratio is None:
            return None
        return self.bar.holds(self.ratio)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "against": self.against,
            "ratio": _rounded(self.ratio),
            "bar": None if self.bar is None else str(self.bar),
            "ok": self.ok,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What it was measured on; `load` is the load average of the last minute when the run began."""

    processor: str
    processors: int
    system: str
    python: str
    load: float


def machine() -> Machine:
    """This one."""
    return Machine(
        processor=_processor(),
        processors=os.cpu_count() or 1,
        system=platform.platform(),
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2),
    )


def commit() -> str:
    """The commit that is measured, with "+" when files differ from it; empty outside a checkout."""
    here = Path(__file__).parent
    try:
        name = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return name + ("+" if changed.strip() else "")


def write(rows: Sequence[Row], on: Machine, path: Path = RESULTS) -> None:
    """The whole run as one JSON object."""
    value = {"commit": commit(), "machine": asdict(on), "rows": [row.as_json() for row in rows]}
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def table(rows: Sequence[Row]) -> str:
    """The rows for a terminal, and the sum of them as last line."""
    lines = [f"{'row':<46}{'value':>12} {'unit':<12}{'ratio':>8} {'bar':>8}  {'':<4} against"]
    for row in rows:
        value = "-" if row.value is None else f"{row.value:,.3g}" if row.value < 100 else f"{row.value:,.0f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = {True: "ok", False: "FAIL", None: ""}[row.ok]
        bar = "" if row.bar is None else str(row.bar)
        lines.append(
            f"{row.name:<46}{value:>12} {row.unit:<12}{ratio:>8} {bar:>8}  {verdict:<4} {row.against}".rstrip()
        )
        if row.note:
            lines.append(f"    {row.note}")
    passed = sum(row.ok is True for row in rows)
    failed = sum(row.ok is False for row in rows)
    return "\n".join([*lines, f"{passed} passed, {failed} failed"])


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
