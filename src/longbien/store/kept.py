"""A record as the row that is kept of it, and the other way round, for records that have a field for each column.

What it knows: names of fields. What it must never know: a table, or what a value means.
"""

from typing import Any, TypeVar

from sqlalchemy import Row

Record = TypeVar("Record")


def columns_of(record: object) -> dict[str, Any]:
    """What is written of a record, by column."""
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}  # type: ignore[attr-defined]  # records are data classes


def record_of(kind: type[Record], row: Row[Any]) -> Record:
    """The record of a row; what a driver gives as a view of its own memory becomes bytes."""
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: _plain(getattr(row, name)) for name in fields})


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
