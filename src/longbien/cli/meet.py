"""`longbien meet`: meetings between States, their minutes, and what is to be done after them.

What it knows: the words and options, and files. What it must never know: what a meeting is about. To invite, reply or report, see
`longbien request new` and `longbien act`.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, answered, read_file

meet_app = App(name="meet", help="Meetings between States: who comes, minutes, what is to be done.")

Language = Annotated[str, Parameter(help="In which language the law's words are shown.")]


@meet_app.command(name="list")
def listed(*, language: Language = "en", folder: Folder = HERE, as_json: Json = False) -> int:
    """List the meetings, and what is still to be done."""
    return answered(folder, "meet-list", as_json=as_json, language=language)


@meet_app.command
def show(exchange: str, *, language: Language = "en", folder: Folder = HERE, as_json: Json = False) -> int:
    """Show one meeting."""
    return answered(folder, "meet-show", as_json=as_json, exchange=exchange, language=language)


@meet_app.command
def minutes(
    exchange: str,
    *,
    text: Annotated[
        Path | None,
        Parameter(help="A text file that is kept as the minutes; it must be what the report names."),
    ] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show the minutes with the digest that a report must name, or keep a text."""
    given = {}
    if text is not None:
        try:
            given["text"] = read_file(text).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CommandRefused("ARGUMENT_INVALID", f"{text.name}: not UTF-8") from error
    return answered(folder, "meet-minutes", as_json=as_json, exchange=exchange, **given)


@meet_app.command
def done(
    exchange: str,
    place: int,
    *,
    again: Annotated[bool, Parameter(name="--open-again", negative="", help="It is open again.")] = False,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Note that what was agreed is done, as far as this State knows."""
    return answered(folder, "meet-done", as_json=as_json, exchange=exchange, place=place, done=not again)
