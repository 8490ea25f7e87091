"""`longbien token` and `longbien hook`: programs of this State that ask the node, and addresses that it tells.

What it knows: the words and options. What it must never know: a node.
"""

from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli.terminal import HERE, Folder, Json, answered
from longbien.node.events import KINDS
from longbien.node.tokens import DAYS_DEFAULT, Scope

token_app = App(
    name="token", help="Tokens with which programs of this State ask the node (docs/reference/api.md)."
)
hook_app = App(name="hook", help="Addresses that the node tells what happens (docs/howto/connect.md).")

Scopes = Annotated[
    list[str],
    Parameter(name="--scope", help=f"What it may ask; again for each further one: {', '.join(Scope)}."),
]
Networks = Annotated[
    list[str] | None,
    Parameter(name="--network", help="From where it may ask, such as 10.1.0.0/16; again for each."),
]
Kinds = Annotated[
    list[str] | None,
    Parameter(name="--kind", help=f"Of what it is told; all without one: {', '.join(KINDS)}."),
]
Hook = Annotated[str, Parameter(help="The identifier, as `longbien hook list` prints it.")]


@token_app.command
def new(
    name: str,
    *,
    scope: Scopes,
    office: Annotated[str, Parameter(help="Drafts and sends for this office alone.")] = "",
    network: Networks = None,
    days: int = DAYS_DEFAULT,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Make a token; its text is printed this once and kept nowhere."""
    return answered(
        folder,
        "token-new",
        as_json=as_json,
        name=name,
        scopes=scope,
        office=office,
        networks=network or [],
        days=days,
    )


@token_app.command(name="list")
def token_list(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Every token that was ever made, the newest first."""
    return answered(folder, "token-list", as_json=as_json)


@token_app.command
def revoke(token: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Let a token count no more, from this moment on."""
    return answered(folder, "token-revoke", as_json=as_json, token=token)


@hook_app.command
def add(url: str, *, kind: Kinds = None, folder: Folder = HERE, as_json: Json = False) -> int:
    """Tell an address what happens; the secret that signs is printed this once."""
    return answered(folder, "hook-add", as_json=as_json, url=url, kinds=kind or [])


@hook_app.command(name="list")
def hook_list(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """Every hook."""
    return answered(folder, "hook-list", as_json=as_json)


@hook_app.command
def remove(hook: Hook, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Tell an address nothing more."""
    return answered(folder, "hook-remove", as_json=as_json, hook=hook)


@hook_app.command(name="test")
def test_hook(hook: Hook, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Send a trial event; `longbien hook log` says what the address answered."""
    return answered(folder, "hook-test", as_json=as_json, hook=hook)


@hook_app.command
def replay(hook: Hook, event: int, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Tell a hook of an event again."""
    return answered(folder, "hook-replay", as_json=as_json, hook=hook, event=event)


@hook_app.command
def log(hook: Hook, *, limit: int = 50, folder: Folder = HERE, as_json: Json = False) -> int:
    """What a hook was told, the newest event first."""
    return answered(folder, "hook-log", as_json=as_json, hook=hook, limit=limit)
