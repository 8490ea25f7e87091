"""Stores in memory that begin again in no time: the schema is made once in a process, and contents are rows that are put in.

What it knows: tables and their rows, whichever they are. What it must never know: what they mean. A database that is replaced as a
whole has to read its schema again and to prepare every statement again; one whose rows are exchanged keeps both, so that a thousand
simulated worlds pay for them once.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import delete, literal_column, select, table

from longbien.store import Store

_Values = Sequence[tuple[Any, ...]]
_Rows = tuple[str, _Values]
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'sqlite_sequence'"
_migrated: list[bytes] = []


class MemoryStore(Store):
    """A store without a file."""

    def __init__(self) -> None:
        super().__init__("sqlite://")

    def _migrate(self) -> None:
        if _migrated:
            self.restore(_migrated[0])
        else:
            super()._migrate()
            _migrated.append(self.image())

    def refill(self, image: bytes) -> None:
        """The store holds the rows that `image` holds, and no others; its schema is that of the image already."""
        full, rows, counters = _contents(image)
        with self._lock:
            raw = self._in_memory()
            raw.execute("BEGIN IMMEDIATE")
            for (name,) in raw.execute(full).fetchall():
                raw.execute(_emptying(name))
            for statement, values in rows:
                raw.executemany(statement, values)
            # To fill a table moves its counter, so the counters come last.
            raw.execute("DELETE FROM sqlite_sequence")
            raw.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", counters)
            raw.execute("COMMIT")


@lru_cache(maxsize=64)
def _contents(image: bytes) -> tuple[str, tuple[_Rows, ...], _Values]:
    """The question which tables hold anything, what puts the rows of this image into empty ones, and its counters."""
    source = sqlite3.connect(":memory:")
    try:
        source.deserialize(image)
        names = [name for (name,) in source.execute(_TABLES)]
        rows = {name: source.execute(_whole(name)).fetchall() for name in names}
        counters = source.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    finally:
        source.close()
    full = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)  # noqa: S608
    filled = tuple((_insertion(name, rows[name]), rows[name]) for name in names if rows[name])
    return full, filled, counters


@cache
def _emptying(name: str) -> str:
    return str(delete(table(name)))


@cache
def _whole(name: str) -> str:
    return str(select(literal_column("*")).select_from(table(name)))


def _insertion(name: str, rows: _Values) -> str:
    return f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608
