"""Adding many rows at once: one statement for a table, handed to the driver as it is.

What it knows: tables and the records that have a field for each column. What it must never know: what the rows mean. A batch
of the sequencer adds some ten rows for each act; turned into parameters one by one they would cost more than the database's
own work.
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table

_MARKS = {"qmark": "?", "pyformat": "%s"}


def add_rows(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """Each row has an attribute for every column of `table`, save one whose value the database makes itself."""
    if rows:
        names = _names(table)
        take = attrgetter(*names)
        words = _words(table.name, names, _MARKS[connection.dialect.paramstyle])
        connection.exec_driver_sql(words, [take(row) for row in rows])


@lru_cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column is not table.autoincrement_column)


@lru_cache
def _words(table: str, names: tuple[str, ...], mark: str) -> str:
    # The names are those of the schema, never anything from outside.
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
