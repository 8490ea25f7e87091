"""From an answer to the bytes of a page: Jinja templates, everything escaped, in the language of the reader.

What it knows: what every page shows around its own content, and the small words of templates. What it must never know: HTTP.
"""

import json
from typing import Any

from longbien.law import Labels, worded
from longbien.node.roles import Role
from longbien.store.people_rows import SessionRow
from longbien.web import times
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.door import masked
from longbien.web.environment import environment
from longbien.web.keys import commands_by_key
from longbien.web.labels import has_label, label
from longbien.web.questions import anchor, zone_shown
from longbien.web.sessions import IDLE_MS
from longbien.web.table import menu
from longbien.web.words import LANGUAGES, direction, law_language, speaker


def page(console: Console, asked: Asked, reply: Reply, nonce: str) -> str:
    """The page."""
    values = {**_around(console, asked, nonce), **reply.values}
    return environment().get_template(reply.page).render(values)


def _around(console: Console, asked: Asked, nonce: str) -> dict[str, Any]:
    """What every page shows around its content, and the words that it may use."""
    say = speaker(asked.language)
    law = law_language(asked.language)
    now = console.node.world.now()
    session = asked.session
    chosen = json.loads(session.chosen) if session else {}
    own = console.node.directory.own.descriptor
    token = "" if session is None else masked(session.token, console.node.world.entropy(16))

    def worded_here(labels: Labels) -> str:
        return worded(labels, law)

    return {
        "_": say,
        "law": worded_here,
        "label": lambda kind, code: label(say, kind, code),
        "has_label": has_label,
        "anchor": anchor,
        "offsets": [zone_shown(offset) for offset in times.OFFSETS],
        "party_name": lambda party: console.node.world.lawbook.name(party, law),
        "language": asked.language,
        "languages": LANGUAGES,
        "direction": direction(asked.language),
        "nonce": nonce,
        "token": token,
        "now": now,
        "zone": asked.zone,
        "left": lambda due_at: times.left(due_at, now, say),
        "urgency": lambda due_at: times.urgency(due_at, now),
        "there": times.there,
        "zone_of": times.zone_of,
        "own": own,
        "mode": console.setting.mode,
        "path": asked.path,
        "officer": None if session is None else session.officer,
        "roles": () if session is None else session.officer.roles,
        "Role": Role,
        "idle_ends": 0 if session is None else _ends(session.row),
        "menu": () if session is None else menu(session.officer.roles, live=console.setting.live),
        "theme": chosen.get("theme", "system"),
        "keys": chosen.get("keys", "on"),
        "key_map": json.dumps(commands_by_key(chosen.get("key_map", {}))),
        "scripts": (),
    }


def _ends(row: SessionRow) -> int:
    return min(row.seen_at + IDLE_MS, row.ends_at)
