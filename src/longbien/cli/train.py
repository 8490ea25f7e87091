"""`longbien train`: needs and offers of help, sessions, and courses as files.

What it knows: the words and options, and files. What it must never know: what a course teaches. To ask for help, to offer it or to invite, see
`longbien request new`.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, answered, asked, new_file, read_file, write_file
from longbien.node.course_file import PACKED_MAX

train_app = App(name="train", help="Training: needs and offers, sessions, courses as files.")

Language = Annotated[str, Parameter(help="In which language the law's words are shown.")]


@train_app.command(name="list")
def listed(*, language: Language = "en", folder: Folder = HERE, as_json: Json = False) -> int:
    """List needs and offers with what fits, sessions, and courses."""
    return answered(folder, "train-list", as_json=as_json, language=language)


@train_app.command
def export(course: str, *, out: Path, folder: Folder = HERE, as_json: Json = False) -> int:
    """Write a course as one file that works without a network; first digits of its identifier are enough."""
    new_file(out)
    found = asked(folder, "train-export", as_json=as_json, course=course)
    raw = bytes.fromhex(found.pop("file"))
    write_file(out, raw)
    told = {**found, "file": str(out), "bytes": len(raw)}
    return show.result("train export", told, as_json=as_json)


@train_app.command(name="import")
def take_in(file: Path, *, folder: Folder = HERE, as_json: Json = False) -> int:
    """Take in a course from a file; every part is compared with its digest first."""
    raw = read_file(file)
    if len(raw) > PACKED_MAX:
        raise CommandRefused("COURSE_FILE_LARGE", f"at most {PACKED_MAX} bytes")
    return answered(folder, "train-import", as_json=as_json, file=raw.hex())
