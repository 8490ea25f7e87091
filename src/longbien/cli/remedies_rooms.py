"""What to do about each code of the rooms beside the cases: meetings.

What it knows: codes and words. What it must never know: how a code came about.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ROOMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MEETING_UNKNOWN": "`longbien meet list` shows the meetings; an exchange of another kind is none.",
        "ACTION_UNKNOWN": "`longbien meet show` numbers what the newest report asks for.",
        "MINUTES_EMPTY": "Write the minutes first.",
        "MINUTES_LONG": "Minutes have at most 60,000 bytes; put annexes beside them as papers.",
        "MINUTES_OTHER": "The report names another text: ask the host for exactly that one, and paste it unchanged.",
    }
)
