"""Rows of the views that people keep.

What it knows: whose they are. What it must never know: what a view shows.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, or_, select

from longbien.store.kept import columns_of, record_of
from longbien.store.schema import saved_views


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRow:
    """A view that somebody keeps: for `person` alone, or for everybody in `office` where it is `shared`.

    `view` is the built-in one that it narrows, `search` by what; `columns` are names with blanks between; `order` is a word of the queue.
    """

    id: bytes
    person: bytes
    office: str
    shared: bool
    name: str
    view: str
    search: str
    columns: str
    order: str
    changed_at: int


class ViewRows:
    """The views' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, row: ViewRow) -> None:
        """The view is this from now on."""
        self.drop(row.id)
        self._connection.execute(insert(saved_views), columns_of(row))

    def drop(self, identifier: bytes) -> None:
        """Nobody keeps it any more."""
        self._connection.execute(delete(saved_views).where(saved_views.c.id == identifier))

    def of(self, person: bytes, office: str) -> tuple[ViewRow, ...]:
        """What a person sees: the own ones and those of the office; by name."""
        own = and_(saved_views.c.person == person, saved_views.c.shared.is_(False))
        theirs = and_(saved_views.c.office == office, saved_views.c.shared.is_(True))
        query = select(saved_views).where(or_(own, theirs)).order_by(saved_views.c.name, saved_views.c.id)
        return tuple(record_of(ViewRow, row) for row in self._connection.execute(query))
