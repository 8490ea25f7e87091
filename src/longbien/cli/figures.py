"""The transparency report on the command line.

What it knows: days, formats, files. What it must never know: how anything is counted.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from longbien.cli.asked import CommandRefused
from longbien.cli.failing import Exit
from longbien.cli.forms import Language
from longbien.cli.terminal import HERE, Folder, asked, lawbook, new_file, write_file
from longbien.interop.figures import as_csv, as_html
from longbien.law.instants import DAY, read_date

Day = Annotated[str, Parameter(help="A day, 2026-01-31, in UTC.")]


def register(app: App) -> None:
    """The command of this page joins the others."""
    app.command(statistics)


def statistics(
    *,
    from_: Annotated[Day, Parameter(name="--from")],
    to: Day,
    format: Literal["json", "csv", "html"] = "json",  # noqa: A002 - the word that users type
    out: Path | None = None,
    practice: Annotated[
        bool, Parameter(negative="", help="Count exercises and demonstrations, and nothing else.")
    ] = False,
    language: Language = "en",
    folder: Folder = HERE,
) -> int:
    """Print the transparency report of the exchanges opened from one day to before another; small counts are hidden."""
    start, end = _day(from_), _day(to)
    if start >= end:
        raise CommandRefused("PERIOD_ORDER", f"{from_} is not before {to}")
    if out is not None:
        new_file(out)
    whole = asked(folder, "statistics", as_json=True, start=start, end=end, practice=practice)
    match format:
        case "json":
            text = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
        case "csv":
            text = as_csv(whole)
        case "html":
            text = as_html(whole, lawbook(folder), language)
    if out is None:
        sys.stdout.write(text)
    else:
        write_file(out, text.encode())
    return Exit.OK


def _day(text: str) -> int:
    found = read_date(text)
    if found is None:
        raise CommandRefused("DAY_INVALID", f"{text}: write a day as 2026-01-31")
    return found * DAY
