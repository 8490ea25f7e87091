"""Rows of what happened, and of who is told: events in their order, hooks, and the log of what each was told.

What it knows: numbers and identifiers. What it must never hold: anything of a case. An event is written with what it tells of, so none is
told that did not happen and none that happened is left out.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from longbien.store.kept import columns_of
from longbien.store.many import add_rows
from longbien.store.schema import events, hook_deliveries, hooks


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that happened at `at` (ms). `exchange` and `subject` (of an act or a draft) are identifiers, empty where there is none."""

    number: int
    kind: str
    exchange: bytes
    subject: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRow:
    """An address that is told. `kinds` with blanks between, "" for all; `reached` is the last event that it was queued for; `stopped` is
    why it is told no more.
    """

    id: str
    url: str
    secret: bytes
    kinds: str
    made_at: int
    reached: int
    stopped: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDeliveryRow:
    """An event for a hook. `next_at` (ms) is when it is told next, `None` when it was or is given up; `status` is the last HTTP status,
    0 without one, `reason` a code when it failed.
    """

    hook: str
    event: int
    kind: str
    exchange: bytes
    subject: bytes
    happened_at: int
    tries: int
    next_at: int | None
    status: int
    reason: str
    tried_at: int


class EventRows:
    """The events' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rows: Sequence[EventRow]) -> None:
        """These happened, in this order; their numbers are given here."""
        add_rows(self._connection, events, rows)

    def after(self, number: int, *, kinds: Collection[str] = (), limit: int) -> tuple[EventRow, ...]:
        """What happened after the event of this number, in order."""
        query = select(events).where(events.c.number > number).order_by(events.c.number).limit(limit)
        if kinds:
            query = query.where(events.c.kind.in_(list(kinds)))
        return tuple(map(_event, self._connection.execute(query)))

    def bounds(self) -> tuple[int, int]:
        """The numbers of the first and the last event that are kept, (0, 0) where there are none."""
        row = self._connection.execute(select(func.min(events.c.number), func.max(events.c.number))).one()
        return int(row[0] or 0), int(row[1] or 0)

    def forget(self, before: int) -> None:
        """What happened before this time (ms) is told no more; the newest event stays, so that the count goes on."""
        last = select(func.max(events.c.number)).scalar_subquery()
        self._connection.execute(delete(events).where(events.c.at < before, events.c.number < last))
        self._connection.execute(
            delete(hook_deliveries).where(
                hook_deliveries.c.tried_at < before, hook_deliveries.c.next_at.is_(None)
            )
        )

    # Hooks.

    def add_hook(self, row: HookRow) -> None:
        """This address is told from now on."""
        self._connection.execute(insert(hooks), columns_of(row))

    def hooks(self) -> tuple[HookRow, ...]:
        """Every hook, the oldest first."""
        return tuple(
            map(_hook, self._connection.execute(select(hooks).order_by(hooks.c.made_at, hooks.c.id)))
        )

    def hook(self, identifier: str) -> HookRow | None:
        """The hook with this identifier."""
        row = self._connection.execute(select(hooks).where(hooks.c.id == identifier)).first()
        return None if row is None else _hook(row)

    def drop_hook(self, identifier: str) -> None:
        """This address is told nothing more, and its log is gone."""
        self._connection.execute(delete(hook_deliveries).where(hook_deliveries.c.hook == identifier))
        self._connection.execute(delete(hooks).where(hooks.c.id == identifier))

    def stop_hook(self, identifier: str, reason: str | None) -> None:
        """This address is told nothing for now, or again where there is no reason."""
        self._connection.execute(update(hooks).where(hooks.c.id == identifier).values(stopped=reason))

    def queue_up(self, hook: HookRow, found: Iterable[EventRow], *, reached: int, at: int) -> None:
        """A hook is to be told of these events at `at` (ms), and has been queued for everything up to `reached`."""
        add_rows(self._connection, hook_deliveries, [_waiting(hook.id, event, at) for event in found])
        self._connection.execute(update(hooks).where(hooks.c.id == hook.id).values(reached=reached))

    def due(self, now: int, *, limit: int) -> tuple[HookDeliveryRow, ...]:
        """What is to be told now, the oldest event first."""
        query = (
            select(hook_deliveries)
            .join(hooks, hooks.c.id == hook_deliveries.c.hook)
            .where(hook_deliveries.c.next_at <= now, hooks.c.stopped.is_(None))
            .order_by(hook_deliveries.c.event, hook_deliveries.c.hook)
            .limit(limit)
        )
        return tuple(map(_delivery, self._connection.execute(query)))

    def told(self, row: HookDeliveryRow) -> None:
        """What became of one try."""
        self._connection.execute(
            update(hook_deliveries)
            .where(hook_deliveries.c.hook == row.hook, hook_deliveries.c.event == row.event)
            .values(
                tries=row.tries,
                next_at=row.next_at,
                status=row.status,
                reason=row.reason,
                tried_at=row.tried_at,
            )
        )

    def log(self, hook: str, *, before: int | None = None, limit: int) -> tuple[HookDeliveryRow, ...]:
        """What a hook was told or is to be told, the newest event first."""
        query = select(hook_deliveries).where(hook_deliveries.c.hook == hook)
        if before is not None:
            query = query.where(hook_deliveries.c.event < before)
        query = query.order_by(hook_deliveries.c.event.desc()).limit(limit)
        return tuple(map(_delivery, self._connection.execute(query)))

    def logged(self, hook: str, event: int) -> HookDeliveryRow | None:
        """What a hook was told of one event."""
        query = select(hook_deliveries).where(
            hook_deliveries.c.hook == hook, hook_deliveries.c.event == event
        )
        row = self._connection.execute(query).first()
        return None if row is None else _delivery(row)


def _waiting(hook: str, event: EventRow, at: int) -> HookDeliveryRow:
    return HookDeliveryRow(
        hook=hook,
        event=event.number,
        kind=event.kind,
        exchange=event.exchange,
        subject=event.subject,
        happened_at=event.at,
        tries=0,
        next_at=at,
        status=0,
        reason="",
        tried_at=0,
    )


def _event(row: Any) -> EventRow:
    return EventRow(
        number=int(row.number),
        kind=row.kind,
        exchange=bytes(row.exchange),
        subject=bytes(row.subject),
        at=int(row.at),
    )


def _hook(row: Any) -> HookRow:
    return HookRow(
        id=row.id,
        url=row.url,
        secret=bytes(row.secret),
        kinds=row.kinds,
        made_at=int(row.made_at),
        reached=int(row.reached),
        stopped=row.stopped,
    )


def _delivery(row: Any) -> HookDeliveryRow:
    return HookDeliveryRow(
        hook=row.hook,
        event=int(row.event),
        kind=row.kind,
        exchange=bytes(row.exchange),
        subject=bytes(row.subject),
        happened_at=int(row.happened_at),
        tries=int(row.tries),
        next_at=None if row.next_at is None else int(row.next_at),
        status=int(row.status),
        reason=row.reason,
        tried_at=int(row.tried_at),
    )
