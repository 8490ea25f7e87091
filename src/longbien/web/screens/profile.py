"""What a person chooses for the own screen: language, zone, colours, keys; the own passkeys, and a way into another browser.

What it knows: settings. What it must never know: cases.
"""

import json

from longbien.web.asked import Asked, Reply, go
from longbien.web.ceremony import credential_name
from longbien.web.console import Console
from longbien.web.keys import COMMANDS, THEMES, read_map
from longbien.web.times import zones
from longbien.web.words import LANGUAGES, PSEUDO


def profile(console: Console, asked: Asked) -> Reply:
    """The page."""
    return _profile(console, asked, code="")


def choose(console: Console, asked: Asked) -> Reply:
    """The choices are kept. What is not on offer is left out."""
    known = LANGUAGES if console.setting.live else LANGUAGES | PSEUDO
    chosen: dict[str, object] = {}
    for name, offered in (("language", known), ("theme", THEMES), ("keys", ("on", "off")), ("zone", zones())):
        if asked.written(name) in offered:
            chosen[name] = asked.written(name)
    chosen["key_map"] = read_map(asked.form)
    with console.node.store.transaction() as tx:
        tx.people.choose(asked.officer.person, json.dumps(chosen))
    return go("/profile?kept=1")


def other_browser(console: Console, asked: Asked) -> Reply:
    """A code with which the same person comes in elsewhere, such as at a browser without scripts: it reads and writes, and never signs."""
    invited = console.node.people.invite(asked.officer.person, "enter")
    return _profile(console, asked, code=invited.code)


def end_others(console: Console, asked: Asked) -> Reply:
    """Whatever is open elsewhere in the name of the same person is over: for a browser that was left open, or a passkey that was lost."""
    assert asked.session is not None
    console.sessions.end_others(asked.session)
    return go("/profile?ended=1")


def _profile(console: Console, asked: Asked, *, code: str) -> Reply:
    session = asked.session
    assert session is not None
    with console.node.store.transaction() as tx:
        held = [key for key in tx.desk.credentials_of(asked.officer.person) if key.ended_at is None]
    values = {
        "chosen": session.chosen_values,
        "themes": THEMES,
        "zones": sorted(zones()),
        "commands": COMMANDS,
        "offered": LANGUAGES if console.setting.live else LANGUAGES | PSEUDO,
        "passkeys": [{"name": credential_name(key.id), "row": key} for key in held],
        "code": code,
        "session": session.row,
        "others": console.sessions.others(session),
        "ended": asked.wish("ended") == "1",
        "kept": asked.wish("kept") == "1",
        "level": console.level(session),
    }
    return Reply(page="profile.html", values=values)
