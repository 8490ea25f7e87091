"""Deterministic CBOR, read strictly: a second reading of docs/wire/01-cbor.md, sharing no line with the program it checks.

One pass over the bytes. A value is accepted only in the one form that the specification gives it.
"""

from typing import Any

MAX_DEPTH = 16


class Unreadable(ValueError):
    """The bytes are not what the specification describes; the text says where."""


def decode(data: bytes) -> Any:  # noqa: ANN401 - CBOR is untyped
    """The value in `data`, all of it; raises `Unreadable`."""
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise Unreadable(f"{len(data) - end} bytes follow the value")
    return value


def encode_bytes(data: bytes) -> bytes:
    """A byte string, as `Sig_structure` needs it."""
    return _head(2, len(data)) + data


def encode_text(text: str) -> bytes:
    """A text, likewise."""
    data = text.encode()
    return _head(3, len(data)) + data


def encode_value(value: Any) -> bytes:  # noqa: ANN401 - CBOR is untyped
    """The encoding of the few values that are hashed here: integers, texts, bytes and arrays of them."""
    match value:
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int() if value >= 0:
            return _head(0, value)
        case int():
            return _head(1, -1 - value)
        case bytes():
            return encode_bytes(value)
        case str():
            return encode_text(value)
        case list() | tuple():
            return _head(4, len(value)) + b"".join(encode_value(item) for item in value)
        case _:
            raise Unreadable(type(value).__name__)


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | extra]) + argument.to_bytes(size)
    raise Unreadable("an integer beyond 64 bits")


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if at >= len(data):
        raise Unreadable("the bytes end early")
    major, short = data[at] >> 5, data[at] & 31
    if major == 7:
        return _simple(short, at)
    if major == 6:
        raise Unreadable(f"a tag at {at}")
    argument, at = _argument(data, at, short)
    match major:
        case 0:
            return argument, at
        case 1:
            return -1 - argument, at
        case 2:
            return _take(data, at, argument), at + argument
        case 3:
            return _text(_take(data, at, argument)), at + argument
    if depth >= MAX_DEPTH:
        raise Unreadable("nested too deeply")
    if argument > len(data) - at:
        raise Unreadable("more items than bytes")
    return _array(data, at, argument, depth) if major == 4 else _map(data, at, argument, depth)


def _simple(short: int, at: int) -> tuple[Any, int]:
    known = {20: False, 21: True, 22: None}
    if short not in known:
        raise Unreadable(f"a simple value or float at {at}")
    return known[short], at + 1


def _argument(data: bytes, at: int, short: int) -> tuple[int, int]:
    if short < 24:
        return short, at + 1
    if short > 27:
        raise Unreadable(f"an indefinite length at {at}")
    size = 1 << short - 24
    argument = int.from_bytes(_take(data, at + 1, size))
    if argument < 24 or (size > 1 and argument < 1 << 4 * size):
        raise Unreadable(f"a long form of a short number at {at}")
    return argument, at + 1 + size


def _take(data: bytes, at: int, size: int) -> bytes:
    if size > len(data) - at:
        raise Unreadable("the bytes end early")
    return data[at : at + size]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("a text that is not UTF-8") from error


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    for _ in range(count):
        item, at = _value(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
    found: dict[Any, Any] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _value(data, at, MAX_DEPTH)
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise Unreadable(f"a key of another type at {start}")
        if data[start:at] <= before:
            raise Unreadable(f"keys out of order at {start}")
        before = data[start:at]
        found[key], at = _value(data, at, depth + 1)
    return found, at
