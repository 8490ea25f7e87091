"""Rows of orders to providers, of the people of providers and of how these come in.

What it knows: digests, moments, words. What it must never know: an identifier that opens something; it is given its SHA-256.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from longbien.store.kept import columns_of, record_of
from longbien.store.order_schema import (
    order_files,
    order_words,
    orders,
    provider_codes,
    provider_keys,
    provider_people,
    provider_sessions,
    providers,
)

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """A firm of this State; one that is not active sees nothing any more."""

    id: bytes
    name: str
    active: bool
    added_at: int
    by: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPersonRow:
    """Somebody who answers for exactly one provider."""

    person: bytes
    provider: bytes
    name: str
    active: bool
    added_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKeyRow:
    """A passkey of a person of a provider."""

    id: bytes
    person: bytes
    public_key: bytes
    sign_count: int
    added_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCodeRow:
    """A code that works once, until `ends_at` (ms), and how sure the session is that it opens."""

    digest: bytes
    person: bytes
    level: int
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSessionRow:
    """An open session of a person of a provider (ms)."""

    digest: bytes
    person: bytes
    level: int
    language: str
    seen_at: int
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order; times in ms, `None` for what has not happened. `kind`: preserve, produce."""

    id: bytes
    provider: bytes
    office: str
    exchange: bytes | None
    reference: str
    kind: str
    basis: str
    text: str
    due_at: int
    made_at: int
    made_by: bytes
    statement: bytes | None = None
    issued_at: int | None = None
    issued_by: bytes | None = None
    assertion: bytes | None = None
    seen_at: int | None = None
    heard_at: int | None = None
    answered_at: int | None = None
    answer: str = ""
    receipt: bytes | None = None
    closed_at: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWordRow:
    """Something that was said about an order; `ours` where this State said it."""

    order: bytes
    ours: bool
    by: bytes
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFileRow:
    """A file of an answer: plaintext size and SHA-256, the sealed object, its key as it is wrapped."""

    order: bytes
    number: int
    name: str
    size: int
    sha256: bytes
    object: bytes
    commitment: bytes
    kid: bytes
    wrapped: bytes
    at: int
    by: bytes


class OrderRows:
    """The orders' part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Providers and their people.

    def providers(self) -> tuple[ProviderRow, ...]:
        """Every provider, by name."""
        return self._all(ProviderRow, select(providers).order_by(providers.c.name))

    def provider(self, identifier: bytes) -> ProviderRow | None:
        """One of them."""
        return self._one(ProviderRow, select(providers).where(providers.c.id == identifier))

    def people(self, provider: bytes | None = None) -> tuple[ProviderPersonRow, ...]:
        """The people of a provider, or of all of them, by name."""
        query = select(provider_people).order_by(provider_people.c.name)
        if provider is not None:
            query = query.where(provider_people.c.provider == provider)
        return self._all(ProviderPersonRow, query)

    def person(self, person: bytes) -> ProviderPersonRow | None:
        """One of them."""
        return self._one(ProviderPersonRow, select(provider_people).where(provider_people.c.person == person))

    def end_person(self, person: bytes) -> None:
        """This person comes in no more: no session, no code, no key."""
        self._set(provider_people, provider_people.c.person == person, active=False)
        for table in (provider_keys, provider_codes, provider_sessions):
            self._connection.execute(delete(table).where(table.c.person == person))

    def key(self, identifier: bytes) -> ProviderKeyRow | None:
        """A passkey."""
        return self._one(ProviderKeyRow, select(provider_keys).where(provider_keys.c.id == identifier))

    def keys_of(self, person: bytes) -> tuple[ProviderKeyRow, ...]:
        """The passkeys of a person."""
        return self._all(ProviderKeyRow, select(provider_keys).where(provider_keys.c.person == person))

    def used(self, key: bytes, sign_count: int) -> None:
        """The passkey has signed so often."""
        self._set(provider_keys, provider_keys.c.id == key, sign_count=sign_count)

    def take_code(self, digest: bytes) -> ProviderCodeRow | None:
        """The code with this digest, which is used up with that."""
        found = self._one(ProviderCodeRow, select(provider_codes).where(provider_codes.c.digest == digest))
        self._connection.execute(delete(provider_codes).where(provider_codes.c.digest == digest))
        return found

    # Sessions.

    def session(self, digest: bytes) -> ProviderSessionRow | None:
        """The session whose identifier has this digest."""
        return self._one(
            ProviderSessionRow, select(provider_sessions).where(provider_sessions.c.digest == digest)
        )

    def seen_session(self, digest: bytes, at: int, language: str) -> None:
        """Its person did something, and reads this language."""
        self._set(provider_sessions, provider_sessions.c.digest == digest, seen_at=at, language=language)

    def end_session(self, digest: bytes) -> None:
        """It is over."""
        self._connection.execute(delete(provider_sessions).where(provider_sessions.c.digest == digest))

    def forget(self, before: int) -> None:
        """Sessions and codes that ended before this moment (ms) are dropped."""
        for table in (provider_sessions, provider_codes):
            self._connection.execute(delete(table).where(table.c.ends_at < before))

    # Orders.

    def order(self, identifier: bytes) -> OrderRow | None:
        """One order."""
        return self._one(OrderRow, select(orders).where(orders.c.id == identifier))

    def of_office(self, office: str, *, limit: int) -> tuple[OrderRow, ...]:
        """The orders of an office, the youngest first; of every office for ""."""
        query = select(orders).order_by(orders.c.made_at.desc(), orders.c.id).limit(limit)
        return self._all(OrderRow, query.where(orders.c.office == office) if office else query)

    def of_provider(self, provider: bytes, *, limit: int) -> tuple[OrderRow, ...]:
        """The orders that a provider was given, the youngest first."""
        query = select(orders).where(orders.c.provider == provider, orders.c.statement.is_not(None))
        return self._all(OrderRow, query.order_by(orders.c.issued_at.desc(), orders.c.id).limit(limit))

    def note(self, order: bytes, **values: object) -> None:
        """These columns of an order, as far as the first of them was empty: what is said once stays as it was said."""
        first = orders.c[next(iter(values))]
        self._set(orders, (orders.c.id == order) & first.is_(None), **values)

    def taken_on(self, order: bytes, before: bytes, person: bytes) -> None:
        """A person stands behind an order from now on that nobody stood behind before."""
        self._set(orders, (orders.c.id == order) & (orders.c.made_by == before), made_by=person)

    def words(self, order: bytes) -> tuple[OrderWordRow, ...]:
        """What was said about an order, in order."""
        query = select(order_words).where(order_words.c.order == order).order_by(order_words.c.id)
        return self._all(OrderWordRow, query)

    def last_words(self, ids: Iterable[bytes]) -> dict[bytes, bool]:
        """Whether the last word about each of these orders is ours; an order without any is missing."""
        newest = (
            select(func.max(order_words.c.id))
            .where(order_words.c.order.in_(list(ids)))
            .group_by(order_words.c.order)
        )
        rows = self._connection.execute(select(order_words).where(order_words.c.id.in_(newest)))
        return {bytes(row.order): bool(row.ours) for row in rows}

    def files(self, order: bytes) -> tuple[OrderFileRow, ...]:
        """The files of an answer, in order."""
        query = select(order_files).where(order_files.c.order == order).order_by(order_files.c.number)
        return self._all(OrderFileRow, query)

    def add(self, row: object) -> None:
        """One more row of any of these tables."""
        table = _TABLES[type(row)]
        self._connection.execute(insert(table), columns_of(row))

    def _set(self, table: Table, where: Any, **values: object) -> None:
        self._connection.execute(update(table).where(where).values(**values))

    def _one(self, kind: type[_Row], query: Any) -> _Row | None:
        row = self._connection.execute(query).first()
        return None if row is None else record_of(kind, row)

    def _all(self, kind: type[_Row], query: Any) -> tuple[_Row, ...]:
        return tuple(record_of(kind, row) for row in self._connection.execute(query))


_TABLES: dict[type, Table] = {
    ProviderRow: providers,
    ProviderPersonRow: provider_people,
    ProviderKeyRow: provider_keys,
    ProviderCodeRow: provider_codes,
    ProviderSessionRow: provider_sessions,
    OrderRow: orders,
    OrderWordRow: order_words,
    OrderFileRow: order_files,
}
