"""`longbien exercise new`, `import`, `run` and so on: an exercise on a node that is for exercises.

What it knows: the words and options, and files. What it must never know: when an inject is due. `exercise simulate` is something else: a whole
world in one process.
"""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, read_file, write_file
from longbien.interop.msel import table
from longbien.node import Denied

Exercise = Annotated[str, Parameter(help="First digits of its identifier.")]


def register(app: App) -> None:
    """The commands of exercises belong to this app."""
    app.command(new)
    app.command(listed, name="list")
    app.command(take_in, name="import")
    app.command(run)
    app.command(pause)
    app.command(end)
    app.command(shift)
    app.command(fire)
    app.command(report)


def new(title: str, *, about: str = "", folder: Folder = HERE, as_json: Json = False) -> int:
    """Plan an exercise."""
    return answered(folder, "exercise-new", as_json=as_json, title=title, about=about)


def listed(*, folder: Folder = HERE, as_json: Json = False) -> int:
    """List the exercises of this node."""
    return answered(folder, "exercise-list", as_json=as_json)


def take_in(exercise: Exercise, file: Path, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Take in a table of injects (.xlsx or .csv), all of it or nothing."""
    rows = table(read_file(file), file.name)
    if isinstance(rows, Denied):
        raise CommandRefused(rows.code, rows.detail)
    return answered(folder, "exercise-import", as_json=as_json, exercise=exercise, rows=rows)


def run(exercise: Exercise, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Play it, or go on after a pause."""
    return _steer("play", exercise, folder, as_json=as_json)


def pause(exercise: Exercise, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Let nothing out until it goes on."""
    return _steer("pause", exercise, folder, as_json=as_json)


def end(exercise: Exercise, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """End it for good."""
    return _steer("end", exercise, folder, as_json=as_json)


def shift(
    exercise: Exercise,
    minutes: Annotated[int, Parameter(allow_leading_hyphen=True)],
    *,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Let everything that is to come, come so many minutes later, or earlier with a minus."""
    return _steer("shift", exercise, folder, minutes, as_json=as_json)


def fire(exercise: Exercise, number: int, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Let an inject out now."""
    return answered(folder, "exercise-fire", as_json=as_json, exercise=exercise, number=number)


def report(
    exercise: Exercise,
    *,
    out: Annotated[
        Path | None, Parameter(help="Write it as JSON; every part bears the word EXERCISE.")
    ] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Show how it went: what came out, how long answers took, what was learned."""
    if out is None:
        return answered(folder, "exercise-report", as_json=as_json, exercise=exercise)
    new_file(out)
    found = asked(folder, "exercise-report", as_json=as_json, exercise=exercise)
    write_file(out, json.dumps(found, ensure_ascii=False, indent=1).encode())
    return show.result("exercise report", found, as_json=as_json)


def _steer(deed: str, exercise: str, folder: Path, minutes: int = 0, *, as_json: bool) -> int:
    return answered(folder, "exercise-steer", as_json=as_json, exercise=exercise, do=deed, minutes=minutes)
