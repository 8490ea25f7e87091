"""Lines of text as pairs of label and value: `Label: value`, `4. Requested authority: …`.

What it knows: how people number and break lines. What it must never know: which labels there are; it asks `takes`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from longbien.interop.filled import Pair

# What the field of a label takes: nothing (an unknown label), one line, many lines, or parts of its own.
Takes: TypeAlias = Literal["", "line", "lines", "parts"]

_PAIR: Final = re.compile(r"\s*([^:\uff1a]{1,120}?)\s*[:\uff1a](?:\s+(.*)|\s*)")
_QUOTE: Final = re.compile(r"(?:>\s?)+")
_SIGNATURE: Final = "-- "


@dataclass(slots=True)
class _Open:
    """A pair that may go on in the next line."""

    label: str
    takes: Takes
    began: int
    lines: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def closed(self, where: str) -> Iterator[Pair]:
        value = "\n".join(self.lines).strip()
        if self.label or value:
            yield Pair(
                label=self.label, value=value, where=f"{where} line {self.began}", doubts=tuple(self.doubts)
            )


def pairs(text: str, where: str, takes: Callable[[str], Takes]) -> Iterator[Pair]:
    """The pairs of a text. A field that takes many lines goes on up to the next label that somebody knows.

    A line with an unknown label is a pair of its own, except inside such a text: there it stays part of it, and is named as a
    doubt. Text that belongs to no label is a pair without one.
    """
    here = _Open("", "lines", 1)
    for number, raw in enumerate(text.splitlines(), 1):
        if raw == _SIGNATURE:
            break
        line = _QUOTE.sub("", raw, count=1) if raw.startswith(">") else raw
        found = _PAIR.fullmatch(line)
        label, value = (line.strip(), "") if found is None else (found[1], found[2] or "")
        kind = takes(label) if label else ""
        begins = kind == "parts" if found is None else kind != ""
        if begins or (found is not None and here.takes != "lines"):
            yield from here.closed(where)
            here = _Open(label, kind or "line", number, [value])
        elif here.takes == "lines" or not line.strip():
            here.lines.append(line)
            here.doubts += [label] if found is not None and here.label else []
        else:
            yield from here.closed(where)
            here = _Open("", "lines", number, [line])
        if here.label == "" and not "".join(here.lines).strip():
            here.began = number + 1
    yield from here.closed(where)
