"""Evidence measured: speed beside the programs that people use today, memory, bad lines, many small files, tampering,
and the way between two running nodes.

Each module has one function that gives rows; a row is a mapping with name, value, unit, against (the rival of the
same run, or empty), ratio (to it, or None), bar (what the ratio or the value has to reach, or None) and ok. `python
-m bench.evidence` prints them. Every run works in a folder of its own, which is removed at the end, and asks first
whether the disk has room.
"""

from bench.evidence.arrival import arrival
from bench.evidence.between import between
from bench.evidence.files import small_files
from bench.evidence.memory import memory
from bench.evidence.speed import speed
from bench.evidence.tampering import tampering, tampering_exported, tampering_rows

__all__ = [
    "arrival",
    "between",
    "memory",
    "small_files",
    "speed",
    "tampering",
    "tampering_exported",
    "tampering_rows",
]
