"""Rows of cases: links between exchanges, and tasks, of one office.

What it knows: identifiers and texts. What it must never know: what an exchange says, or who may see a case.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from longbien.store.case_schema import case_links, case_tasks, cases
from longbien.store.kept import record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case of an office; `changed_at` (ms) names its version, `closed_at` is 0 while it is open."""

    id: bytes
    office: str
    title: str
    reference: str
    note: str
    made_at: int
    made_by: bytes
    changed_at: int
    closed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """An exchange that belongs to a case, and why; `ended_at` (ms) is 0 while it does."""

    case_id: bytes
    exchange: bytes
    why: str
    linked_at: int
    linked_by: bytes
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """Something to be done; `person` sees to it, `due_at` (ms) is a wish, `done_at` is 0 until it is done."""

    case_id: bytes
    number: int
    text: str
    person: bytes | None
    due_at: int | None
    made_at: int
    made_by: bytes
    done_at: int
    done_by: bytes | None


_CASE = select(cases).where(cases.c.id == bindparam("named"))
_CASES = select(cases).order_by(cases.c.changed_at.desc(), cases.c.id)
_LINKS = (
    select(case_links)
    .where(case_links.c.case_id == bindparam("of"), case_links.c.ended_at == 0)
    .order_by(case_links.c.linked_at, case_links.c.exchange)
)
_OF_EXCHANGE = select(case_links.c.case_id).where(
    case_links.c.exchange == bindparam("of"), case_links.c.ended_at == 0
)
_TASKS = select(case_tasks).where(case_tasks.c.case_id == bindparam("of")).order_by(case_tasks.c.number)
_COUNTS = (
    select(case_links.c.case_id, func.count().label("links"))
    .where(case_links.c.ended_at == 0)
    .group_by(case_links.c.case_id)
)


class CaseRows:
    """The part of a transaction that is about cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, row: CaseRow) -> None:
        """A case is there."""
        self._connection.execute(insert(cases), asdict(row))

    def change(self, row: CaseRow) -> None:
        """Title, reference, note and end as they are now."""
        values = {
            name: value for name, value in asdict(row).items() if name not in {"id", "made_at", "made_by"}
        }
        self._connection.execute(update(cases).where(cases.c.id == row.id).values(values))

    def find(self, identifier: bytes) -> CaseRow | None:
        """A case."""
        row = self._connection.execute(_CASE, {"named": identifier}).first()
        return None if row is None else record_of(CaseRow, row)

    def all(self) -> tuple[CaseRow, ...]:
        """Every case, the newest change first."""
        return tuple(record_of(CaseRow, row) for row in self._connection.execute(_CASES))

    def counts(self) -> dict[bytes, int]:
        """How many exchanges each case links."""
        return {bytes(row.case_id): int(row.links) for row in self._connection.execute(_COUNTS)}

    def link(self, row: LinkRow) -> None:
        """An exchange belongs to a case, again where it did before."""
        known = (case_links.c.case_id == row.case_id) & (case_links.c.exchange == row.exchange)
        if self._connection.execute(select(case_links.c.ended_at).where(known)).first() is None:
            self._connection.execute(insert(case_links), asdict(row))
        else:
            self._connection.execute(update(case_links).where(known).values(asdict(row)))

    def unlink(self, case: bytes, exchange: bytes, at: int) -> None:
        """It belongs there no more."""
        known = (case_links.c.case_id == case) & (case_links.c.exchange == exchange)
        self._connection.execute(update(case_links).where(known).values(ended_at=at))

    def links(self, case: bytes) -> tuple[LinkRow, ...]:
        """The exchanges of a case, in the order in which they were linked."""
        return tuple(record_of(LinkRow, row) for row in self._connection.execute(_LINKS, {"of": case}))

    def of_exchange(self, exchange: bytes) -> frozenset[bytes]:
        """The cases that an exchange belongs to."""
        found = self._connection.execute(_OF_EXCHANGE, {"of": exchange}).scalars()
        return frozenset(bytes(each) for each in found)

    def tasks(self, case: bytes) -> tuple[TaskRow, ...]:
        """The tasks of a case, by number."""
        return tuple(record_of(TaskRow, row) for row in self._connection.execute(_TASKS, {"of": case}))

    def add_tasks(self, rows: Iterable[TaskRow]) -> None:
        """There is something to do."""
        for row in rows:
            self._connection.execute(insert(case_tasks), asdict(row))

    def done(self, case: bytes, number: int, at: int, by: bytes) -> None:
        """It is done; with `at` 0 it is to be done again."""
        known = (case_tasks.c.case_id == case) & (case_tasks.c.number == number)
        values = {"done_at": at, "done_by": by if at else None}
        self._connection.execute(update(case_tasks).where(known).values(values))
