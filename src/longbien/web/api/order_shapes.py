"""The shapes of orders to providers in the API.

What it knows: names, types, bounds. What it must never hold: a decision.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from longbien.node import orders
from longbien.web.api.shapes import Given, Hex, Id, Moment, Taken

Kind = Literal[orders.KINDS]  # type: ignore[valid-type]  # the kinds stand in one place


class Provider(Given, frozen=True, kw_only=True):
    """A firm of this State, with how many people answer for it."""

    provider: Id
    name: str
    people: int


class ProviderList(Given, frozen=True, kw_only=True):
    """Every provider, by name."""

    items: tuple[Provider, ...]


class OrderWord(Given, frozen=True, kw_only=True):
    """A question or an answer; `ours` where this State said it."""

    ours: bool
    text: str
    at: datetime


class OrderFile(Given, frozen=True, kw_only=True):
    """A file of an answer. Officers open it in the console."""

    name: str
    size: int
    sha256: Hex


class Order(Given, frozen=True, kw_only=True):
    """An order. `challenge` is what the second officer signs with a passkey; `code` is what is read out over the telephone, "" before that."""

    order: Id
    provider: Id
    office: str
    exchange: Id | None
    reference: str
    kind: Kind
    basis: str
    text: str
    stage: Literal["draft", "issued", "answered", "closed"]
    due_at: datetime
    made_at: datetime
    issued_at: datetime | None
    seen_at: datetime | None
    heard_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    code: str
    challenge: str
    answer: str
    why: str
    words: tuple[OrderWord, ...]
    files: tuple[OrderFile, ...]


class OrderList(Given, frozen=True, kw_only=True):
    """Orders, the youngest first."""

    items: tuple[Order, ...]


class OrderWanted(Taken, frozen=True, kw_only=True):
    """An order as an officer writes it; `exchange` is the request that it serves, which the provider never sees."""

    provider: Id
    kind: Kind
    reference: Annotated[str, Meta(min_length=1, max_length=orders.REFERENCE_MAX)]
    basis: Annotated[str, Meta(min_length=1, max_length=orders.WORDS_MAX)]
    text: Annotated[str, Meta(min_length=1, max_length=orders.TEXT_MAX)]
    due_at: Moment
    office: Annotated[str, Meta(min_length=1, max_length=64)]
    exchange: Id | None = None


class OrderSaid(Taken, frozen=True, kw_only=True):
    """A word to the provider, or why an order is closed."""

    text: Annotated[str, Meta(min_length=1, max_length=orders.WORDS_MAX)]
