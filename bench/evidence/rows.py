"""What a measurement gives, and the room in which it is made."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GIB = 1 << 30
MIB = 1 << 20
# Never fill a disk that others use.
KEPT_FREE_BYTES = 20 * GIB

Row = dict[str, "str | float | bool | None"]


def row(
    name: str,
    value: float | None,
    unit: str,
    *,
    against: str = "",
    ratio: float | None = None,
    least: float | None = None,
    most: float | None = None,
) -> Row:
    """A row whose ratio (or, without one, value) has to be at least `least` or at most `most`."""
    judged = value if ratio is None else ratio
    ok: bool | None = None
    if judged is not None and (least is not None or most is not None):
        ok = (least is None or judged >= least) and (most is None or judged <= most)
    return {
        "name": name,
        "value": None if value is None else round(value, 4),
        "unit": unit,
        "against": against,
        "ratio": None if ratio is None else round(ratio, 3),
        "bar": least if least is not None else most,
        "ok": ok,
    }


def skipped(name: str, reason: str) -> Row:
    """A row that says why there is no figure."""
    return row(f"{name}: not measured, {reason}", None, "")


@contextmanager
def room(needed_bytes: int, where: Path | None) -> Iterator[Path | None]:
    """An empty folder that is removed again, or None where the disk has no room for so much."""
    parent = where or Path(tempfile.gettempdir())
    if shutil.disk_usage(parent).free < needed_bytes + KEPT_FREE_BYTES:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="longbien-bench-", dir=parent) as folder:
        yield Path(folder)
