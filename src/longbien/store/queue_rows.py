"""Rows of the queue: one line for each exchange, the words that find it, and who sees to it here.

What it knows: keys, orders and words. What it must never know: why an exchange stands in a view; its key says so. No question reads
more rows than it gives, save for those that a further condition leaves out, so a list costs the same however many exchanges there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)

from longbien.store.kept import columns_of
from longbien.store.many import add_rows, among, change_rows
from longbien.store.schema import handling, queue, queue_words, tags


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """The line of an exchange.

    `number` is the order in which exchanges came here. `others` are the other parties, with blanks between. `stage` is "" while an
    opening of ours waits for its host. `turn`: ours, theirs, both, nobody. `trouble` is why nothing goes on, or `None`. `due_at` (ms)
    is the next clock. Each `_key` is the place in a view, `None` outside it. `offices` are those that the acts name, by id or by name, each
    in a line of its own.
    """

    exchange: bytes
    number: int
    procedure: str
    version: int
    opener: str
    others: str
    stage: str
    turn: str
    subject: str
    our_reference: str
    their_reference: str
    urgency: str
    trouble: str | None
    due_clock: str | None
    due_at: int | None
    statutory: bool
    opened_at: int
    changed_at: int
    acknowledge_key: int | None
    ours_key: int | None
    theirs_key: int | None
    expires_key: int | None
    sent_key: int | None
    open_key: int | None
    offices: str = ""
    owner: bytes | None = None
    snoozed_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingRow:
    """Who sees to an exchange, until when it rests, and our own reference where no act gave one."""

    exchange: bytes
    owner: bytes | None
    snoozed_until: int | None
    reference: str
    changed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRow:
    """A word that finds the line with this number."""

    word: str
    number: int


Place = tuple[int, bytes]
"""Where a page ended: the value of its order, and the exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a list holds: lines that have a value in `order`, from `since` to `until`, whose columns are as `where` says; beyond
    `after`. `changed_since` and `due_until` are ms. `also` holds further columns that have a value, with its bounds. `offices`: of these
    offices, or of none among all of ours (the second), by id and name.
    """

    order: str
    newest_first: bool = False
    since: int | None = None
    until: int | None = None
    where: tuple[tuple[str, Any], ...] = ()
    changed_since: int | None = None
    due_until: int | None = None
    also: tuple[tuple[str, int | None, int | None], ...] = ()
    offices: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    after: Place | None = None


# What the acts of an exchange decide; owner and rest are written by `handle` alone.
_OWN = ("exchange", "owner", "snoozed_until")
_CHANGED = tuple(name for name in QueueRow.__dataclass_fields__ if name not in _OWN)
_new_line = attrgetter(*_CHANGED, "exchange")
_FIND = "SELECT * FROM queue WHERE exchange {among}"
_LAST = select(func.coalesce(func.max(queue.c.number), 0))
_LAST_WORDED = select(func.coalesce(func.max(queue_words.c.number), 0))
_WORDLESS = (
    select(queue)
    .where(queue.c.number > _LAST_WORDED.scalar_subquery())
    .order_by(queue.c.number)
    .limit(bindparam("most"))
)
_DROP_WORDS = "DELETE FROM queue_words WHERE number {among}"
_WORDS_OF = select(queue_words.c.word).where(queue_words.c.number == bindparam("of"))
_NEXT_WORD = (
    select(queue_words.c.word)
    .where(queue_words.c.word >= bindparam("first"), queue_words.c.word < bindparam("beyond"))
    .order_by(queue_words.c.word)
    .limit(1)
)
_NUMBERS = (
    select(queue_words.c.number)
    .where(queue_words.c.word == bindparam("named"), queue_words.c.number < bindparam("before"))
    .order_by(queue_words.c.number.desc())
    .limit(bindparam("most"))
)
_AMONG = select(queue_words.c.number).where(
    queue_words.c.word.in_(bindparam("words", expanding=True)),
    queue_words.c.number.in_(bindparam("numbers", expanding=True)),
)
_HANDLED = select(handling).where(handling.c.exchange.in_(bindparam("ids", expanding=True)))
_TAGS = (
    select(tags)
    .where(tags.c.exchange.in_(bindparam("ids", expanding=True)))
    .order_by(tags.c.exchange, tags.c.tag)
)


class QueueRows:
    """The queue's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, ids: Iterable[bytes]) -> dict[bytes, QueueRow]:
        """The lines of these exchanges, as far as there are any."""
        return {row.exchange: row for row in map(_row, among(self._connection, _FIND, ids))}

    def save(self, *, new: Sequence[QueueRow], changed: Sequence[QueueRow]) -> None:
        """New lines are added; known ones change in all but who sees to them."""
        add_rows(self._connection, queue, new)
        change_rows(self._connection, queue, "exchange", _CHANGED, [_new_line(row) for row in changed])

    def set_words(self, words: Mapping[int, Iterable[str]]) -> None:
        """Each of these lines is found by exactly these words from now on."""
        among(self._connection, _DROP_WORDS, words)
        add_rows(
            self._connection,
            queue_words,
            [WordRow(word=word, number=number) for number, found in words.items() for word in found],
        )

    def last_number(self) -> int:
        """The highest number of a line, 0 where there is none."""
        return int(self._connection.execute(_LAST).scalar_one())

    def last_worded(self) -> int:
        """The highest number of a line that has words, 0 where none has."""
        return int(self._connection.execute(_LAST_WORDED).scalar_one())

    def wordless(self, *, limit: int) -> tuple[QueueRow, ...]:
        """The first lines behind all that have words, in the order of their numbers."""
        return tuple(map(_row, self._connection.execute(_WORDLESS, {"most": limit})))

    def words_of(self, number: int) -> frozenset[str]:
        """The words that find a line."""
        return frozenset(self._connection.execute(_WORDS_OF, {"of": number}).scalars())

    def empty(self) -> None:
        """Every line and word is gone, to be made again."""
        self._connection.execute(delete(queue_words))
        self._connection.execute(delete(queue))

    # Questions.

    def listed(self, wish: Listed, *, limit: int) -> tuple[QueueRow, ...]:
        """The first lines of a list, in its order."""
        query = _conditions(select(queue), wish)
        if wish.after is not None:
            here, there = tuple_(queue.c[wish.order], queue.c.exchange), tuple_(*wish.after)
            query = query.where(here < there if wish.newest_first else here > there)
        return tuple(map(_row, self._connection.execute(_ordered(query, wish).limit(limit))))

    def counted(self, wishes: Mapping[str, Listed], *, most: int) -> dict[str, int]:
        """How many lines each list holds, counted to `most` and no further."""
        if not wishes:
            return {}
        # Counted in the order of the list, so that its index is the only way: an engine that guesses how many lines there are reads
        # the whole queue to find that a view is empty.
        columns = [
            select(func.count())
            .select_from(
                _ordered(_conditions(select(queue.c[wish.order]), wish), wish).limit(most).subquery()
            )
            .scalar_subquery()
            .label(name)
            for name, wish in wishes.items()
        ]
        row = self._connection.execute(select(*columns)).one()
        return {name: int(value) for name, value in zip(wishes, row, strict=True)}

    def looked(self, wish: Listed, *, look: int) -> tuple[int, bool]:
        """How many of the first `look` lines of a list stay when it is narrowed, and whether there are no further ones."""
        first = _ordered(select(queue).where(*_bounds(wish)), wish).limit(look).subquery()
        stays = case((and_(true(), *_further(first.c, wish)), 1), else_=0)
        row = self._connection.execute(select(func.count(), func.sum(stays)).select_from(first)).one()
        return int(row[1] or 0), int(row[0]) < look

    def begins(self, prefix: str, *, limit: int) -> tuple[str, ...]:
        """The first words that begin like this, in order: one look for each."""
        found: list[str] = []
        first, beyond = prefix, prefix + "\U0010ffff"
        while len(found) < limit:
            word = self._connection.execute(
                _NEXT_WORD, {"first": first, "beyond": beyond}
            ).scalar_one_or_none()
            if word is None:
                break
            found.append(word)
            first = f"{word}\x01"
        return tuple(found)

    def numbers(self, word: str, *, before: int, limit: int) -> tuple[int, ...]:
        """The youngest lines below the number `before` that a word finds, youngest first."""
        values = {"named": word, "before": before, "most": limit}
        return tuple(int(number) for number in self._connection.execute(_NUMBERS, values).scalars())

    def among(self, numbers: Iterable[int], words: Iterable[str]) -> frozenset[int]:
        """Which of these lines are found by any of these words."""
        values = {"numbers": list(numbers), "words": list(words)}
        return frozenset(int(number) for number in self._connection.execute(_AMONG, values).scalars())

    def numbered(self, numbers: Iterable[int], wish: Listed, *, limit: int) -> tuple[QueueRow, ...]:
        """The youngest of these lines that a list holds, youngest first."""
        query = _conditions(select(queue).where(queue.c.number.in_(list(numbers))), wish)
        return tuple(map(_row, self._connection.execute(query.order_by(queue.c.number.desc()).limit(limit))))

    def referred(self, reference: str, *, before: int, limit: int = 20) -> tuple[bytes, ...]:
        """Exchanges that came before the line with this number and have the same reference of the other side, youngest first."""
        query = (
            select(queue.c.exchange)
            .where(queue.c.their_reference == reference, queue.c.number < before)
            .order_by(queue.c.number.desc())
            .limit(limit)
        )
        return tuple(bytes(value) for value in self._connection.execute(query).scalars())

    # Who sees to it.

    def handled(self, ids: Iterable[bytes]) -> dict[bytes, HandlingRow]:
        """Who sees to these exchanges, as far as that was said."""
        found = self._connection.execute(_HANDLED, {"ids": list(ids)})
        return {row.exchange: row for row in map(_handling, found)}

    def handle(self, row: HandlingRow) -> None:
        """This is who sees to it from now on."""
        self._connection.execute(delete(handling).where(handling.c.exchange == row.exchange))
        self._connection.execute(insert(handling), columns_of(row))
        self._connection.execute(
            update(queue)
            .where(queue.c.exchange == row.exchange)
            .values(owner=row.owner, snoozed_until=row.snoozed_until, changed_at=row.changed_at)
        )

    def tags_of(self, ids: Iterable[bytes]) -> dict[bytes, tuple[str, ...]]:
        """The tags of these exchanges, in order."""
        found: dict[bytes, tuple[str, ...]] = {}
        for row in self._connection.execute(_TAGS, {"ids": list(ids)}):
            key = bytes(row.exchange)
            found[key] = (*found.get(key, ()), row.tag)
        return found

    def set_tags(self, exchange: bytes, wanted: Iterable[str]) -> None:
        """An exchange has exactly these tags."""
        self._connection.execute(delete(tags).where(tags.c.exchange == exchange))
        rows = [{"exchange": exchange, "tag": tag} for tag in sorted(set(wanted))]
        if rows:
            self._connection.execute(insert(tags), rows)


def _conditions(query: Select[Any], wish: Listed) -> Select[Any]:
    return query.where(*_bounds(wish), *_further(queue.c, wish))


def _bounds(wish: Listed) -> list[ColumnElement[bool]]:
    """From where to where a list is read along its index."""
    return _between(queue.c[wish.order], wish.since, wish.until)


def _further(columns: Any, wish: Listed) -> list[ColumnElement[bool]]:
    """What leaves lines out on the way."""
    found: list[ColumnElement[bool]] = [columns[name] == value for name, value in wish.where]
    for name, since, until in wish.also:
        found += _between(columns[name], since, until)
    if wish.changed_since is not None:
        found.append(columns.changed_at >= wish.changed_since)
    if wish.due_until is not None:
        found.append(columns.due_at <= wish.due_until)
    if wish.offices is not None:
        mine, every = ([columns.offices.contains(f"\n{name}\n") for name in names] for names in wish.offices)
        found.append(or_(*mine, not_(or_(*every))))
    return found


def _between(column: ColumnElement[Any], since: int | None, until: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [column.is_not(None)]
    if since is not None:
        found.append(column >= since)
    if until is not None:
        found.append(column <= until)
    return found


def _ordered(query: Select[Any], wish: Listed) -> Select[Any]:
    order, exchange = queue.c[wish.order], queue.c.exchange
    if wish.newest_first:
        return query.order_by(order.desc(), exchange.desc())
    return query.order_by(order, exchange)


def _row(row: Any) -> QueueRow:
    found = {name: getattr(row, name) for name in QueueRow.__dataclass_fields__}
    found["exchange"] = bytes(row.exchange)
    found["owner"] = None if row.owner is None else bytes(row.owner)
    found["statutory"] = bool(row.statutory)
    return QueueRow(**found)


def _handling(row: Any) -> HandlingRow:
    return HandlingRow(
        exchange=bytes(row.exchange),
        owner=None if row.owner is None else bytes(row.owner),
        snoozed_until=row.snoozed_until,
        reference=row.reference,
        changed_at=int(row.changed_at),
    )
