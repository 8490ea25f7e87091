"""How much memory a seal takes at its peak: as much for a hundred gigabytes as for one.

Large files are sparse, so that the disk need not hold them. Holes are kept in the first rows; in the last one every
chunk is encrypted and written to a sink that keeps nothing, so that all of the machinery is at work but the disk.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.evidence.rows import GIB, Row, room, row, skipped

if TYPE_CHECKING:
    from pathlib import Path

MIB_MAX = 256

_SCRIPT = """
import resource, sys; from pathlib import Path
from longbien.carry import FileSource, FolderStore, seal, unseal
from longbien.evidence import ObjectSeal
class Nowhere:
    def __init__(self): self.one = memoryview(bytearray((1 << 20) + 16))
    def __enter__(self): return self
    def __exit__(self, *_fault): pass
    def buffer(self): return self.one
    def write(self, buffer, length, offset): pass
    def append_tail(self, tail, offset): pass
    def finish(self): pass
folder, keep = Path(sys.argv[1]), sys.argv[2] == "keep"
store = FolderStore(folder / "objects")
with FileSource(folder / "plain") as source:
    made = ObjectSeal(key=bytes(32), object_id=bytes(16), size=source.size, salt=bytes(24))
    sink = store.create(bytes(16), made.layout.sealed_bytes) if keep else Nowhere()
    done = seal(source, sink, made, keep_holes=keep)
if keep:
    with store.open(bytes(16)) as reader: unseal(reader, made, said=done.digests)
    store.delete(bytes(16))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def memory(large_gib: int = 100, where: Path | None = None) -> list[Row]:
    """Rows for 1 GiB and for `large_gib` GiB, sealed and verified; SHA-256 of a hundred takes about a minute each
    time.
    """
    with room(1 * GIB, where) as folder:
        if folder is None:
            return [skipped("peak memory", "the disk is too full")]
        plain = folder / "plain"
        rows = []
        for gib, keep in ((1, "keep"), (large_gib, "keep"), (1, "fill"), (min(large_gib, 20), "fill")):
            with plain.open("wb") as file:
                file.truncate(gib * GIB)
            command = [sys.executable, "-c", _SCRIPT, str(folder), keep]
            peak = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            manner = "holes kept, sealed and verified" if keep == "keep" else "every chunk encrypted"
            rows.append(row(f"peak memory, {gib} GiB sparse, {manner}", peak, "MiB", most=MIB_MAX))
        return rows
