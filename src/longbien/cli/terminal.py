"""What all commands share: the options that each of them has, files that a person named, and the way to a node.

What it knows: files, the folder of a node, who looks at the terminal. What it must never know: what a command does.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused, Result
from longbien.cli.control import ask
from longbien.cli.failing import FileFault
from longbien.keys import find_passphrase
from longbien.law import Lawbook
from longbien.node.config import FILE, read_config
from longbien.node.lawbook import shipped

Folder = Annotated[Path, Parameter(name=["--folder", "-C"], help="The node's folder.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object.")]
HERE = Path()
# Commands that tell how far they are in bytes.
MOVING = frozenset({"evidence-add", "evidence-seal", "evidence-fetch", "evidence-verify", "evidence-open"})


def asked(folder: Path, command: str, *, as_json: bool, **arguments: Any) -> Result:  # noqa: ANN401 - JSON values
    """What the node in a folder answers; long work is shown while it runs, to a person only."""
    with show.Progress(command, wanted=not as_json, in_bytes=command in MOVING) as progress:
        return ask(read_config(folder), command, arguments, find_passphrase, progress)


def answered(folder: Path, command: str, *, as_json: bool, **arguments: Any) -> int:  # noqa: ANN401 - JSON values
    """Asks, and prints the answer."""
    return show.result(command, asked(folder, command, as_json=as_json, **arguments), as_json=as_json)


def lawbook(folder: Path) -> Lawbook:
    """The law as the node in a folder has it; where there is no node, as it is shipped."""
    return shipped(read_config(folder).law if (folder / FILE).exists() else None)


def read_file(path: Path) -> bytes:
    """The bytes of a file; raises `FileFault` FILE_UNREADABLE."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFault("FILE_UNREADABLE", f"{path}: {error.strerror}") from error


def new_file(path: Path) -> None:
    """Nothing has this name yet, so nothing will be written over; raises `FileFault` FILE_EXISTS."""
    if path.exists():
        raise FileFault("FILE_EXISTS", str(path))


def write_file(path: Path, raw: bytes) -> None:
    """A new file that is whole or not there at all; raises `FileFault` FILE_EXISTS, FILE_UNWRITABLE."""
    new_file(path)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FileFault("FILE_UNWRITABLE", f"{path}: {error.strerror}") from error


def read_body(path: Path) -> dict[str, Any]:
    """The JSON object in a file; raises `CommandRefused` BODY_SYNTAX, and `FileFault`."""
    try:
        body = json.loads(read_file(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CommandRefused("BODY_SYNTAX", f"{path.name}: {error}") from error
    if not isinstance(body, dict):
        raise CommandRefused("BODY_SYNTAX", f"{path.name}: a JSON object is expected")
    return body
