"""A folder on removable media as the other side of a fetch.

What it knows: a folder. What it must never know: keys; a disc that is lost opens to nobody.
"""

from collections.abc import Iterator
from pathlib import Path

from longbien.carry.faults import CarryFault
from longbien.carry.objects import FileReader, pieces


class Disc:
    """The `Remote` of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterator[bytes]:
        """See `Remote.read_range`; an object that is not on the disc is REMOTE_REFUSED, one that is cut REMOTE_GONE."""
        try:
            reader = FileReader(self._folder / object_id.hex())
        except CarryFault as fault:
            code = "REMOTE_REFUSED" if fault.code == "OBJECT_ABSENT" else "REMOTE_GONE"
            raise CarryFault(code, fault.detail) from fault
        with reader:
            if end > reader.size:
                raise CarryFault("REMOTE_REFUSED", f"{object_id.hex()} is cut")
            yield from pieces(reader, start, end)
