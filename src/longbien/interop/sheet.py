"""A body as the lines of a printed form: number, label in each language, value.

What it knows: the fields of the law and how each kind of value is read by people. What it must never know: paper, fonts, files.
Everything in a body is on the sheet; what the form asks for and the body lacks is on it as missing.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from longbien.interop.tcy import STATUS, ordered
from longbien.interop.words import RIGHT_TO_LEFT, word, words
from longbien.law import Act, Field, Rules, read_instant, worded, write_instant
from longbien.wire.cbor import Value

UNCHECKED = "†"
# Long enough that a column between two labels would make a ribbon of it.
WIDE = 140


@dataclass(frozen=True, slots=True)
class Run:
    """A text in one language. A `free` one was written by somebody, in whatever letters."""

    text: str
    language: str
    free: bool = False

    @property
    def right_to_left(self) -> bool:
        """By the language; for a free text by the first letter that has a direction."""
        for character in self.text if self.free else "":
            match unicodedata.bidirectional(character):
                case "L":
                    return False
                case "R" | "AL":
                    return True
        return self.language.partition("-")[0] in RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field. `runs` are the same value in each language, or the one text that somebody wrote; `parts` are the lines of
    a record, `items` the entries of an array. `code` is a number or a name that needs no language.
    """

    number: str = ""
    labels: tuple[Run, ...]
    runs: tuple[Run, ...] = ()
    code: str = ""
    parts: tuple["Line", ...] = ()
    items: tuple["Line", ...] = ()
    missing: bool = False
    unchecked: bool = False

    @property
    def wide(self) -> bool:
        """Whether the value needs the whole width."""
        return any(len(run.text) > WIDE or "\n" in run.text for run in self.runs)


Body: TypeAlias = Mapping[str, Value]


class Sheet:
    """Writes lines for one procedure in one or two languages; `written_in` is the language of the free texts."""

    def __init__(self, rules: Rules, languages: Sequence[str], written_in: str) -> None:
        self._rules = rules
        self._languages = tuple(languages)
        self._written_in = written_in

    def opening(self, act: Act, body: Body) -> tuple[Line, ...]:
        """The lines of an opening act in the order of the T-CY forms."""
        lines: list[Line] = []
        for number, field in ordered(act.fields):
            if field is None:
                lines.append(self._status(body))
            else:
                lines += self._of_field(field, body, number)
        return tuple(lines) + self._strangers(act, body)

    def further(self, act: Act, body: Body) -> tuple[Line, ...]:
        """The lines of any other act in the order of its form."""
        lines = [line for field in act.fields for line in self._of_field(field, body, "")]
        return tuple(lines) + self._strangers(act, body)

    def fixed(self, name: str, *values: Run, code: str = "", number: str = "", **blanks: str) -> Line:
        """A line with a fixed word for a label."""
        labels = tuple(Run(word(name, language, **blanks), language) for language in self._languages)
        return Line(number=number, labels=labels, runs=values, code=code)

    def said(self, name: str, **blanks: str) -> tuple[Run, ...]:
        """A fixed word in each language."""
        return tuple(Run(word(name, language, **blanks), language) for language in self._languages)

    def labelled(self, labels: Mapping[str, str]) -> tuple[Run, ...]:
        """A label in each language, English where it has none."""
        return tuple(_run(labels, language) for language in self._languages)

    def _status(self, body: Body) -> Line:
        earlier = body.get("linked_requests") or body.get("preservation_ref")
        return self.fixed(
            "status", *self.said("status_follow_up" if earlier else "status_new"), number=STATUS
        )

    def _of_field(self, field: Field, body: Body, number: str) -> list[Line]:
        if field.name in body:
            return [self._line(field, body[field.name], number)]
        if field.required and (field.or_else is None or field.or_else not in body):
            return [
                Line(
                    number=number, labels=self.labelled(field.labels), runs=self.said("missing"), missing=True
                )
            ]
        return []

    def _strangers(self, act: Act, body: Body) -> tuple[Line, ...]:
        """What the form does not know is printed as it stands, so that nothing of what was signed is hidden."""
        known = {field.name for field in act.fields}
        return tuple(
            Line(labels=(Run(name, "en"),) * len(self._languages), code=_plain(value))
            for name, value in body.items()
            if name not in known
        )

    def _line(self, field: Field, value: Value, number: str = "") -> Line:
        labels = self.labelled(field.labels)
        if field.many and isinstance(value, Sequence) and not isinstance(value, str | bytes):
            items = tuple(self._value(field, item, ()) for item in value)
            return Line(number=number, labels=labels, items=items)
        return self._value(field, value, labels, number)

    def _value(self, field: Field, value: Value, labels: tuple[Run, ...], number: str = "") -> Line:
        record = self._rules.types.get(field.type)
        if record is not None and isinstance(value, Mapping):
            inside = {str(name): item for name, item in value.items()}
            parts = [line for part in record.fields for line in self._of_field(part, inside, "")]
            return Line(number=number, labels=labels, parts=tuple(parts))
        return Line(number=number, labels=labels, **self._simple(field, value))

    def _simple(self, field: Field, value: Value) -> dict[str, Any]:
        """The runs, the code and the mark of a simple value."""
        match value:
            case bool():
                return {"runs": self.said("yes" if value else "no")}
            case str() if field.type == "enum" and value in field.values:
                return self._choice(field, value)
            case str() if field.type == "code" and value in self._rules.reasons:
                reason = self._rules.reasons[value]
                return {
                    "runs": self.labelled(reason.labels),
                    "code": _cited(value, reason.article, checked=reason.article_checked is True),
                    "unchecked": reason.article_checked is not True,
                }
            case str() if field.type == "name" and value in self._rules.instruments:
                return {"runs": self.labelled(self._rules.instruments[value].labels), "code": value}
            case str() if field.type == "datetime":
                return {"code": _moment(value)}
            case str() if field.type in {"text", "longtext", "office_ref"}:
                return {"runs": (Run(value, self._written_in, free=True),)}
            case _:
                return {"code": _plain(value)}

    def _choice(self, field: Field, value: str) -> dict[str, Any]:
        runs = self.labelled(field.value_labels.get(value, {"en": value}))
        offence = self._rules.offences.get(value)
        if offence is None:
            return {"runs": runs}
        checked = offence.article_checked is True
        return {
            "runs": runs,
            "code": _cited(value, offence.article, checked=checked),
            "unchecked": not checked,
        }


def untranslated(sheet_languages: Sequence[str], lines: Sequence[Line]) -> bool:
    """Whether some label had to be shown in another language than the one asked for."""
    return any(
        any(run.language != language for run, language in zip(line.labels, sheet_languages, strict=False))
        or untranslated(sheet_languages, (*line.parts, *line.items))
        for line in lines
    )


def marked(lines: Sequence[Line]) -> bool:
    """Whether an article number on these lines was never compared with the official text."""
    return any(line.unchecked or marked((*line.parts, *line.items)) for line in lines)


def known_languages() -> frozenset[str]:
    """The languages in which there are fixed words."""
    return frozenset(words()["yes"])


def _run(labels: Mapping[str, str], language: str) -> Run:
    base = language.partition("-")[0]
    return Run(worded(labels, language), language if language in labels or base in labels else "en")


def _cited(code: str, article: str, *, checked: bool) -> str:
    return f"{code} · Art. {article}{'' if checked else UNCHECKED}" if article else code


def _moment(text: str) -> str:
    """A time as it was written, and in UTC where that is another."""
    at = read_instant(text)
    if isinstance(at, str) or text.endswith("Z"):
        return text
    return f"{text} = {write_instant(at)}"


def _plain(value: Value) -> str:
    match value:
        case bytes():
            digits = value.hex()
            return " ".join(digits[place : place + 16] for place in range(0, len(digits), 16))
        case str():
            return value
        case Mapping():
            return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items())
        case Sequence():
            return ", ".join(map(_plain, value))
        case _:
            return str(value)
