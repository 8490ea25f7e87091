"""`longbien shift`: who is on duty, and what is handed over.

What it knows: the words and options, files, and instants as people write them. What it must never know: what a roster says.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, read_file, write_file
from longbien.interop.calendar import Turn, shift_calendar
from longbien.law.instants import read_instant

shift_app = App(name="shift", help="Who is on duty, and what is handed over.")

Office = Annotated[str, Parameter(help="The office; may be left out where there is one.")]
Instant = Annotated[str, Parameter(help="An instant, 2026-11-24T03:00:00Z.")]


@shift_app.command
def who(*, office: Office = "", at: Instant = "", folder: Folder = HERE, as_json: Json = False) -> int:
    """Who is on duty now and next; with --at, who was then."""
    named = {"office": office} if office else {}
    moment = {"at": instant(at)} if at else {}
    return answered(folder, "shift-who", as_json=as_json, **named, **moment)


@shift_app.command
def roster(
    *,
    office: Office = "",
    new: Annotated[
        Path | None, Parameter(name="--set", help="A roster (TOML) that is in force from now on.")
    ] = None,
    calendar: Annotated[
        Path | None, Parameter(help="Write the shifts of the next 14 days as a calendar.")
    ] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show the roster and its coming shifts, or set a new one."""
    named = {"office": office} if office else {}
    text = {"text": read_text(new)} if new is not None else {}
    if calendar is not None:
        new_file(calendar)
    found = asked(folder, "shift-roster", as_json=as_json, **named, **text)
    if calendar is not None:
        turns = [
            Turn(person=row["person"], since=row["from_at"], until=row["until_at"]) for row in found["shifts"]
        ]
        write_file(calendar, shift_calendar(turns, office=found["office"], at=found["now"]))
        found = {"office": found["office"], "file": str(calendar), "shifts": found["shifts"]}
    return show.result("shift roster", found, as_json=as_json)


@shift_app.command
def override(
    name: str,
    *,
    since: Annotated[Instant, Parameter(name="--from")],
    until: Instant,
    office: Office = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Put a person on duty instead of everybody else."""
    named = {"office": office} if office else {}
    times = {"since": instant(since), "until": instant(until)}
    return answered(folder, "shift-override", as_json=as_json, name=name, **times, **named)


@shift_app.command
def swap(
    one: Instant, other: Instant, *, office: Office = "", folder: Folder = HERE, as_json: Json = False
) -> int:
    """Let the persons of the shifts at two instants take each other's."""
    named = {"office": office} if office else {}
    return answered(folder, "shift-swap", as_json=as_json, one=instant(one), other=instant(other), **named)


@shift_app.command
def handover(
    *,
    leaves: Annotated[str, Parameter(help="The name of the person who leaves.")] = "",
    comes: Annotated[str, Parameter(help="The name of the person who comes.")] = "",
    text: Annotated[str, Parameter(help="What has to be said beyond the lists.")] = "",
    passkey: Annotated[list[Path] | None, Parameter(help="A software passkey of each of the two.")] = None,
    office: Office = "",
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show the newest hand-over; with two names what would be handed over now; with two passkeys, hand it over."""
    named = {"office": office} if office else {}
    if not leaves and not comes:
        return answered(folder, "shift-handovers", as_json=as_json, **named)
    persons = {"leaves": leaves, "comes": comes, "text": text}
    found = asked(folder, "shift-handing", as_json=as_json, **persons, **named)
    written, challenge = found.pop("written"), found.pop("challenge")
    if passkey:
        from longbien.cli.passkeys import signed_by  # noqa: PLC0415

        assertions = [signed_by(path, challenge) for path in passkey]
        found = asked(folder, "shift-handed", as_json=as_json, written=written, assertions=assertions)
    return show.result("shift handover", found, as_json=as_json)


def instant(text: str) -> int:
    """Milliseconds; raises `CommandRefused` DATE_INVALID."""
    found = read_instant(text)
    if isinstance(found, str):
        raise CommandRefused("DATE_INVALID", text)
    return found


def read_text(path: Path) -> str:
    """The text of a file; raises `CommandRefused` DUTY_SYNTAX, and `FileFault`."""
    try:
        return read_file(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandRefused("DUTY_SYNTAX", f"{path.name}: not UTF-8") from error
