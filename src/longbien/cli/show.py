"""What a person reads on the terminal: results as short tables, long work as one line, faults as plain sentences."""

import json
import math
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from longbien.carry.pace import Meter
from longbien.cli.failing import Failure
from longbien.cli.remedies import remedy

MIB = 1 << 20
NOTHING = "-"
# Columns of identifiers that are shown by their first digits; `--json` has them whole.
IDENTIFIERS = frozenset({"exchange", "statement", "manifest", "bundle", "case"})
DIGITS = 8
_HEX = re.compile(r"[0-9a-f]{32,64}")
# Cells of so few characters are not folded, and rows that are so much wider than the terminal are no rows.
WHOLE = 18
BLOCKS_FROM = 1.5


def result(command: str, found: dict[str, Any], *, as_json: bool) -> int:
    """Prints what a command gave; the exit code 0."""
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return 0
    console = Console(highlight=False, soft_wrap=True)
    lists = {
        name: rows
        for name, rows in found.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], dict)
    }
    for name, value in found.items():
        if name not in lists:
            console.print(f"[bold]{_words(name)}[/bold]  {escape(_text(name, value))}")
    for name, rows in lists.items():
        for part in _shown(name, rows, console.width):
            console.print(part)
        for reason in dict.fromkeys(row["reason"] for row in rows if row.get("reason")):
            console.print(f"[bold]{reason}[/bold]  {remedy(reason)}")
    if not found:
        console.print(f"{command}: nothing to show")
    return 0


def form(found: dict[str, Any], *, as_json: bool, body: bool) -> int:
    """The fields of an act beside the terminal's output, and the body alone in it, so that it can go into a file."""
    if as_json:
        return result("form", found, as_json=True)
    console = Console(highlight=False, soft_wrap=True, stderr=True)
    console.print(
        f"[bold]{found['procedure']} {found['act']}[/bold]  {found['name']}. "
        f"By {' or '.join(found['sides'])}; persons who approve: {found['persons']}"
    )
    rows = [{**row, "field": _indented(row["field"])} for row in found["fields"]]
    # The form is one table however narrow the terminal is: what lies inside of what is seen in its first column.
    for part in _shown("fields", rows, math.inf):
        console.print(part)
    if body:
        sys.stdout.write(json.dumps(found["body"], ensure_ascii=False, indent=2) + "\n")
    return 0


def failure(failed: Failure, *, as_json: bool) -> int:
    """Prints what happened, whether anything was sent, and what to do; the exit code."""
    if as_json:
        shown = {
            "error": failed.code,
            "detail": failed.detail,
            "sent": failed.sent,
            "remedy": failed.remedy,
            "exit": int(failed.exit),
        }
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(
            f"{failed.kind}: {failed.code}\n  {failed.detail}\n  {failed.sent}\n  {failed.remedy}\n"
        )
    return int(failed.exit)


class Progress:
    """How far a long work is: one line on the terminal of a person, and nothing anywhere else.

    Of work that is counted `in_bytes` it shows the rate and the time left too.
    """

    def __init__(self, what: str, *, wanted: bool, in_bytes: bool = False) -> None:
        self._what = what
        self._wanted = wanted and sys.stderr.isatty()
        self._in_bytes = in_bytes
        self._meter: Meter | None = None
        self._whole = self._done = 0
        self._shown = -1

    def __call__(self, done: int, whole: int) -> None:
        """So much of it is done."""
        percent = 100 * done // whole if whole else 0
        if self._wanted and percent != self._shown:
            self._shown = percent
            counted = self._counted(done, whole) if self._in_bytes else f"{done} of {whole}"
            sys.stderr.write(f"\r\x1b[K{self._what}  {counted}  {percent} %")
            sys.stderr.flush()

    def _counted(self, done: int, whole: int) -> str:
        if self._meter is None or whole != self._whole or done < self._done:
            # Another file begins.
            self._meter = Meter(whole, time.monotonic, done=done)
            self._whole, self._done = whole, done
        self._meter.moved(done - self._done)
        self._done = done
        now = self._meter.progress()
        words = f"{done / MIB:.1f} of {whole / MIB:.1f} MiB"
        if now.rate is None or now.left is None:
            return words
        minutes, seconds = divmod(round(now.left), 60)
        return f"{words}  {now.rate / MIB:.1f} MiB/s  {minutes}:{seconds:02} left"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown >= 0:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def lines(*texts: str) -> None:
    """Prints a few lines as they are: for text that a table would cut."""
    sys.stdout.write("".join(f"{text}\n" for text in texts))


def instant(at: int) -> str:
    """Milliseconds as UTC, to the second."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else "never"


def _indented(path: str) -> str:
    """The last name of a path, set in as deep as it lies."""
    return "  " * path.count(".") + path.rpartition(".")[2]


def _shown(name: str, rows: list[dict[str, Any]], width: float) -> Iterator[Table | str]:
    """A list as a table as wide as the terminal, or, where its rows are far too wide for that, as one block of lines for each."""
    texts = {column: _column(column, rows) for column in rows[0]}
    texts = {column: cells for column, cells in texts.items() if set(cells) != {NOTHING}} or texts
    natural = sum(max(map(len, [_words(column), *cells])) + 2 for column, cells in texts.items())
    yield f"[italic]{_words(name)}[/italic]"
    if natural > width * BLOCKS_FROM:
        margin = max(map(len, map(_words, texts)))
        for place in range(len(rows)):
            yield "".join(
                f"  [bold]{_words(column):{margin}}[/bold]  {escape(cells[place])}\n"
                for column, cells in texts.items()
            )
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column, cells in texts.items():
        # A name that is cut is no name: long ones go on in the next line, short ones stay in one piece.
        table.add_column(_words(column), overflow="fold", no_wrap=max(map(len, cells)) <= WHOLE)
    for row in zip(*texts.values(), strict=True):
        table.add_row(*map(escape, row))
    yield table


def _column(name: str, rows: list[dict[str, Any]]) -> list[str]:
    """The cells of a column; of identifiers as many digits as tell them apart, which is what commands ask for."""
    cells = [_text(name, row.get(name)) for row in rows]
    if name not in IDENTIFIERS or not all(_HEX.fullmatch(cell) for cell in cells):
        return cells
    digits = next(n for n in range(DIGITS, 65) if len({cell[:n] for cell in cells}) == len(set(cells)))
    return [cell[:digits] for cell in cells]


def _words(name: str) -> str:
    return name.removesuffix("_at").replace("_", " ")


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - a JSON value
    if name == "at" or name.endswith("_at") or name == "now":
        return instant(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return NOTHING if value is None or value == "" else str(value)
