"""Rows of objects that are being sealed and that no item names yet.

What it knows: identifiers. What it must never know: where objects lie.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from longbien.store.evidence_schema import sealings

_BEGIN = insert(sealings)
_END = delete(sealings).where(sealings.c.object == bindparam("named"))
_ALL = select(sealings.c.object).order_by(sealings.c.object)


class SealingRows:
    """The part of a transaction about objects in the making."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, manifest: bytes, objects: Sequence[bytes]) -> None:
        """These objects are about to be sealed for a manifest."""
        values = [{"object": name, "manifest": manifest} for name in objects]
        if values:
            self._connection.execute(_BEGIN, values)

    def end(self, objects: Sequence[bytes]) -> None:
        """Items name these objects now, or they are gone."""
        values = [{"named": name} for name in objects]
        if values:
            self._connection.execute(_END, values)

    def all(self) -> tuple[bytes, ...]:
        """Everything that was begun and not ended."""
        return tuple(bytes(name) for name in self._connection.execute(_ALL).scalars())
