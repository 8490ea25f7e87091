"""What a person reads on the terminal: results as short tables, faults as three plain sentences."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table


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
            console.print(f"[bold]{_words(name)}[/bold]  {_text(name, value)}")
    for name, rows in lists.items():
        table = Table(title=_words(name), title_justify="left")
        for column in rows[0]:
            table.add_column(_words(column))
        for row in rows:
            table.add_row(*(_text(column, value) for column, value in row.items()))
        console.print(table)
    if not found:
        console.print(f"{command}: nothing to show")
    return 0


def failure(kind: str, code: str, detail: str, consequence: str, exit_code: int) -> int:
    """Prints what went wrong, what that means, and the code to look up; the exit code given."""
    sys.stderr.write(f"{kind}: {code}\n  {detail}\n  {consequence} See docs/reference/exit-codes.md.\n")
    return exit_code


def instant(at: int) -> str:
    """Milliseconds as UTC, to the second."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else "never"


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
    return "-" if value is None or value == "" else str(value)
