"""How often somebody may try: a bucket for each address, and one for all together.

What it knows: moments. What it must never know: what is tried. Nothing is kept for longer than it counts.
"""

from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60_000


@dataclass(slots=True, kw_only=True)
class Pace:
    """At most `each` tries a minute from one address and `all` from everywhere."""

    each: int
    all: int
    _tries: dict[str, list[int]] = field(default_factory=dict)

    def allows(self, client: str, now: int) -> bool:
        """Whether one more try is allowed now; it counts as one."""
        self._tries = {
            address: recent
            for address, tries in self._tries.items()
            if (recent := [at for at in tries if now - at < MINUTE])
        }
        if len(self._tries.get(client, ())) >= self.each or sum(map(len, self._tries.values())) >= self.all:
            return False
        self._tries.setdefault(client, []).append(now)
        return True
