"""The search box: what somebody typed, as conditions and words.

What it knows: the few keys that the box understands. What it must never do: refuse what somebody types; what is no key is a word to be
found. `type:preservation state:RU stage:checking due:<24h owner:me tag:hospital VN-2026 "Sông Hồng"`.
"""

import re
from dataclasses import dataclass

from longbien.law.instants import DAY, HOUR
from longbien.node.queueing import WORD_MAX, split

# A question of more words than this is answered for its first ones.
WORDS_ASKED_MAX = 12

_PART = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')
_SPAN = re.compile(r"<?=?(\d{1,4})([hd])")
# Who writes "from" or "to" means the other State either way; the direction is a view's business.
_STATE_KEYS = frozenset({"state", "from", "to"})
_COLUMN_KEYS = frozenset({"stage", "urgency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed: exact words, beginnings of words, equal columns, and the latest due time as a span (ms) from now."""

    words: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    due_within: int | None = None
    owner: str | None = None


def read(text: str) -> Asked:
    """What somebody typed. Never raises."""
    words: list[str] = []
    beginnings: list[str] = []
    columns: list[tuple[str, str]] = []
    due_within: int | None = None
    owner: str | None = None
    for named, quoted, plain in _PART.findall(text):
        key, value = named.casefold(), quoted or plain
        if key in _STATE_KEYS:
            words.append(f"state:{value.casefold()}"[:WORD_MAX])
        elif key in {"type", "tag"}:
            words.append(f"{key}:{value.casefold()}"[:WORD_MAX])
        elif key in _COLUMN_KEYS:
            columns.append((key, value))
        elif key == "owner":
            owner = value
        elif key == "due" and (span := _SPAN.fullmatch(value)):
            due_within = int(span[1]) * (HOUR if span[2] == "h" else DAY)
        else:
            beginnings += split(value if key in {"", "ref"} else f"{key} {value}")
    kept = WORDS_ASKED_MAX - min(len(words), WORDS_ASKED_MAX)
    return Asked(
        words=tuple(dict.fromkeys(words))[:WORDS_ASKED_MAX],
        beginnings=tuple(dict.fromkeys(beginnings))[:kept],
        columns=tuple(columns),
        due_within=due_within,
        owner=owner,
    )
