"""Sizes as people read them.

What it knows: powers of 1024. What it must never do: hide the exact number, which stands beside it where it counts.
"""

from typing import Final

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def shown(size: int) -> str:
    """`12.3 MiB`; below a KiB the bytes themselves."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{size} B" if not unit else f"{value:.1f} {_UNITS[unit]}"
