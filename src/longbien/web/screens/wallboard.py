"""The wallboard: a screen on a wall that shows numbers to whoever walks past, and nothing else.

What it knows: counts. What it must never show: a State, a reference, a name. It comes in by a token of its own that opens nothing but this page,
so nobody's session hangs on a wall.
"""

from longbien.node import Denied
from longbien.node.tokens import Scope, known
from longbien.node.wallboard import counted
from longbien.store.program_rows import TokenRow
from longbien.web.asked import Asked, Reply, go, refused
from longbien.web.console import Console


def board(console: Console, asked: Asked) -> Reply:
    """The numbers of now."""
    assert asked.board is not None, "the policy lets in nobody without a token"
    values = {
        "found": counted(console.node, asked.board.office),
        "scripts": ("v/htmx.min.js", "v/hx-csp.min.js"),
    }
    return Reply(page="wallboard.html", values=values)


def door(_console: Console, _asked: Asked) -> Reply:
    """Where the token is brought."""
    return Reply(page="wallboard_door.html", values={"error": ""})


def enter(console: Console, asked: Asked) -> Reply:
    """By a token that opens the wallboard alone. Codes: TOO_OFTEN, BOARD_TOKEN."""
    if not console.board_pace.allows(asked.client, console.node.world.now()):
        return refused("TOO_OFTEN", asked)
    text = asked.written("token").strip()
    if opened(console, text, asked.client) is None:
        return Reply(page="wallboard_door.html", values={"error": "BOARD_TOKEN"}, status=422)
    return go("/wallboard", board=text)


def opened(console: Console, text: str, address: str) -> TokenRow | None:
    """The token, if it opens the wallboard."""
    found = known(console.node, text, address=address) if text else None
    if found is None or isinstance(found, Denied) or Scope.WALLBOARD not in found.scopes.split():
        return None
    return found
