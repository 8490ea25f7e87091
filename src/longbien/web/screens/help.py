"""Help: what the four answers mean, and the keys."""

from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.keys import COMMANDS


def help_page(console: Console, asked: Asked) -> Reply:
    """The page that is at the same place on every other."""
    assert asked.session is not None
    changed = asked.session.chosen_values.get("key_map", {})
    keys = [(changed.get(command.id, command.keys).split(), command.text) for command in COMMANDS]
    return Reply(page="help.html", values={"commands": keys, "live": console.setting.live})
