"""Forms on the command line: their schema, what a filled one still lacks.

What it knows: files and words. What it must never know: a procedure, or whether a body is in order; it asks the law.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.failing import Exit
from longbien.cli.terminal import HERE, Folder, Json, lawbook, read_body
from longbien.law import Rules, act_schema, from_json, gaps

Language = Annotated[str, Parameter(help="One of en ar zh fr ru es vi; English where a word is missing.")]


def register(law_app: App, request_app: App) -> None:
    """The commands of this page join those of the law and of requests."""
    law_app.command(schema)
    request_app.command(check)


def schema(procedure: str, act: str = "", *, language: Language = "en", folder: Folder = HERE) -> int:
    """Print the JSON Schema of the body of an act, or of every act of a procedure by name."""
    rules = rules_of(folder, procedure)
    found = (
        act_schema(rules, known_act(rules, act), language)
        if act
        else {name: act_schema(rules, name, language) for name in rules.acts}
    )
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return Exit.OK


def check(
    procedure: str,
    *,
    body: Path,
    act: str = "",
    language: Language = "en",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Say what a body still lacks before it can be sent, field by field."""
    rules = rules_of(folder, procedure)
    name = known_act(rules, act or rules.flow.opening_act)
    found = gaps(rules, name, from_json(read_body(body)), language)
    whole = {"procedure": f"{procedure}.{rules.version}", "act": name, "complete": not found}
    if as_json:
        show.result("check", {**whole, "gaps": [asdict(gap) for gap in found]}, as_json=True)
        return Exit.REFUSED if found else Exit.OK
    show.result("check", whole, as_json=False)
    for gap in found:
        checked = "" if gap.article_checked else ", number not compared with the official text yet"
        show.lines(
            f"{gap.path}  {gap.label}",
            f"  {gap.mend}",
            f"  {gap.code} {gap.remedy}, Art. {gap.article}{checked}",
        )
    return Exit.REFUSED if found else Exit.OK


def rules_of(folder: Path, procedure: str) -> Rules:
    """The newest rules of a procedure; raises CommandRefused (RULES_UNKNOWN) with the names there are."""
    book = lawbook(folder)
    rules = book.rules(procedure)
    if rules is None:
        names = ", ".join(sorted({name for name, _ in book.procedures}))
        raise CommandRefused("RULES_UNKNOWN", f"{procedure}; there are {names}")
    return rules


def known_act(rules: Rules, act: str) -> str:
    """The name of an act of these rules; raises CommandRefused (ACT_UNKNOWN) with the names there are."""
    if act not in rules.acts:
        raise CommandRefused("ACT_UNKNOWN", f"{act}; there are {', '.join(rules.acts)}")
    return act
