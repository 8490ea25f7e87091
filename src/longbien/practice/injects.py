"""The table of an exercise (a master scenario events list): when, from whom, to whom, by which way, what, and what is expected.

What it knows: rows of texts as a spreadsheet has them. What it must never do: work out a formula; a cell is the text that stands in it. The
first row names the columns, in any order and in capitals or not.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

INJECTS_MAX: Final = 500
WORD_MAX, TEXT_MAX = 120, 4000
HOURS_MAX: Final = 24 * 31
# Column, and what people call it.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "time": ("time", "offset", "t+", "when"),
        "sender": ("from", "sender"),
        "to": ("to", "player", "recipient"),
        "channel": ("channel", "kind", "method", "type"),
        "text": ("text", "inject", "description", "message"),
        "expected": ("expected action", "expected", "expected response", "expected outcome"),
    }
)
NEEDED: Final = ("time", "text")
EVERYBODY: Final = frozenset({"", "all", "everybody"})
_TIME: Final = re.compile(r"(?:[Tt]\+)?([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?")
_MINUTES: Final = re.compile(r"(?:[Tt]\+)?([0-9]{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """What is let out `offset` ms after the beginning of play; `to` is a role, "" for everybody."""

    offset: int
    sender: str = ""
    to: str = ""
    channel: str = ""
    text: str
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a table. Codes: INJECTS_NONE, INJECTS_MANY, INJECTS_HEADING, INJECT_TIME, INJECT_TO, INJECT_TEXT; `where` says the row."""

    code: str
    where: str


def read(rows: Sequence[Sequence[str]], roles: Collection[str]) -> tuple[Inject, ...] | Fault:
    """The injects of a table, by their time; `roles` are those to whom something may go. Empty rows count for nothing."""
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if len(filled) < 2:
        return Fault(code="INJECTS_NONE", where="")
    if len(filled) > INJECTS_MAX + 1:
        return Fault(code="INJECTS_MANY", where=f"at most {INJECTS_MAX}")
    places = _places(filled[0][1])
    for name in NEEDED:
        if name not in places:
            return Fault(code="INJECTS_HEADING", where=name)
    found = []
    for number, row in filled[1:]:
        one = inject({name: row[place].strip() for name, place in places.items() if place < len(row)}, roles)
        if isinstance(one, Fault):
            return Fault(code=one.code, where=f"row {number}: {one.where}")
        found.append(one)
    return tuple(sorted(found, key=lambda one: one.offset))


def inject(cells: Mapping[str, str], roles: Collection[str]) -> Inject | Fault:
    """One inject from its cells by column."""
    offset = read_offset(cells.get("time", ""))
    if offset is None:
        return Fault(code="INJECT_TIME", where="time")
    to = cells.get("to", "").lower()
    if to not in EVERYBODY and to not in roles:
        return Fault(code="INJECT_TO", where="to")
    for name, most in {
        "sender": WORD_MAX,
        "channel": WORD_MAX,
        "text": TEXT_MAX,
        "expected": TEXT_MAX,
    }.items():
        if len(cells.get(name, "")) > most or "\0" in cells.get(name, ""):
            return Fault(code="INJECT_TEXT", where=name)
    if not cells.get("text"):
        return Fault(code="INJECT_TEXT", where="text")
    return Inject(
        offset=offset,
        sender=cells.get("sender", ""),
        to="" if to in EVERYBODY else to,
        channel=cells.get("channel", ""),
        text=cells["text"],
        expected=cells.get("expected", ""),
    )


def read_offset(text: str) -> int | None:
    """The ms of `1:30`, `T+01:30:00` or of minutes such as `90`; `None` where it is none of them."""
    clock, minutes = _TIME.fullmatch(text), _MINUTES.fullmatch(text)
    if clock is not None:
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    elif minutes is not None:
        seconds = int(minutes[1]) * 60
    else:
        return None
    return seconds * 1000 if seconds <= HOURS_MAX * 3600 else None


def write_offset(offset: int) -> str:
    """The same as a person writes it: `1:30:00`."""
    seconds = offset // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _places(heading: Sequence[str]) -> dict[str, int]:
    named = {
        name: place for place, name in reversed(list(enumerate(cell.strip().lower() for cell in heading)))
    }
    return {
        column: next(named[name] for name in names if name in named)
        for column, names in COLUMNS.items()
        if any(name in named for name in names)
    }
