"""Keys for those who work without a mouse: what each does, and what a person made of it.

What it knows: commands and letters. What it must never hold: a key that signs or refuses; those need a button and a passkey. A key counts by
the Latin letter that it writes or else by its place, so that it is the same on every keyboard (console.js).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longbien.web.asked import Pairs


def _(text: str) -> str:
    """Marks a text for the catalogues."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a key does, which keys come with the console ("g q": one after the other), and what it is called."""

    id: str
    keys: str
    text: str


COMMANDS: Final = (
    Command(id="help", keys="?", text=_("Show the keys")),
    Command(id="search", keys="/", text=_("Search")),
    Command(id="watch", keys="g w", text=_("Go to the watch")),
    Command(id="queue", keys="g q", text=_("Go to the queue")),
    Command(id="deadlines", keys="g d", text=_("Go to the deadlines")),
    Command(id="shift", keys="g h", text=_("Go to the shift")),
    Command(id="approvals", keys="g s", text=_("Go to what waits for a signature")),
    Command(id="new", keys="c", text=_("Begin a new request")),
    Command(id="down", keys="j", text=_("Next line")),
    Command(id="up", keys="k", text=_("Line before")),
    Command(id="open", keys="o", text=_("Open the line")),
    Command(id="tick", keys="x", text=_("Tick the line; with Shift, all from the last one")),
    Command(id="urgent", keys="u", text=_("Open the most urgent")),
    Command(id="acknowledge", keys="a", text=_("Go to acknowledge")),
    Command(id="assign", keys="e", text=_("Say who sees to it")),
    Command(id="rest", keys="s", text=_("Put aside")),
    Command(id="tag", keys="t", text=_("Tag")),
    Command(id="reply", keys="r", text=_("Go to reply")),
    Command(id="ask", keys="n", text=_("Go to ask for information")),
    Command(id="print", keys="p", text=_("Print")),
    Command(id="previous", keys="[", text=_("Request before in the list")),
    Command(id="next", keys="]", text=_("Next request in the list")),
)
# Letters for what is begun most often, where it is chosen: after "c", "p" asks for preservation.
BEGINNINGS: Final = {
    "preservation": "p",
    "stored-data-access": "d",
    "mla-evidence": "m",
    "early-warning": "w",
}
THEMES: Final = ("system", "light", "dark")
_FORM: Final = re.compile(r"[a-z/?\[\]](?: [a-z])?")


def read_map(form: Pairs) -> dict[str, str]:
    """The keys that a person wrote into the form of the profile, where they differ; what is no key is left out."""
    written = dict(form)
    wishes = {command.id: written.get(f"key-{command.id}", "").strip().lower() for command in COMMANDS}
    standard = {command.id: command.keys for command in COMMANDS}
    return {name: keys for name, keys in wishes.items() if _FORM.fullmatch(keys) and keys != standard[name]}


def key_of(changed: Mapping[str, str], command: Command) -> str:
    """The keys of a command for a person who `changed` some."""
    return changed.get(command.id, command.keys)


def commands_by_key(changed: Mapping[str, str]) -> dict[str, str]:
    """What each key does for a person who `changed` some; what somebody chose comes before what the console chose."""
    standard = {command.keys: command.id for command in COMMANDS if command.id not in changed}
    return standard | {keys: name for name, keys in changed.items()}
