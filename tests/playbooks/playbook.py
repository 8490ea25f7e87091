"""Playbooks: how every procedure is played, as lines that a lawyer can read.

A file names a procedure and its parties, the opener first. A play is a list of lines `<who> <act>[#variant] [+<days>d|+<hours>h]`; who is a
party or `machine`; the time runs on by what the line says, else by a minute. Bodies come from the filler; `[bodies.<act>]` or
`[bodies."<act>#<variant>"]` says what differs. `ends` is the terminal stage.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from longbien.law.instants import DAY, HOUR

FOLDER = Path(__file__).parent
MINUTE = 60_000
UNITS = {"d": DAY, "h": HOUR}


@dataclass(frozen=True)
class Line:
    """One step of a play: who does what, how much later than the line before (ms)."""

    who: str
    act: str
    variant: str
    later: int


@dataclass(frozen=True)
class Play:
    """One way through a procedure."""

    procedure: str
    name: str
    parties: tuple[str, ...]
    ends: str
    lines: tuple[Line, ...]
    bodies: Mapping[str, Mapping[str, Any]]

    def changes(self, line: Line) -> Mapping[str, Any]:
        """What differs from the plain body."""
        whole = self.bodies.get(line.act, {})
        return {**whole, **self.bodies[f"{line.act}#{line.variant}"]} if line.variant else whole


def plays() -> Iterator[Play]:
    """Every play of every file."""
    for path in sorted(FOLDER.glob("*.toml")):
        book = tomllib.loads(path.read_text("utf-8"))
        for play in book["play"]:
            yield Play(
                procedure=book["procedure"],
                name=play["name"],
                parties=tuple(play.get("parties", book["parties"])),
                ends=play["ends"],
                lines=tuple(read_line(line) for line in play["steps"]),
                bodies={**book.get("bodies", {}), **play.get("bodies", {})},
            )


def read_line(written: str) -> Line:
    """One line of a play."""
    who, act, *rest = written.split()
    name, _, variant = act.partition("#")
    later = MINUTE if not rest else int(rest[0][1:-1]) * UNITS[rest[0][-1]]
    return Line(who=who, act=name, variant=variant, later=later)
