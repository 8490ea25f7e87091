"""`longbien page`: what calls people, and how they answer.

What it knows: the words and options. What it must never know: what a page is about.
"""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from longbien.cli.shift import Office, read_text
from longbien.cli.terminal import HERE, Folder, Json, answered
from longbien.node.config import read_config

page_app = App(name="page", help="What calls people, and how they answer.")

Kind = Literal["arrival", "approval", "clock", "peer", "health", "storm", "test"]


@page_app.command(name="list")
def page_list(
    *,
    kind: Kind | None = None,
    everything: Annotated[
        bool, Parameter(name="--all", negative="", help="With those that have ended.")
    ] = False,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Open pages with their calls; with --kind test, the report of every test."""
    asked = {"kind": str(kind)} if kind else {}
    return answered(folder, "page-list", as_json=as_json, **asked, **({"all": True} if everything else {}))


@page_app.command
def test(*, office: Office = "", folder: Folder = HERE, as_json: Json = False) -> int:
    """Call as for a real page, marked as a test; the first answer ends it."""
    return answered(folder, "page-test", as_json=as_json, **({"office": office} if office else {}))


@page_app.command
def policy(
    *,
    office: Office = "",
    new: Annotated[
        Path | None, Parameter(name="--set", help="A policy (TOML) that is in force from now on.")
    ] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show the policy with what is wrong with it, or set a new one."""
    from longbien.paging.channels import channels  # noqa: PLC0415 - the channels load only where they are needed

    named = {"office": office} if office else {}
    text = {"text": read_text(new)} if new is not None else {}
    names = [driver.name for driver in channels(read_config(folder).paging)]
    return answered(folder, "page-policy", as_json=as_json, channels=names, **named, **text)


@page_app.command
def contact(
    name: str,
    *,
    channel: Literal["mail", "ntfy", "webhook", "apprise"],
    address: Annotated[str, Parameter(help='Where this person is reached; "" for nowhere.')],
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Say where a person is reached over a channel."""
    return answered(folder, "page-contact", as_json=as_json, name=name, channel=channel, address=address)


@page_app.command
def ack(code: str, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Answer the code of a call: awake. It acknowledges nothing to the other State."""
    return answered(folder, "page-answer", as_json=as_json, code=code)


@page_app.command
def close(
    page: str,
    *,
    name: Annotated[str, Parameter(help="Who says so.")],
    why: str,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """End a page with a reason: nobody is called for it any more."""
    return answered(folder, "page-close", as_json=as_json, page=page, name=name, why=why)


@page_app.command
def watch(
    *,
    listen: Annotated[str, Parameter(help="host:port at which the heartbeat of the node arrives.")],
    to: Annotated[
        list[str], Parameter(help="channel:address, such as mail:ops@example.org; again for more.")
    ],
    silence_seconds: int = 180,
    language: Literal["en", "fr", "es", "ar", "zh", "ru", "vi"] = "en",
    folder: Folder = HERE,
) -> int:
    """On another machine: listen for a node's heartbeat, and call when it is silent. --folder has a longbien.toml with [paging]."""
    from longbien.cli.watching import watch as listening  # noqa: PLC0415 - the server loads only here

    listening(read_config(folder), listen, to, silence=silence_seconds * 1000, language=language)
    return 0
