"""A hundred thousand small files: each an object of its own, durable before the next, in flat memory."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from bench.evidence.rows import GIB, Row, room, row, skipped

if TYPE_CHECKING:
    from pathlib import Path

MIB_MAX = 256

_SCRIPT = """
import hashlib, resource, sys, time; from pathlib import Path
from longbien.carry import FileSource, FolderStore, seal; from longbien.evidence import Item, Manifest, ObjectSeal, manifest
folder, count = Path(sys.argv[1]), int(sys.argv[2])
store, began = FolderStore(folder / "objects"), time.perf_counter()
def items():
    for number in range(1, count + 1):
        object_id = number.to_bytes(16)
        path = folder / "plain"; path.write_bytes(b"%d" % number * 100)
        with FileSource(path) as source:
            made = ObjectSeal(key=bytes(32), object_id=object_id, size=source.size, salt=bytes(24))
            done = seal(source, store.create(object_id, made.layout.sealed_bytes), made)
        yield Item(number=number, name=b"file %d" % number, size=done.size, digests=done.digests, object_id=object_id, commitment=done.commitment)
whole = Manifest(id=bytes(16), exchange=bytes(16), party="VN", made_at=0, items=tuple(items()))
seconds = time.perf_counter() - began
parts = [part.encode() for part in manifest.split(whole)]
assert manifest.join([manifest.read(part) for part in parts]) == whole
print(count / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(parts), max(map(len, parts)))
"""


def small_files(count: int = 100_000, where: Path | None = None) -> list[Row]:
    """Rows for `count` files of a few hundred bytes, each sealed and synced, and the manifest of them all."""
    with room(count * 8192 + GIB, where) as folder:
        if folder is None or os.statvfs(folder).f_favail < 2 * count:
            return [skipped("small files", "the disk is too full")]
        command = [sys.executable, "-c", _SCRIPT, str(folder), str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        rate, peak, parts, largest = map(float, done)
        return [
            row(f"{count} small files sealed, each durable", rate, "files/s"),
            row(f"{count} small files, peak memory with the manifest of all", peak, "MiB", most=MIB_MAX),
            row(f"{count} small files, parts of the manifest", parts, "statements"),
            row(f"{count} small files, largest part", largest / 1024, "KiB", most=768),
        ]
