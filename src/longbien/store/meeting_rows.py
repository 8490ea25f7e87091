"""Rows of meetings: the text of minutes, and which actions are done.

What it knows: texts and moments. What it must never know: whether a text is the one that a report names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from longbien.store.kept import columns_of, record_of
from longbien.store.meeting_schema import actions_done, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesRow:
    """The minutes of a meeting as this State keeps them; `changed_at` in ms, `by` the officer."""

    exchange: bytes
    text: str
    changed_at: int
    by: bytes


class MeetingRows:
    """The meetings' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def minutes(self, exchange: bytes) -> MinutesRow | None:
        """The text that is kept, if any."""
        row = self._connection.execute(select(minutes).where(minutes.c.exchange == exchange)).first()
        return None if row is None else record_of(MinutesRow, row)

    def keep_minutes(self, row: MinutesRow) -> None:
        """This is the text from now on."""
        self._connection.execute(delete(minutes).where(minutes.c.exchange == row.exchange))
        self._connection.execute(insert(minutes), columns_of(row))

    def done(self, reports: Iterable[bytes]) -> dict[tuple[bytes, int], int]:
        """When (ms) what these reports ask for was done, by report and place; what is open is missing."""
        query = select(actions_done).where(actions_done.c.report.in_(list(reports)))
        return {(bytes(row.report), int(row.place)): int(row.at) for row in self._connection.execute(query)}

    def mark(self, report: bytes, place: int, at: int | None, by: bytes) -> None:
        """It was done at this moment, or is open again with `None`."""
        here = (actions_done.c.report == report) & (actions_done.c.place == place)
        self._connection.execute(delete(actions_done).where(here))
        if at is not None:
            done = {"report": report, "place": place, "at": at, "by": by}
            self._connection.execute(insert(actions_done), done)
