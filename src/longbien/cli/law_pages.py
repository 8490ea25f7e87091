"""Pages of the law on a terminal; without one, the same words as plain text.

What it knows: the records of `law_view` and how people read them. What it must never do: say what the records do not.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from longbien.law.lint_rules import OFFICES

Record = dict[str, Any]
Page: TypeAlias = Callable[[Record], None]

PLAIN_WIDTH = 200
UNCHECKED = "*"
NOT_COVERING = "BASIS_NOT_COVERING"
BILATERAL = "bilateral"
# Columns whose words must not be broken.
NARROW = frozenset({"procedure", "clock", "code", "field"})
UNCHECKED_NOTE = "* The number has still to be compared with the official text."


def procedures(found: Record) -> None:
    """`law list`."""
    page = _Page()
    table = page.table("procedure", "title", "article", "who asks → who answers", "flow")
    for item in found["procedures"]:
        offices = f"{_offices(item['from'])} → {_offices(item['to'])}"
        name = _bold(item["procedure"])
        for sub in item["contains"]:
            name.append(f"\n  with {sub}", style="dim")
        table.add_row(name, item["title"], _article(item), offices, item["flow"])
    page.show(table)
    if found["foreseen"]:
        page.note("Foreseen, without a file as yet: " + ", ".join(found["foreseen"]) + ".")
    page.note(UNCHECKED_NOTE)
    page.note("One procedure: longbien law show NAME. Legal bases: longbien law basis VN RU NAME.")


def _offices(names: list[str]) -> str:
    return "any office" if set(names) == OFFICES else " ".join(names)


def procedure(found: Record) -> None:
    """`law show`."""
    page = _Page()
    page.head(found["title"], f"{found['procedure']}, version {found['version']}")
    page.say(found["help"])
    facts = page.table("", "", heads=False)
    facts.add_row("Article", f"{_article(found)} of the Convention")
    facts.add_row("Asked by", _list(found["from"].values()))
    facts.add_row("Answered by", _list(found["to"].values()))
    facts.add_row("Sent by", "two people" if found["persons"] == 2 else "one person")
    facts.add_row("Coercive", "yes, with a domestic authorisation" if found["coercive"] else "no")
    facts.add_row("Data handed over", "yes" if found["release_of_data"] else "no, never in this procedure")
    facts.add_row("Flow", f"{found['flow_title']} ({found['flow']})")
    if found["contains"]:
        facts.add_row("Contains", _list(found["contains"]))
    page.show(facts)
    own = [item for item in found["fields"] if not item["common"]]
    _fields(page, "What this request says", own)
    _fields(page, "What every opening says", [item for item in found["fields"] if item["common"]])
    _stages(page, found)
    _clocks(page, "Clocks of the law", found["clocks_of_the_law"])
    _clocks(page, "Targets of the product; they are not law", found["targets"])
    _grounds(page, found["grounds"])
    _profiles(page, found["bases"])
    page.note(UNCHECKED_NOTE)


def _fields(page: "_Page", title: str, fields: list[Record]) -> None:
    page.section(title)
    table = page.table("needed", "field", "what it is", "kind")
    for item in fields:
        kind = f"{item['kind']}, several" if item["many"] else item["kind"]
        words = Text(item["label"])
        for line in (" | ".join(item["choices"].values()), item["help"]):
            words.append(f"\n{line}" if line else "", style="dim")
        table.add_row(_needed(item), _bold(item["field"]), words, kind)
    page.show(table)


def _needed(item: Record) -> Text:
    if item["required"] and item["or_else"]:
        return _bold(f"this or {item['or_else']}")
    if item["required"]:
        return _bold("required")
    if item["needed_with"]:
        return Text(f"with {item['needed_with']}")
    if item["needed_when"]:
        pairs = (
            f"{name} = {' or '.join(map(_value, values))}" for name, values in item["needed_when"].items()
        )
        return Text(f"when {', '.join(pairs)}")
    return Text("optional", style="dim")


def _value(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _stages(page: "_Page", found: Record) -> None:
    page.section("Stages")
    table = page.table("stage", "waits for", "what can follow", "clocks")
    for item in found["stages"]:
        if not item["terminal"]:
            name = _bold(item["label"]).append(f"\n{item['stage']}", style="dim")
            table.add_row(name, item["waits_for"], _acts(found, item["acts"]), " ".join(item["clocks"]))
    page.show(table)
    page.note(f"Always, while it is open: {_acts(found, found['always']).replace(chr(10), '; ')}.")
    ends = (f"{item['label']} ({item['stage']})" for item in found["stages"] if item["terminal"])
    page.note(f"It ends as: {_list(ends)}.")


def _acts(found: Record, acts: dict[str, list[str]]) -> str:
    return "\n".join(f"{found['words'][role]}: {_list(names)}" for role, names in acts.items() if names)


def _clocks(page: "_Page", title: str, clocks: list[Record]) -> None:
    if not clocks:
        return
    page.section(title)
    table = page.table("clock", "what it is", "span", "reminders before", "article")
    for item in clocks:
        reminders = ", ".join(_hours(hours) for hours in item["remind_hours"])
        table.add_row(_bold(item["clock"]), item["label"], _span(item), reminders, _article(item))
    page.show(table)


def _span(item: Record) -> str:
    if item["min_days"]:
        return f"at least {_count(item['min_days'], 'day')}"
    if item["hours"]:
        return _hours(item["hours"])
    if item["days"]:
        return _count(item["days"], "day")
    if item["working_days"]:
        return _count(item["working_days"], "working day")
    return "as written in the exchange"


def _hours(hours: int) -> str:
    return _count(hours // 24, "day") if hours % 24 == 0 and hours > 24 else _count(hours, "hour")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _grounds(page: "_Page", grounds: list[Record]) -> None:
    if not grounds:
        return
    page.section("Grounds")
    table = page.table("use", "code", "ground", "article", "note")
    last = ""
    for item in grounds:
        note = "after consultation" if item["consult_first"] else ""
        if item["condition"]:
            note = item["condition"]
        use = item["use"] if item["use"] != last else ""
        last = item["use"]
        table.add_row(use, _bold(item["code"]), item["label"], _article(item), note)
    page.show(table)


def _profiles(page: "_Page", bases: list[Record]) -> None:
    page.section("Legal bases; between whom and when they are open: longbien law basis")
    table = page.table("basis", "article", "what it is", "adds or narrows")
    for item in bases:
        changes = [
            f"{words}: {', '.join(item[key])}"
            for key, words in (
                ("grounds_added", "further ground"),
                ("grounds_closed", "no ground"),
                ("fields_needed", "required"),
                ("languages", "languages"),
                ("channels", "channels"),
            )
            if item[key]
        ]
        changes += [f"state: {statement}" for statement in item["statements"]]
        table.add_row(_bold(item["instrument"]), _article(item), item["title"], "\n".join(changes))
    page.show(table)


def bases(found: Record) -> None:
    """`law basis`."""
    page = _Page()
    names = [f"{name} ({code})" for code, name in found["parties"].items()]
    page.head(f"Legal bases: {found['title']}", f"{', '.join(names)}, on {found['on']}")
    page.section("Open, the first to be preferred")
    table = page.table("", "basis", "why")
    opened = [item for item in found["bases"] if item["open"]]
    for place, item in enumerate(opened, start=1):
        table.add_row(str(place), _basis(item), "\n".join(item["says"]))
    page.show(table)
    closed = [item for item in found["bases"] if not item["open"]]
    silent = [item for item in closed if item["code"] == NOT_COVERING and item["reach"] != BILATERAL]
    page.section("Not open")
    table = page.table("basis", "why not")
    for item in closed:
        if item not in silent:
            more = [item["help"]] if item["code"] == NOT_COVERING and item["help"] else []
            table.add_row(_basis(item), "\n".join([*item["says"], *more]))
    page.show(table)
    if silent:
        page.note("No basis for this procedure: " + "; ".join(item["title"] for item in silent) + ".")
    page.note(UNCHECKED_NOTE)
    page.note("Sources and the day of the last look-up of each: the same command with --json.")


def _basis(item: Record) -> Text:
    words = _bold(item["title"]) if item["open"] else Text(item["title"])
    article = f", Art. {_article(item)}" if item["article"] else ""
    return words.append(f"\n{item['instrument']}{article}", style="dim")


def findings(found: Record) -> None:
    """`law check`."""
    page = _Page()
    for item in found["findings"]:
        page.head(item["code"], item["where"])
        page.say(item["detail"], indent=2)
        page.say(item["remedy"] or "See docs/reference/law.md.", indent=2)
    for word in ("added", "replaced"):
        if found[word]:
            page.note(f"{word.capitalize()} by the folder: {', '.join(found[word])}.")
    count = len(found["findings"])
    page.note(f"{found['files']} files, {'no finding' if not count else _count(count, 'finding')}.")


def _article(item: Record) -> str:
    if not item["article"]:
        return ""
    return item["article"] if item["article_checked"] else f"{item['article']}{UNCHECKED}"


def _bold(words: str) -> Text:
    """Bold words; what is appended to them is not."""
    return Text.assemble((words, "bold"))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


class _Page:
    """What is printed where: colour and lines at a terminal, aligned words in a pipe."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._fine = self._console.is_terminal
        if not self._fine:
            self._console = Console(highlight=False, width=PLAIN_WIDTH)

    def head(self, title: str, below: str) -> None:
        self._print(Text.assemble((title, "bold"), ("  " + below, "dim")))

    def section(self, title: str) -> None:
        self._print(Text(f"\n{title}", style="bold underline" if self._fine else ""))

    def say(self, text: str, indent: int = 0) -> None:
        if text:
            self._print(Padding(Text(text), (0, 0, 0, indent)))

    def note(self, text: str) -> None:
        self._print(Text(text, style="dim"))

    def table(self, *columns: str, heads: bool = True) -> Table:
        look = box.SIMPLE_HEAD if self._fine else None
        rows = self._fine and heads and len(columns) < 4
        table = Table(box=look, show_header=heads, pad_edge=False, show_edge=False, show_lines=rows)
        for column in columns:
            table.add_column(column, overflow="fold", no_wrap=column in NARROW, header_style="dim")
        return table

    def show(self, table: Table) -> None:
        if table.row_count:
            self._print(table)

    def _print(self, part: RenderableType) -> None:
        """In a pipe, lines end where their words end."""
        if self._fine:
            self._console.print(part)
            return
        with self._console.capture() as caught:
            self._console.print(part)
        for line in caught.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")
