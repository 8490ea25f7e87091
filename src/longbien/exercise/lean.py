"""The statements of the store, handed to SQLite directly: what lets a simulated world live through thousands of seeds.

What it knows: how SQLAlchemy compiles a statement for SQLite, once, and the few ways in which the rooms of the store read a result.
What it must never do: change what a statement means. SQLAlchemy's own connection costs ten times what SQLite does in memory; on a
disk that is hidden by the sync, here it would be almost everything. A test plays the same seeds with both.
"""

import sqlite3
import weakref
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Insert

Values = Mapping[str, Any]

_DIALECT = sqlite.dialect()


class _Text:
    """A compiled statement: its text, the order of its parameters, and those that it brings itself."""

    def __init__(self, statement: ClauseElement, names: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=_DIALECT, column_keys=names)
        assert isinstance(compiled, SQLCompiler), "the store runs no schema statements here"
        self._compiled_text = str(compiled)
        self._order: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._own = dict(compiled.params)
        self._lists = {name for name in self._order if f"__[POSTCOMPILE_{name}]" in self._compiled_text}

    def filled(self, values: Values) -> tuple[str, list[Any]]:
        """Text and parameters for these values; a list becomes as many marks as it is long."""
        given = {**self._own, **values} if self._own else values
        if not self._lists:
            return self._compiled_text, [given[name] for name in self._order]
        text = self._compiled_text
        parameters: list[Any] = []
        for name in self._order:
            if name in self._lists:
                text = text.replace(f"__[POSTCOMPILE_{name}]", ", ".join("?" * len(given[name])))
                parameters += given[name]
            else:
                parameters.append(given[name])
        return text, parameters


# By identity, for as long as the statement lives; those of the rooms live as long as their modules.
_TEXTS: dict[int, dict[tuple[str, ...], _Text]] = {}


class LeanConnection:
    """Stands where the rooms of the store expect a connection, inside a transaction that somebody else began."""

    dialect = _DIALECT

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def exec_driver_sql(
        self, text: str, values: list[tuple[Any, ...]] | tuple[Any, ...] = ()
    ) -> "LeanResult":
        """A text in SQLite's own words, with these values, or once for each of several rows of them."""
        run = self._raw.executemany if isinstance(values, list) else self._raw.execute
        return LeanResult(run(text, values), text)

    def execute(self, statement: ClauseElement, values: Values | Sequence[Values] = ()) -> "LeanResult":
        """The result of one statement, or of one statement for each of several sets of values."""
        if isinstance(values, (list, tuple)) and values:
            many = _text(statement, values[0])
            filled = [many.filled(each) for each in values]
            parameters = [given for _, given in filled]
            return LeanResult(self._raw.executemany(filled[0][0], parameters), filled[0][0])
        given = cast("Values", values or {})
        text, marks = _text(statement, given).filled(given)
        return LeanResult(self._raw.execute(text, marks), text)


def _text(statement: ClauseElement, values: Values) -> _Text:
    # An insert names the columns that it is given; everything else has one text.
    names = tuple(values) if isinstance(statement, Insert) else ()
    texts = _TEXTS.get(id(statement))
    if texts is None:
        texts = _TEXTS[id(statement)] = {}
        weakref.finalize(statement, _TEXTS.pop, id(statement))
    if names not in texts:
        texts[names] = _Text(statement, names or None)
    return texts[names]


class LeanResult:
    """The rows of a statement, in the ways in which the store reads them."""

    def __init__(self, cursor: sqlite3.Cursor, text: str) -> None:
        self._cursor = cursor
        self._text = text

    def __iter__(self) -> Iterator[Any]:
        return map(self._row(), self._cursor.fetchall())

    @property
    def returns_rows(self) -> bool:
        """Whether it was a question."""
        return self._cursor.description is not None

    def all(self) -> list[Any]:
        """Every row."""
        return list(self)

    def first(self) -> Any:  # noqa: ANN401 - a row of the database has no static type
        """The first row, `None` when there is none."""
        found = self._cursor.fetchone()
        return None if found is None else self._row()(found)

    def scalars(self) -> Iterator[Any]:
        """The first value of every row."""
        return (row[0] for row in self._cursor.fetchall())

    def scalar_one(self) -> Any:  # noqa: ANN401
        """The only value."""
        (row,) = self._cursor.fetchall()
        return row[0]

    def scalar_one_or_none(self) -> Any:  # noqa: ANN401
        """The only value, `None` when there is no row."""
        rows = self._cursor.fetchall()
        assert len(rows) < 2, "at most one row"
        return rows[0][0] if rows else None

    def _row(self) -> Callable[[Any], Any]:
        shape = _SHAPES.get(self._text)
        if shape is None:
            shape = _SHAPES[self._text] = _shape(tuple(column[0] for column in self._cursor.description))
        return shape


# The schema stays what it is, so a text has one shape of rows.
_SHAPES: dict[str, Callable[[Any], Any]] = {}


@cache
def _shape(names: tuple[str, ...]) -> Callable[[Any], Any]:
    # What the rows are is known only here, so no type checker can see it.
    shape: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Any], Any] = shape._make
    return make
