"""Deterministic CBOR, one form for every value.

Knows the small part of CBOR that Longbien speaks (RFC 8949 §4.2.1): null, booleans, 64-bit integers, byte and
text strings, arrays, and maps whose keys are text or integers. It must never know what a message means.

Laws:

1. `decode(encode(value)) == value` for every value that `encode` takes (tuples come back as lists), and
   `encode(decode(data)) == data` for every `data` that `decode` takes. So one value has one encoding, and a
   digest of the bytes is a digest of the value.
2. Whatever the bytes, `decode` returns a value or raises `Malformed`; nothing else may leave it. This
   sentence is the invariant that the fuzz tests hold.
3. `encode` refuses what `decode` would refuse.

Two libraries do the work. The swift one (libipld) speaks a close relative of our form, with keys of text only, and knows one
tag, which it also gives to any byte string that happens to have the shape of a link. So what it reads or writes counts only if
the bytes of that tag are nowhere in them, and, when reading, if they are written again as they came; everything else, rare or
wrong, is left to the slow one (cbor2), which decides alone. Either result is accepted only if it holds nothing but our types, in
our order, and encodes to the very bytes that came in. When that fails, `longbien.wire.wellformed` reads the bytes again and
names the first fault.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias, cast

import cbor2
import libipld

from longbien.wire.wellformed import MAX_DEPTH, MAX_ITEMS, Malformed, fault

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_ITEMS", "Malformed", "Value", "decode", "digest", "encode"]

Value: TypeAlias = (
    "bool | int | bytes | str | Sequence[Value] | "
    "Mapping[str, Value] | Mapping[int, Value] | Mapping[str | int, Value] | None"
)

# 1 MiB. Precedent: the largest size class of an envelope, and the payload limit of `trust.md` §2.4; evidence
# never travels inside messages.
MAX_BYTES: Final = 1 << 20

_INT_MAX: Final = (1 << 64) - 1
_INT_MIN: Final = -(1 << 64)
_LEAVES: Final = frozenset({bytes, str, int, bool, type(None)})
# What needs no look inside before it is encoded: an integer may be too large, everything else may hold more.
_PLAIN: Final = _LEAVES - {int}
_CONTAINERS: Final = frozenset({list, dict})
_KEYS: Final = frozenset({str, int})
_NAMES: Final = frozenset({str})

# How the one tag begins that the swift library writes and reads (42, a link).
_LINK: Final = b"\xd8\x2a"
# What the swift library says of what it does not take.
_DECLINED: Final = (ValueError, RecursionError)

# The widest records of ours have some forty fields, and there are a few hundred kinds of them.
_NAMES_MAX: Final = 64
_NAMES_KEPT: Final = 2048


class _TagRefusedError(Exception):
    """Stops the library at a tag, before it builds a date or a regular expression from it."""


class _RefuseTags(dict[int, Callable[[object, bool], object]]):
    """A table of tag decoders in which every tag is present and every decoder refuses."""

    def __missing__(self, tag: int) -> Callable[[object, bool], NoReturn]:
        def refuse(_content: object, _immutable: bool) -> NoReturn:
            raise _TagRefusedError

        return refuse


class _UnfitError(Exception):
    """The library parsed the bytes, but the value is not one of ours."""


_NO_TAGS: Final = _RefuseTags()
_UNREAD: Final = object()


def encode(value: Value, *, limit: int = MAX_BYTES) -> bytes:
    """The one encoding of `value`, at most `limit` bytes.

    Tuples count as arrays; members of `StrEnum` and `IntEnum` count as their text and number.

    Raises `TypeError` for a Python type that has no place on the wire (floats, sets, dates, bytearrays …) and
    `Malformed` for a value of the right type that `decode` would refuse: CBOR_TOO_LARGE (bytes, items, or an
    integer beyond 64 bits), CBOR_DEPTH, CBOR_TEXT (lone surrogates), CBOR_DUPLICATE_KEY (keys that are one on
    the wire).
    """
    data = _swiftly_written(value)
    if data is None:
        try:
            data = cbor2.dumps(_ordered(value, MAX_DEPTH))
        except UnicodeEncodeError as error:
            raise Malformed("CBOR_TEXT", "text is not Unicode") from error
    if len(data) > limit:
        raise Malformed("CBOR_TOO_LARGE", f"{len(data)} bytes exceed {limit}")
    if _too_many(value, data):
        raise Malformed("CBOR_TOO_LARGE", f"more than {MAX_ITEMS} items")
    return data


def decode(data: bytes, *, limit: int = MAX_BYTES) -> Value:
    """The value that `data` encodes; arrays come back as lists, maps as dicts.

    Raises `Malformed` and nothing else: CBOR_TOO_LARGE, CBOR_TRUNCATED, CBOR_TRAILING, CBOR_NOT_CANONICAL,
    CBOR_DEPTH, CBOR_TYPE (tags, floats, other simple values, other keys), CBOR_TEXT (not UTF-8),
    CBOR_DUPLICATE_KEY, CBOR_INVALID. The code is that of the first fault in the order of the bytes.
    """
    if len(data) > limit:
        raise Malformed("CBOR_TOO_LARGE", f"{len(data)} bytes exceed {limit}")
    value = _swiftly_read(data)
    if value is not _UNREAD:
        return cast("Value", value)
    try:
        # One level more than we allow, because the library does not count an empty container as a level; the
        # inspection below counts exactly.
        value = cbor2.loads(
            data,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        if _too_many(value, data):
            raise _UnfitError
        if type(value) not in _LEAVES:
            _inspect(value, MAX_DEPTH)
        if cbor2.dumps(value) != data:
            raise _UnfitError
    except (cbor2.CBORError, _UnfitError) as error:
        raise fault(data) or Malformed("CBOR_INVALID") from error
    return cast("Value", value)


def digest(data: bytes) -> bytes:
    """SHA-256 of `data`, 32 bytes (FIPS 180-4): how every message and record is named."""
    return hashlib.sha256(data).digest()


def _swiftly_written(value: Value) -> bytes | None:
    """The encoding by the swift library, or None if it does not take the value or may have misread it."""
    try:
        data = libipld.encode_dag_cbor(_taken(value, MAX_DEPTH))
    except (*_DECLINED, _UnfitError):
        return None
    return None if _LINK in data else data


def _taken(value: Value, levels: int) -> Value:
    """The value as the swift library takes it: of the plain types only, arrays as lists."""
    kind = type(value)
    if kind in _LEAVES:
        return value
    if levels == 0:
        raise _UnfitError
    if kind is dict:
        mapping = cast("dict[str, Value]", value)
        if not _NAMES.issuperset(map(type, mapping)):
            raise _UnfitError
        if _LEAVES.issuperset(map(type, mapping.values())):
            return mapping
        return {
            key: item if type(item) in _LEAVES else _taken(item, levels - 1) for key, item in mapping.items()
        }
    if kind is list or kind is tuple:
        array = cast("Sequence[Value]", value)
        if _LEAVES.issuperset(map(type, array)):
            return array if kind is list else list(array)
        return [item if type(item) in _LEAVES else _taken(item, levels - 1) for item in array]
    raise _UnfitError


def _swiftly_read(data: bytes) -> object:
    """The value by the swift library, or `_UNREAD` if it does not take the bytes or may misread them."""
    if _LINK in data:
        return _UNREAD
    try:
        value = libipld.decode_dag_cbor(data)
        if _too_many(value, data):
            return _UNREAD
        if type(value) not in _LEAVES:
            _look_through(value, MAX_DEPTH)
        return value if libipld.encode_dag_cbor(value) == data else _UNREAD
    except (*_DECLINED, _UnfitError):
        return _UNREAD


def _look_through(value: object, levels: int) -> None:
    """Silence means: types and depth of what the swift library read are right; it holds the order of keys itself."""
    if levels == 0 or type(value) not in _CONTAINERS:
        raise _UnfitError
    holder = cast("list[object] | dict[str, object]", value)
    inside = holder.values() if type(holder) is dict else holder
    if _LEAVES.issuperset(map(type, inside)):
        return
    for item in inside:
        if type(item) not in _LEAVES:
            _look_through(item, levels - 1)


def _inspect(value: object, levels: int) -> None:
    """Silence means: types, depth and order of keys of a container are right."""
    if levels == 0:
        raise _UnfitError
    inside: Iterable[object]
    if type(value) is list:
        inside = value
    elif type(value) is dict:
        keys = tuple(value)
        if not _KEYS.issuperset(map(type, keys)) or _in_order(keys) != keys:
            raise _UnfitError
        inside = value.values()
    else:
        raise _UnfitError
    for item in inside:
        if type(item) not in _LEAVES:
            _inspect(item, levels - 1)


def _too_many(value: object, data: bytes) -> bool:
    """Whether a value has more items than we allow. Every item takes a byte at least, so few messages need to be counted."""
    if len(data) <= MAX_ITEMS:
        return False
    items, containers = 1, [value]
    while containers and items <= MAX_ITEMS:
        holder = containers.pop()
        inside: Iterable[object] = ()
        if isinstance(holder, list | tuple):
            inside, items = holder, items + len(holder)
        elif isinstance(holder, Mapping):
            inside, items = holder.values(), items + 2 * len(holder)
        containers += [item for item in inside if type(item) not in _LEAVES]
    return items > MAX_ITEMS


def _in_order(keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Keys of the plain types, as RFC 8949 §4.2.1 orders them."""
    if len(keys) > _NAMES_MAX:
        return tuple(sorted(keys, key=_rank))
    return _names_in_order(keys)


@lru_cache(maxsize=_NAMES_KEPT)
def _names_in_order(keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The same for the few keys that a record has: the same names come again in every message."""
    return tuple(sorted(keys, key=_rank))


def _rank(key: str | int) -> tuple[int, int, bytes]:
    """Sorts keys as RFC 8949 §4.2.1 does: by the bytes of their encodings.

    The order of encodings is the order of (major type, argument, content), because a shortest argument grows
    in bytes as it grows in value. The library's own canonical order is the older one of RFC 7049 (shorter
    keys first), which differs where integers of both signs, or integers and text, share a map; therefore it
    is not used.
    """
    if isinstance(key, str):
        content = key.encode()
        return 3, len(content), content
    return (0, key, b"") if key >= 0 else (1, -1 - key, b"")


def _ordered(value: Value, levels: int) -> Value:
    """The same value with its maps in order, made of plain types only."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    # Most values are of a plain type; whatever is derived from one takes the longer way to the same answer.
    if kind is dict:
        return _ordered_map(cast("Mapping[Any, Any]", value), levels)
    if isinstance(value, int):
        return _bounded(value)
    if isinstance(value, (list, tuple)):
        return _ordered_array(value, levels)
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return _ordered_map(value, levels)
    raise TypeError(f"no place on the wire for {type(value).__name__}")


def _ordered_array(array: Sequence[Value], levels: int) -> Value:
    if levels == 0:
        raise _too_deep()
    if _PLAIN.issuperset(map(type, array)):
        return array
    return [item if type(item) in _PLAIN else _ordered(item, levels - 1) for item in array]


def _ordered_map(mapping: Mapping[Any, Any], levels: int) -> Value:
    if levels == 0:
        raise _too_deep()
    if not _NAMES.issuperset(map(type, mapping)):
        mapping = _plain_keys(mapping)
    ordered: dict[str | int, Value] = {}
    for key in _in_order(tuple(mapping)):
        item = mapping[key]
        ordered[key] = item if type(item) in _PLAIN else _ordered(item, levels - 1)
    return ordered


def _plain_keys(mapping: Mapping[Any, Any]) -> Mapping[str | int, Any]:
    """The mapping under its keys as they stand on the wire."""
    if all(type(key) is str or (type(key) is int and 0 <= key <= _INT_MAX) for key in mapping):
        return mapping
    plain: dict[str | int, Any] = {}
    for key, item in mapping.items():
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise TypeError(f"no key on the wire is a {type(key).__name__}")
        plain[_bounded(key) if isinstance(key, int) else str.__str__(key)] = item
    if len(plain) != len(mapping):
        raise Malformed("CBOR_DUPLICATE_KEY", "two keys are one on the wire")
    return plain


def _too_deep() -> Malformed:
    return Malformed("CBOR_DEPTH", f"more than {MAX_DEPTH} levels")


def _bounded(number: int) -> int:
    if not _INT_MIN <= number <= _INT_MAX:
        raise Malformed("CBOR_TOO_LARGE", "an integer beyond 64 bits")
    return int(number)
