"""The same in a folder as archives keep it: BagIt (RFC 8493), with the evidence files beside the file for the court.

What it knows: the layout. What it must never do: use a name that somebody gave as a path, or write over anything.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from longbien.interop.faults import NotMade

BLOCK = 1 << 20
COURT_FILE = PurePosixPath("data/exchange.asice")
EVIDENCE = PurePosixPath("data/evidence")


def bag(folder: Path, court_file: bytes, files: Mapping[str, Path], *, exchange: str, at: int) -> None:
    """Writes a new bag. `files` are the evidence files by their stored names (`evidence.names.stored`).

    Raises:
        NotMade: FOLDER_EXISTS, NAME_UNSAFE. What the disk refuses is an OSError, and the unfinished bag stays without
            `bagit.txt`, so that nobody takes it for a whole one.
    """
    for name in files:
        if PurePosixPath(name).name != name or name in {"", ".", ".."}:
            raise NotMade("NAME_UNSAFE", name)
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise NotMade("FOLDER_EXISTS", str(folder)) from error
    (folder / EVIDENCE).mkdir(parents=True)
    (folder / COURT_FILE).write_bytes(court_file)
    sums = {COURT_FILE: hashlib.sha256(court_file).hexdigest()}
    size = len(court_file)
    for name, source in files.items():
        sums[EVIDENCE / name], written = _copy(source, folder / EVIDENCE / name)
        size += written
    day = datetime.fromtimestamp(at // 1000, UTC).date().isoformat()
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"External-Identifier: {exchange}\nBagging-Date: {day}\nPayload-Oxum: {size}.{len(sums)}\n",
        "manifest-sha256.txt": "".join(f"{digest}  {name}\n" for name, digest in sums.items()),
    }
    listed = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items())
    (folder / "tagmanifest-sha256.txt").write_text(listed, "utf-8")
    for name, text in reversed(tags.items()):
        (folder / name).write_text(text, "utf-8")


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """SHA-256 and size of a file, read once while it is copied."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as out:
        for block in _blocks(source):
            digest.update(block)
            size += out.write(block)
    return digest.hexdigest(), size


def _blocks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as opened:
        while block := opened.read(BLOCK):
            yield block
