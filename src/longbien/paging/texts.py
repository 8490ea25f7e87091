"""What a call says, in the language of the person who is called.

What it knows: seven languages and the few facts that may leave the node. What it must never be given: an exchange.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from longbien.node.pages import Due
from longbien.paging.driver import Message

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru", "vi")
MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who calls: the mode of the node (live, exercise, demo), its name, and the address of its console."""

    mode: str
    name: str
    link: str


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every word, by language."""
    raw = resources.files("longbien.paging").joinpath("data", "words.toml").read_text("utf-8")
    return tomllib.loads(raw)


def message(due: Due, sender: Sender, at: int) -> Message:
    """The call as it leaves at `at` (ms)."""
    say = words()[due.language if due.language in LANGUAGES else "en"]
    page = due.page
    kind = say[page.kind].format(count=due.count)
    age = say["age"].format(minutes=max(at - page.raised_at, 0) // MINUTE)
    lines = [f"{kind} · {say[page.urgency]} · {age}", say["answer"].format(code=due.call.code)]
    if due.awake:
        lines.append(say["awake"].format(name=due.awake))
    return Message(
        id=due.call.id.hex(),
        address=due.address,
        title=f"{sender.mode.upper()} · {sender.name} · {kind}",
        text="\n".join(lines),
        link=sender.link,
        urgent=page.urgency != "routine",
        at=at,
    )
