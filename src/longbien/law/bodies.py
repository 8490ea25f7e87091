"""The body of an act as JSON, and back.

Knows the one thing that JSON lacks: bytes, which stand as `{"$hex": "…"}`. It must never know a field.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from longbien.wire.cbor import Malformed, Value

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

HEX: Final = "$hex"
# The wire takes sixteen containers in each other; an act and its statement need some of them.
DEPTH_MAX: Final = 12

_PAIRS: Final = re.compile(r"([0-9a-fA-F]{2})*")


def from_json(value: Json, depth: int = 0) -> Value:
    """The value that a body holds.

    Raises:
        Malformed: BODY_FLOAT, BODY_HEX, BODY_DEPTH.
    """
    if depth > DEPTH_MAX:
        raise Malformed("BODY_DEPTH", f"more than {DEPTH_MAX} objects and lists inside each other")
    match value:
        case {"$hex": digits, **rest} if not rest:
            return _bytes(digits)
        case Mapping():
            return {name: from_json(item, depth + 1) for name, item in value.items()}
        case float():
            raise Malformed("BODY_FLOAT", "numbers are whole; write amounts as text")
        case str() | bool() | int() | None:
            return value
        case _:
            return [from_json(item, depth + 1) for item in value]


def to_json(value: Value) -> Json:
    """What JSON can hold of it; `from_json` gives it back."""
    match value:
        case bytes():
            return {HEX: value.hex()}
        case Mapping():
            return {str(name): to_json(item) for name, item in value.items()}
        case str() | bool() | int() | None:
            return value
        case _:
            return [to_json(item) for item in value]


def _bytes(digits: Json) -> bytes:
    if not isinstance(digits, str) or not _PAIRS.fullmatch(digits):
        raise Malformed("BODY_HEX", "bytes are written as pairs of hexadecimal digits")
    return bytes.fromhex(digits)
