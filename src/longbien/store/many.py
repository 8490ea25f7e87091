"""Many rows at once: added or changed by one statement for a table, and asked for or dropped by their keys; handed to the driver as
it is.

What it knows: tables, the records that have a field for each column, and how each engine takes many values: SQLite runs a statement
once more for every row, within the process; PostgreSQL gets one statement with an array for each column, for every row of its own would
be a message. What it must never know: what the rows mean. A batch of the sequencer writes some twenty rows for each act; turned into
parameters one by one they would cost more than the database's own work.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # as the library has it

_AMONG = "{among}"
"""Where the values stand in the words of `among`."""


def add_rows(connection: Connection, table: Table, rows: Sequence[Any], *, known_stay: bool = False) -> None:
    """Each row has an attribute for every column of `table`, save one whose value the database makes itself.

    Where `known_stay`, a row whose key is there already is passed over; else it fails the transaction.
    """
    if not rows:
        return
    arrays = _takes_arrays(connection)
    names = _names(table)
    found = map(attrgetter(*names), rows)
    connection.exec_driver_sql(_insertion(table, names, arrays, known_stay), _given(found, arrays))


def change_rows(
    connection: Connection, table: Table, key: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Each row holds the new values of the columns `names`, and behind them that of the column `key` which finds it."""
    if rows:
        arrays = _takes_arrays(connection)
        connection.exec_driver_sql(_change(table, key, names, arrays), _given(rows, arrays))


def among(connection: Connection, words: str, values: Iterable[Any]) -> Sequence[Row[Any]]:
    """The rows that the statement gives, in whose `words` "{among}" stands behind the column that must hold one of `values`."""
    given = tuple(values)
    if not given:
        return ()
    if _takes_arrays(connection):
        found = connection.exec_driver_sql(words.replace(_AMONG, "= ANY(%b)"), (list(given),))
    else:
        marks = ", ".join("?" * len(given))
        found = connection.exec_driver_sql(words.replace(_AMONG, f"IN ({marks})"), given)
    return found.all() if found.returns_rows else ()


def _takes_arrays(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _given(rows: Iterable[tuple[Any, ...]], arrays: bool) -> list[tuple[Any, ...]] | tuple[list[Any], ...]:
    """Parameters for the driver: a list of rows, or one row of columns."""
    return tuple(map(list, zip(*rows, strict=True))) if arrays else list(rows)


@lru_cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column is not table.autoincrement_column)


# The names in these statements are those of the schema, never anything from outside.


@lru_cache
def _insertion(table: Table, names: tuple[str, ...], arrays: bool, known_stay: bool) -> str:
    rows = f"SELECT * FROM {_unnest(table, names)}" if arrays else f"VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    rest = " ON CONFLICT DO NOTHING" if known_stay else ""
    return f"INSERT INTO {table.name} ({', '.join(names)}) {rows}{rest}"


@lru_cache
def _change(table: Table, key: str, names: tuple[str, ...], arrays: bool) -> str:
    if not arrays:
        values = ", ".join(f"{name} = ?" for name in names)
        return f"UPDATE {table.name} SET {values} WHERE {key} = ?"  # noqa: S608
    columns = (*names, key)
    values = ", ".join(f"{name} = given.{name}" for name in names)
    rows = f"{_unnest(table, columns)} AS given({', '.join(columns)})"
    return f"UPDATE {table.name} SET {values} FROM {rows} WHERE {table.name}.{key} = given.{key}"  # noqa: S608


def _unnest(table: Table, names: tuple[str, ...]) -> str:
    # How a column is sorted is written behind its type, and is none of an array's business.
    types = (str(table.columns[name].type.compile(dialect=_DIALECT)).partition(" ")[0] for name in names)
    return f"unnest({', '.join(f'%b::{kind}[]' for kind in types)})"
