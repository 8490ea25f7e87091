"""Evidence on the command line: the file for a court.

What it knows: files and folders. What it must never know: what is in a file for a court.
"""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from longbien.cli import show
from longbien.cli.asked import CommandRefused
from longbien.cli.terminal import HERE, Folder, Json, asked, new_file, write_file
from longbien.interop.court import bag
from longbien.node.config import FILE, read_config
from longbien.node.opening import machine_now

evidence_app = App(name="evidence", help="Evidence: files for courts.")


@evidence_app.command(name="export")
def export(
    exchange: str,
    *,
    out: Path,
    languages: Annotated[
        str, Parameter(help="Of the papers, with commas; otherwise those of the parties.")
    ] = "",
    handed_to: Annotated[str, Parameter(help="Write down that the evidence was handed to this court.")] = "",
    office: Annotated[str, Parameter(help="Which hands it over; otherwise the first one.")] = "",
    bag_to: Annotated[Path | None, Parameter(name="--bag", help="Write a BagIt folder as well.")] = None,
    files: Annotated[Path | None, Parameter(help="A folder of evidence files that go into the bag.")] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> int:
    """Write one file that a court checks offline: record, manifests, custody, papers, CASE (docs/howto/court.md)."""
    new_file(out)
    if bag_to is not None:
        new_file(bag_to)
    chosen = [part.strip() for part in languages.split(",") if part.strip()]
    stamp = read_config(folder).time_stamp if (folder / FILE).exists() else ""
    said = {"languages": chosen, "stamp": stamp, "handed_to": handed_to, "office": office}
    result = asked(folder, "court", as_json=as_json, exchange=exchange, **said)
    raw = bytes.fromhex(result.pop("file"))
    write_file(out, raw)
    if bag_to is not None:
        bag(bag_to, raw, _sources(files), exchange=result["exchange"], at=machine_now())
    whole = {**result, "file": str(out), "bytes": len(raw), "bag": str(bag_to or "")}
    return show.result("export", whole, as_json=as_json)


def _sources(folder: Path | None) -> dict[str, Path]:
    """The files of a folder by their own names; folders in it are not followed."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise CommandRefused("FOLDER_UNREADABLE", str(folder))
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()}
