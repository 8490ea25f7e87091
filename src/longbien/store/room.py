"""A room of the schema, as a transaction offers it.

What it knows: that a room is opened when somebody enters it, and then stays open. What it must never know: what is in it. It does what
`functools.cached_property` does, without the lock that one takes in Python 3.11: a transaction belongs to one thread.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Room(Generic[T]):
    """The rows of one room, over the connection of the transaction that is asked."""

    def __init__(self, rows: Callable[[Connection], T]) -> None:
        self._rows = rows
        self._name = ""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, tx: Any, _owner: type) -> T:  # noqa: ANN401 - a transaction, which imports this
        rows = tx.__dict__[self._name] = self._rows(tx.connection)
        return rows
