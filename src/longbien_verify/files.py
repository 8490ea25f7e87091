"""Evidence files beside their manifest: the same bytes or not, whatever they are called here."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from longbien_verify.record import Report

BLOCK = 1 << 20
NOT_COMPARED = "That the files themselves are those of the manifest: they were not compared (--files)."


def compare(folder: Path, report: Report) -> None:
    """Every file of a folder, by SHA-256 against the items; a file or an item without a match is a finding.

    Raises `OSError` for what cannot be read.
    """
    wanted = {item.sha256: item for item in report.items}
    found = set()
    for path in sorted(_files(folder)):
        digest, size = _digest(path)
        item = wanted.get(digest)
        name = path.relative_to(folder).as_posix() if path != folder else path.name
        if item is None or item.size != size:
            report.findings.append(f"FILE_OF_NO_ITEM {name}")
            continue
        found.add(digest)
        report.compared.append(f"Item {item.number} of manifest {item.manifest[:8]} is the file {name}")
    for digest, item in wanted.items():
        if digest not in found:
            report.findings.append(f"FILE_MISSING item {item.number} of manifest {item.manifest[:8]}")
    report.not_proven = tuple(sentence for sentence in report.not_proven if sentence != NOT_COMPARED)
    report.ok = not report.findings and not report.gaps


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
        return
    yield from (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
