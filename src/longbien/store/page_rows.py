"""Rows of pages and of the calls that each of them made.

What it knows: stages, steps, tries. What it must never know: what a page is about beyond its kind. A page is raised once for a cause; a
call leaves the queue when it was sent, or when its page ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from longbien.store.duty_schema import page_calls, pages
from longbien.store.kept import columns_of, record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """A reason to wake somebody. `office` is "" until somebody's duty is known; `step`: how many steps were called; `next_at` (ms): when
    the next is due. `why` is what the person wrote who closed it. `storm` is the page that calls in its place.
    """

    id: bytes
    cause: str
    kind: str
    office: str = ""
    exchange: bytes | None = None
    urgency: str = ""
    stage: str = "raised"
    raised_at: int
    step: int = 0
    next_at: int
    awake_at: int | None = None
    awake_by: bytes | None = None
    ended_at: int | None = None
    ended_by: bytes | None = None
    why: str = ""
    storm: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A page to one person over one channel. `over`: nothing is tried any more, because it was sent (`sent_at`) or its page ended.
    `reason` is the code of the last failure; `answered_at` is when its code was used.
    """

    id: bytes
    page: bytes
    step: int
    person: bytes
    channel: str
    code: str
    made_at: int
    tries: int = 0
    next_at: int
    sent_at: int | None = None
    over: bool = False
    reason: str = ""
    answered_at: int | None = None


_KNOWN = select(pages).where(pages.c.id.in_(bindparam("ids", expanding=True)))
_ADD = insert(pages)
_OF_ARRIVAL = (pages.c.exchange == bindparam("of")) & pages.c.ended_at.is_(None) & (pages.c.kind == "arrival")
_CALLS_OVER = (
    update(page_calls)
    .where(page_calls.c.page.in_(select(pages.c.id).where(_OF_ARRIVAL)) & page_calls.c.over.is_(False))
    .values(over=True)
)
_ARRIVED_OVER = (
    update(pages).where(_OF_ARRIVAL).values(stage=bindparam("now_at"), ended_at=bindparam("at_time"))
)
_ENDED = (
    update(pages)
    .where((pages.c.id == bindparam("of")) & pages.c.ended_at.is_(None))
    .values(stage=bindparam("now_at"), ended_at=bindparam("at_time"), ended_by=bindparam("by_whom"))
)
_DROP = (
    update(page_calls)
    .where((page_calls.c.page == bindparam("of")) & page_calls.c.over.is_(False))
    .values(over=True)
)
_OPEN = select(pages).where(pages.c.ended_at.is_(None)).order_by(pages.c.raised_at, pages.c.id)


class PageRows:
    """The pages' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raised(self, rows: Sequence[PageRow]) -> None:
        """Each is raised, unless it was before; what nobody closed, because it had passed by itself, is raised anew."""
        if not rows:
            return
        fresh = {row.id: row for row in rows}
        for known in self._connection.execute(_KNOWN, {"ids": list(fresh)}):
            row = fresh.pop(bytes(known.id))
            if known.stage == "closed" and known.ended_by is None and not known.why:
                self.put(row)
        if fresh:
            self._connection.execute(_ADD, [columns_of(row) for row in fresh.values()])

    def open(self) -> tuple[PageRow, ...]:
        """What is neither acknowledged nor closed, the oldest first."""
        return tuple(record_of(PageRow, row) for row in self._connection.execute(_OPEN))

    def page(self, identifier: bytes) -> PageRow | None:
        """One page."""
        row = self._connection.execute(select(pages).where(pages.c.id == identifier)).first()
        return None if row is None else record_of(PageRow, row)

    def newest(self, *, kind: str = "", limit: int = 100) -> tuple[PageRow, ...]:
        """Pages of a kind, or of all, the newest first."""
        query = select(pages).order_by(pages.c.raised_at.desc(), pages.c.id).limit(limit)
        if kind:
            query = query.where(pages.c.kind == kind)
        return tuple(record_of(PageRow, row) for row in self._connection.execute(query))

    def put(self, row: PageRow) -> None:
        """A page as it is now."""
        self._connection.execute(update(pages).where(pages.c.id == row.id).values(columns_of(row)))

    def arrived_over(self, exchange: bytes, stage: str, at: int) -> None:
        """Nobody need be called for the arrival of this exchange any more."""
        self._connection.execute(_CALLS_OVER, {"of": exchange})
        self._connection.execute(_ARRIVED_OVER, {"of": exchange, "now_at": stage, "at_time": at})

    def ended(self, identifier: bytes, stage: str, at: int, *, by: bytes | None) -> None:
        """Nobody need be called for this page any more, if anybody was."""
        self._connection.execute(_ENDED, {"of": identifier, "now_at": stage, "at_time": at, "by_whom": by})
        self.drop(identifier)

    # Calls.

    def call(self, rows: Sequence[CallRow]) -> None:
        """These wait to be sent."""
        if rows:
            self._connection.execute(insert(page_calls), [columns_of(row) for row in rows])

    def calls(self, page: bytes) -> tuple[CallRow, ...]:
        """Every call of a page, in order."""
        query = select(page_calls).where(page_calls.c.page == page)
        return tuple(
            record_of(CallRow, row)
            for row in self._connection.execute(query.order_by(page_calls.c.made_at, page_calls.c.id))
        )

    def answerable(self) -> tuple[CallRow, ...]:
        """Every call of every open page, in order."""
        query = (
            select(page_calls)
            .join(pages, pages.c.id == page_calls.c.page)
            .where(pages.c.ended_at.is_(None))
            .order_by(page_calls.c.made_at, page_calls.c.id)
        )
        return tuple(record_of(CallRow, row) for row in self._connection.execute(query))

    def answered(self, page: bytes, person: bytes, at: int) -> None:
        """The code that a person has for a page is used."""
        unused = page_calls.c.answered_at.is_(None)
        mine = (page_calls.c.page == page) & (page_calls.c.person == person) & unused
        self._connection.execute(update(page_calls).where(mine).values(answered_at=at))

    def coded(self, code: str) -> CallRow | None:
        """The newest call with this code."""
        query = select(page_calls).where(page_calls.c.code == code).order_by(page_calls.c.made_at.desc())
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else record_of(CallRow, row)

    def waiting(self, channel: str, at: int, *, longest: int, limit: int) -> tuple[CallRow, ...]:
        """What may be sent over a channel now; a turn that lies further ahead than `longest` (ms) was set under another clock."""
        late = (page_calls.c.next_at <= at) | (page_calls.c.next_at > at + longest)
        query = (
            select(page_calls)
            .join(pages, pages.c.id == page_calls.c.page)
            .where(page_calls.c.channel == channel, page_calls.c.over.is_(False), late)
            .where(pages.c.ended_at.is_(None))
            .order_by(page_calls.c.made_at, page_calls.c.id)
            .limit(limit)
        )
        return tuple(record_of(CallRow, row) for row in self._connection.execute(query))

    def sent(self, identifier: bytes, at: int) -> None:
        """The channel took it."""
        self._call(identifier, sent_at=at, over=True, reason="")

    def put_off(self, identifier: bytes, *, tries: int, next_at: int, reason: str) -> None:
        """The channel did not take it; it is tried again."""
        self._call(identifier, tries=tries, next_at=next_at, reason=reason)

    def drop(self, page: bytes) -> None:
        """Nothing of a page is sent any more."""
        self._connection.execute(_DROP, {"of": page})

    def _call(self, identifier: bytes, **changed: Any) -> None:
        self._connection.execute(update(page_calls).where(page_calls.c.id == identifier).values(changed))
