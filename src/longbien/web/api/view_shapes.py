"""The shapes of the views that people keep.

What it knows: names, types, bounds. What it must never hold: a decision.
"""

from typing import Annotated, Literal

from msgspec import Meta

from longbien.node.queue import APPROVAL, VIEWS
from longbien.node.views import COLUMNS, NAME_MAX, SEARCH_MAX, STANDARD
from longbien.web.api.shapes import Given, Id, Order, Taken

_NARROWED = tuple(view for view in VIEWS if view != APPROVAL)
Column = Literal[COLUMNS]  # type: ignore[valid-type]  # the columns stand in one place
Narrowed = Literal[_NARROWED]  # type: ignore[valid-type]  # and the views


class SavedView(Given, frozen=True, kw_only=True):
    """A view that the office keeps; with `more`, it has `count` lines and more."""

    saved: Id
    name: str
    view: str
    q: str
    columns: tuple[str, ...]
    order: str
    count: int
    more: bool


class SavedViews(Given, frozen=True, kw_only=True):
    """The views of the token's office, by name."""

    items: tuple[SavedView, ...]


class ViewWanted(Taken, frozen=True, kw_only=True):
    """A view to be kept for the token's office, in the place of one of the same name."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
    view: Narrowed = "everything"
    q: Annotated[str, Meta(max_length=SEARCH_MAX)] = ""
    columns: Annotated[tuple[Column, ...], Meta(max_length=len(COLUMNS))] = STANDARD
    order: Order = "view"
