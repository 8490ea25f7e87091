"""Small counts that must not be read from a published table, nor worked out from its totals.

What it knows: counts and the partitions that they make. What it must never know: what is counted.

A count of 1 to 4 is small; 0 is not, it points to nobody. The attacker knows this program, every number that is shown, and
that what is not shown is hidden by these rules. The promise: for every small count there is another table with another
count in its place that looks the same. The tests hold it by trying all tables up to a size.

The rules for the parts of a shown total, in their fixed order:

1. Small parts are hidden.
2. They alone may hide each other when there are at least two, their sum is at least 5 and lies between their number plus
   two and three times their number; then their sum leaves each of them open.
3. Otherwise the first part in the order that is not 0 is hidden with them. Which one does not depend on how large it is: a
   choice by size would say something about the size.
4. Where there is no such part, no part is shown, 0 or not.
5. The parts of a hidden count are hidden, all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SMALL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count by its name; each partition in `parts` splits it without rest, in an order that no count decides."""

    name: str
    value: int
    parts: Mapping[str, tuple["Count", ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The same, for everybody to see; `value` is None where it is hidden."""

    name: str
    value: int | None
    parts: Mapping[str, tuple["Shown", ...]] = field(default_factory=dict)


def suppress(count: Count) -> Shown:
    """The count and all its parts, as far as they may be shown."""
    return _shown(count, hidden=is_small(count.value))


def is_small(value: int) -> bool:
    """Whether a count says too much about the few that it counts."""
    return 0 < value < SMALL


def hidden_parts(values: Sequence[int]) -> tuple[bool, ...]:
    """Which parts of a shown total are hidden."""
    found = [is_small(value) for value in values]
    small = [value for value in values if is_small(value)]
    if not small or _hide_each_other(small):
        return tuple(found)
    for place, value in enumerate(values):
        if value >= SMALL:
            found[place] = True
            return tuple(found)
    return (True,) * len(values)


def _hide_each_other(small: Sequence[int]) -> bool:
    number, total = len(small), sum(small)
    return number > 1 and max(SMALL, number + 2) <= total <= 3 * number


def _shown(count: Count, *, hidden: bool) -> Shown:
    return Shown(
        name=count.name,
        value=None if hidden else count.value,
        parts={name: _partition(parts, hidden=hidden) for name, parts in count.parts.items()},
    )


def _partition(parts: Sequence[Count], *, hidden: bool) -> tuple[Shown, ...]:
    which = (True,) * len(parts) if hidden else hidden_parts([part.value for part in parts])
    return tuple(_shown(part, hidden=hide) for part, hide in zip(parts, which, strict=True))
