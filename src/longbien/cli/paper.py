"""Paper on the command line: printed forms out, filled forms in, calendars out.

What it knows: files, and which question to ask the node. What it must never know: what a form says.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.failing import Exit
from longbien.cli.forms import Language, known_act, rules_of
from longbien.cli.terminal import (
    HERE,
    Folder,
    Json,
    asked,
    lawbook,
    new_file,
    read_body,
    read_file,
    write_file,
)
from longbien.interop import paper as papers
from longbien.interop.calendar import Due, calendar
from longbien.interop.incoming import draft_from
from longbien.interop.pdf import pdf
from longbien.interop.sheet import known_languages
from longbien.law import from_json, to_json
from longbien.node.opening import machine_now

Languages = Annotated[
    str, Parameter(help="One or two of en ar zh fr ru es vi, with a comma; two stand side by side.")
]
LINE_SHOWN = 100


def register(law_app: App, request_app: App) -> None:
    """The commands of this page join those of the law and of requests."""
    law_app.command(print_body, name="print")
    request_app.command(print_exchange, name="print")
    request_app.command(take_in, name="import")
    request_app.command(calendar_of_clocks, name="calendar")


def print_body(
    procedure: str,
    *,
    body: Path,
    out: Path,
    act: str = "",
    languages: Languages = "en",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Print a body as a form, marked as a draft, with what has to be mended before it can be sent."""
    rules = rules_of(folder, procedure)
    chosen = _languages(languages)
    name = known_act(rules, act or rules.flow.opening_act)
    now = machine_now()
    return _write(
        papers.of_body(rules, name, from_json(read_body(body)), chosen, at=now), out, now, as_json=as_json
    )


def print_exchange(
    exchange: str, *, out: Path, languages: Languages = "en", folder: Folder = HERE, as_json: Json = False
) -> int:
    """Print an exchange: the request in the order that contact points know, then every act, with who approved and digests."""
    chosen = _languages(languages)
    new_file(out)
    told = asked(folder, "document", as_json=as_json, exchange=exchange)
    rules = lawbook(folder).rules(told["procedure"], told["version"])
    if rules is None:
        raise CommandRefused("RULES_UNKNOWN", f"{told['procedure']}.{told['version']}")
    return _write(papers.of_exchange(rules, told, chosen, at=told["now"]), out, told["now"], as_json=as_json)


def take_in(
    file: Path,
    *,
    procedure: str,
    out: Path,
    act: str = "",
    language: Language = "en",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Make a draft body from a filled form (JSON, mail, Word, text) and account for every line of it."""
    rules = rules_of(folder, procedure)
    name = known_act(rules, act or rules.flow.opening_act)
    found = draft_from(rules, name, read_file(file), file.name)
    lacking = found.missing(rules, name, language)
    write_file(out, json.dumps(to_json(found.body), ensure_ascii=False, indent=2).encode() + b"\n")
    whole = {
        "file": str(out),
        "understood": [asdict(item) for item in found.understood],
        "not_understood": [asdict(item) for item in found.not_understood],
        "missing": [asdict(gap) for gap in lacking],
    }
    if as_json:
        return show.result("import", whole, as_json=True)
    for item in found.understood:
        show.lines(f"understood      {item.field} = {_one_line(item.value)}  ({item.where}, by {item.how})")
    for left in found.not_understood:
        show.lines(
            f"NOT UNDERSTOOD  {left.code}: {_one_line(left.label)}: {_one_line(left.value)}  ({left.where}) {left.detail}"
        )
    for gap in lacking:
        show.lines(f"MISSING         {gap.code} {gap.path}: {gap.mend}")
    show.lines(f"{out} is a draft. A person has to look at every value in it; nothing was sent.")
    return Exit.OK


def calendar_of_clocks(
    *, out: Path, language: Language = "en", folder: Folder = HERE, as_json: Json = False
) -> int:
    """Write every running clock as a calendar: law and targets kept apart, nothing of a case in it."""
    new_file(out)
    told = asked(folder, "clocks", as_json=as_json)
    book = lawbook(folder)
    due = []
    for item in told["clocks"]:
        rules = book.rules(item["procedure"], item["version"])
        labels = {} if rules is None else rules.clocks[item["clock"]].labels
        due.append(
            Due(
                exchange=item["exchange"],
                clock=item["clock"],
                labels=labels or {"en": item["clock"]},
                due_at=item["due_at"],
                statutory=item["statutory"],
                reminders=tuple(item["reminders"]),
                practice=item["practice"],
            )
        )
    made = calendar(due, at=told["now"], language=language)
    write_file(out, made)
    laws = sum(item.statutory for item in due)
    whole = {"file": str(out), "statutory": laws, "targets": len(due) - laws}
    return show.result("calendar", whole, as_json=as_json)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LINE_SHOWN]


def _write(paper: papers.Paper, out: Path, at: int, *, as_json: bool) -> int:
    made = pdf(paper, at=at)
    write_file(out, made)
    return show.result("print", {"file": str(out), "bytes": len(made)}, as_json=as_json)


def _languages(text: str) -> Sequence[str]:
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    strange = [item for item in chosen if item.partition("-")[0] not in known_languages()]
    if strange or not 1 <= len(chosen) <= 2:
        raise CommandRefused("LANGUAGES", f"{text}: one or two of {', '.join(sorted(known_languages()))}")
    return chosen
