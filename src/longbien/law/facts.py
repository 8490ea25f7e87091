"""Reading a value that may be absent or of another kind, without ever raising.

Knows how to look into the facts of an exchange and the body of an act. It must never know what a name means;
the callers are guards and effects, which have to stay total whatever they are handed.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from longbien.law.situation import Facts
from longbien.wire.cbor import Value

_NAMES: Final = frozenset({str})


def text(facts: Facts, name: str) -> str | None:
    """The text under `name`, or None."""
    value = facts.get(name)
    return value if isinstance(value, str) else None


def number(facts: Facts, name: str) -> int | None:
    """The integer under `name`, or None; a truth value is not a number."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def items(facts: Facts, name: str) -> tuple[Value, ...]:
    """The array under `name`, or an empty one; texts and bytes are not arrays."""
    value = facts.get(name)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, Sequence)) and not isinstance(value, (str, bytes)) else ()


def entries(value: Value) -> Facts:
    """`value` as a map with text keys; anything else is an empty map."""
    if value is None or not isinstance(value, (dict, Mapping)):
        return {}
    if _NAMES.issuperset(map(type, value)):
        return cast("Facts", value)
    return {key: item for key, item in value.items() if isinstance(key, str)}


def record(facts: Facts, name: str) -> Facts:
    """The map under `name`, or an empty one."""
    return entries(facts.get(name))


def records(facts: Facts, name: str) -> tuple[Facts, ...]:
    """The maps in the array under `name`."""
    return tuple(entries(item) for item in items(facts, name))


def texts(facts: Facts, name: str) -> tuple[str, ...]:
    """The texts in the array under `name`."""
    return tuple(item for item in items(facts, name) if isinstance(item, str))
