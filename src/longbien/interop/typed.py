"""From what somebody wrote in a box to the value that the field holds.

What it knows: how people write each kind of value. What it must never do: guess. A date in a national order, a choice that is
almost one, a number with a unit are not understood, and the report says so.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from longbien.interop.words import words
from longbien.law import Field, Rules

if TYPE_CHECKING:
    from longbien.wire.cbor import Value

_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]+([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,9})?)?\s*(Z|UTC|GMT|[+-][0-9]{2}:[0-9]{2})?",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"[0-9a-fA-F]+")
_ZERO: Final = frozenset({"UTC", "GMT", "Z"})
_BOXES: Final[Mapping[str, bool]] = {"☒": True, "☑": True, "☐": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class NotRead:
    """The text is no value of the field. Codes: VALUE_INVALID, CHOICE_UNKNOWN, NEEDS_PARTS."""

    code: str


Read: TypeAlias = "Value | NotRead"


def read(rules: Rules, field: Field, text: str) -> Read:
    """The value of one entry of `field`; texts are taken as they stand, and the law judges them afterwards."""
    if field.type in rules.types:
        return NotRead("NEEDS_PARTS")
    return _READERS.get(field.type, _as_it_stands)(rules, field, text.strip())


def read_all(rules: Rules, field: Field, text: str) -> Read:
    """The value of `field`, or of every line as an entry where it is an array."""
    if not field.many:
        return read(rules, field, text)
    values: list[Value] = []
    for line in filter(str.strip, text.splitlines()):
        value = read(rules, field, line)
        if isinstance(value, NotRead):
            return value
        values.append(value)
    return values


def _as_it_stands(_rules: Rules, _field: Field, text: str) -> Read:
    return text


def _instant(_rules: Rules, _field: Field, text: str) -> Read:
    """A blank for the T, missing seconds and the words UTC and GMT are read; a missing zone stays missing."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return NotRead("VALUE_INVALID")
    zone = (found[4] or "").upper()
    return f"{found[1]}T{found[2]}{found[3] or ':00'}{'Z' if zone in _ZERO else zone}"


def _date(_rules: Rules, _field: Field, text: str) -> Read:
    return text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else NotRead("VALUE_INVALID")


def _number(_rules: Rules, _field: Field, text: str) -> Read:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else NotRead("VALUE_INVALID")


def _truth(_rules: Rules, _field: Field, text: str) -> Read:
    said = _plain(text)
    if said in _BOXES:
        return _BOXES[said]
    for name, value in (("yes", True), ("no", False)):
        if said in {_plain(word) for word in words()[name].values()}:
            return value
    return NotRead("CHOICE_UNKNOWN")


def _choice(_rules: Rules, field: Field, text: str) -> Read:
    """A choice by its name or by its label in any language, when only one choice has that label."""
    said = _plain(text)
    found = {
        value
        for value in field.values
        if said in {_plain(value), *map(_plain, field.value_labels.get(value, {}).values())}
    }
    return found.pop() if len(found) == 1 else NotRead("CHOICE_UNKNOWN")


def _name(rules: Rules, _field: Field, text: str) -> Read:
    """A name as it stands, or an instrument by its label in any language."""
    said = _plain(text)
    found = {
        name
        for name, item in rules.instruments.items()
        if said in {_plain(label) for label in item.labels.values()}
    }
    return found.pop() if len(found) == 1 else text


def _bytes(_rules: Rules, _field: Field, text: str) -> Read:
    digits = "".join(text.split())
    fits = _DIGITS.fullmatch(digits) and len(digits) % 2 == 0
    return bytes.fromhex(digits) if fits else NotRead("VALUE_INVALID")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_READERS: Final[Mapping[str, Callable[[Rules, Field, str], Read]]] = {
    "datetime": _instant,
    "date": _date,
    "int": _number,
    "bool": _truth,
    "enum": _choice,
    "name": _name,
    "exchange_ref": _bytes,
    "digest": _bytes,
}
