"""Everything that one can go to, and the keys: one list, as a page of its own and laid over every other page (Ctrl+K, ?).

What it knows: views, procedures, keys; the pages of the menu are known where a page is made. What it must never do: anything.
"""

from longbien.node import queue as queues
from longbien.node import views
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.keys import COMMANDS, key_of
from longbien.web.lines import reader
from longbien.web.policy import CASE, WRITING
from longbien.web.screens.sheets import beginnings


def commands(console: Console, asked: Asked) -> Reply:
    """The page. `q` narrows it, for a browser without scripts."""
    assert asked.session is not None
    roles, changed = asked.officer.roles, asked.session.chosen_values.get("key_map", {})
    on_cases = bool(CASE.intersection(roles))
    values = {
        "views": queues.VIEWS if on_cases else (),
        "kept": views.saved(console.node, reader(asked)) if on_cases else (),
        "begin": beginnings(console, asked) if WRITING.intersection(roles) else [],
        "commands": [(key_of(changed, command).split(), command.text) for command in COMMANDS],
        "key_to": {f"/{command.id}": key_of(changed, command) for command in COMMANDS},
        "wanted": asked.wish("q"),
    }
    return Reply(page="commands.html", values=values)
