# ruff: noqa: A001, A002 - `max` and `min` are the plain words for limits
"""Typed reading of the fields of one decoded record.

Knows types, sizes and presence; must never know what a field means. Every record decoder of every room reads
its map through `Fields`, so that a wrong record is refused in one way everywhere. Faults name the place and
the field, never the content.
"""

import builtins
import re
from collections.abc import Mapping
from typing import Final, cast

from longbien.wire.cbor import Value
from longbien.wire.wellformed import Malformed

INT_MAX: Final = (1 << 63) - 1

Name = str | int

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Fields:
    """The fields of `value`, which must be a map; `where` is its place in the message, in machine words.

    Each reader takes a field's name, checks it and marks it as read; `done` refuses fields that nobody has
    read. The order of calls decides which of several faults is reported.

    Raises `Malformed`: FIELD_TYPE (not a map, or a field of another type), FIELD_MISSING, FIELD_RANGE (size,
    value or form), FIELD_UNKNOWN.
    """

    __slots__ = ("_fields", "_read", "_where")

    def __init__(self, value: Value, where: str) -> None:
        if not isinstance(value, (dict, Mapping)):
            raise Malformed("FIELD_TYPE", f"{where}: not a map")
        self._fields = cast("Mapping[Name, Value]", value)
        self._read: set[Name] = set()
        self._where = where

    def has(self, name: Name) -> builtins.bool:
        """Whether the field is there; says nothing about its type and does not count as reading it."""
        return name in self._fields

    def text(
        self,
        name: Name,
        *,
        max: builtins.int,
        min: builtins.int = 1,
        form: re.Pattern[str] | None = None,
    ) -> str:
        """A text of `min` to `max` characters which, if a `form` is given, matches it as a whole."""
        value = self._take(name)
        # The place has to be written out only where something is wrong; this holds for the readers below, too.
        if type(value) is str and min <= len(value) <= max and (form is None or form.fullmatch(value)):
            return value
        return checked_text(value, self._place(name), max=max, min=min, form=form)

    def bytes(
        self,
        name: Name,
        *,
        size: builtins.int | None = None,
        max: builtins.int | None = None,
        min: builtins.int = 0,
    ) -> builtins.bytes:
        """A byte string of exactly `size`, or of `min` to `max` bytes."""
        value = self._take(name)
        if type(value) is bytes and size is not None and len(value) == size:
            return value
        return checked_bytes(value, self._place(name), size=size, max=max, min=min)

    def int(self, name: Name, *, min: builtins.int = 0, max: builtins.int = INT_MAX) -> builtins.int:
        """An integer from `min` to `max`, both included."""
        value = self._take(name)
        if type(value) is int and min <= value <= max:
            return value
        return checked_int(value, self._place(name), min=min, max=max)

    def bool(self, name: Name) -> builtins.bool:
        """True or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise Malformed("FIELD_TYPE", self._place(name))
        return value

    def array(self, name: Name, *, max: builtins.int, min: builtins.int = 0) -> tuple[Value, ...]:
        """An array of `min` to `max` members, unchecked."""
        value = self._take(name)
        if not isinstance(value, list | tuple):
            raise Malformed("FIELD_TYPE", self._place(name))
        if not min <= len(value) <= max:
            raise Malformed("FIELD_RANGE", f"{self._place(name)}: {len(value)} members")
        return tuple(value)

    def texts(
        self,
        name: Name,
        *,
        max: builtins.int,
        items: builtins.int,
        min_items: builtins.int = 0,
        form: re.Pattern[str] | None = None,
    ) -> tuple[str, ...]:
        """An array of `min_items` to `items` texts of 1 to `max` characters each."""
        values = self.array(name, max=items, min=min_items)
        for value in values:
            if (
                type(value) is not str
                or not 0 < len(value) <= max
                or not (form is None or form.fullmatch(value))
            ):
                checked_text(value, self._place(name), max=max, form=form)
        return cast("tuple[str, ...]", values)

    def byte_strings(
        self,
        name: Name,
        *,
        size: builtins.int | None = None,
        max: builtins.int | None = None,
        items: builtins.int,
        min_items: builtins.int = 0,
    ) -> tuple[builtins.bytes, ...]:
        """An array of `min_items` to `items` byte strings, each of exactly `size` or at most `max` bytes."""
        values = self.array(name, max=items, min=min_items)
        for value in values:
            if type(value) is not bytes or len(value) != size:
                checked_bytes(value, self._place(name), size=size, max=max)
        return cast("tuple[builtins.bytes, ...]", values)

    def map(self, name: Name) -> "Fields":
        """A map, to be read and finished in its turn."""
        return Fields(self._take(name), self._place(name))

    def maps(self, name: Name, *, max: builtins.int, min: builtins.int = 0) -> tuple["Fields", ...]:
        """An array of `min` to `max` maps, each to be read and finished in its turn."""
        place = self._place(name)
        return tuple(
            Fields(value, f"{place}[{index}]")
            for index, value in enumerate(self.array(name, max=max, min=min))
        )

    def value(self, name: Name) -> Value:
        """The field as it is, unchecked."""
        return self._take(name)

    def optional_text(
        self,
        name: Name,
        *,
        max: builtins.int,
        min: builtins.int = 1,
        form: re.Pattern[str] | None = None,
    ) -> str | None:
        """As `text`, or None where the field is absent."""
        return self.text(name, max=max, min=min, form=form) if self.has(name) else None

    def optional_bytes(
        self,
        name: Name,
        *,
        size: builtins.int | None = None,
        max: builtins.int | None = None,
        min: builtins.int = 0,
    ) -> builtins.bytes | None:
        """As `bytes`, or None where the field is absent."""
        return self.bytes(name, size=size, max=max, min=min) if self.has(name) else None

    def optional_int(
        self, name: Name, *, min: builtins.int = 0, max: builtins.int = INT_MAX
    ) -> builtins.int | None:
        """As `int`, or None where the field is absent."""
        return self.int(name, min=min, max=max) if self.has(name) else None

    def done(self) -> None:
        """Every field has been read; anything else in the map is unknown and refused."""
        for name in self._fields:
            if name not in self._read:
                raise Malformed("FIELD_UNKNOWN", self._place(name))

    def _take(self, name: Name) -> Value:
        if name not in self._fields:
            raise Malformed("FIELD_MISSING", self._place(name))
        self._read.add(name)
        return self._fields[name]

    def _place(self, name: Name) -> str:
        # A name from outside is repeated only when it looks like a name; it could carry anything.
        plain = str(name) if _PLAIN_NAME.fullmatch(str(name)) else "?"
        return f"{self._where}.{plain}"


def checked_text(
    value: Value,
    place: str,
    *,
    max: int,
    min: int = 1,
    form: re.Pattern[str] | None = None,
) -> str:
    """`value` if it is a text of `min` to `max` characters in the given form; `Malformed` otherwise."""
    if not isinstance(value, str):
        raise Malformed("FIELD_TYPE", place)
    if not min <= len(value) <= max or (form is not None and form.fullmatch(value) is None):
        raise Malformed("FIELD_RANGE", place)
    return value


def checked_bytes(
    value: Value,
    place: str,
    *,
    size: int | None = None,
    max: int | None = None,
    min: int = 0,
) -> bytes:
    """`value` if it is a byte string of exactly `size`, or of `min` to `max` bytes; `Malformed` otherwise."""
    if not isinstance(value, bytes):
        raise Malformed("FIELD_TYPE", place)
    if size is not None:
        min = max = size
    if len(value) < min or (max is not None and len(value) > max):
        raise Malformed("FIELD_RANGE", f"{place}: {len(value)} bytes")
    return value


def checked_int(value: Value, place: str, *, min: int = 0, max: int = INT_MAX) -> int:
    """`value` if it is an integer (not a truth value) from `min` to `max`; `Malformed` otherwise."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed("FIELD_TYPE", place)
    if not min <= value <= max:
        raise Malformed("FIELD_RANGE", place)
    return value
