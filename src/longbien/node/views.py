"""Views that people keep: a built-in one, narrowed by what stands in the search box, with columns and an order; for oneself or for the office.

What it knows: names, filters, columns. What it must never know: screens; console and API ask here. A view is a way of looking and gives no
right to see anything: the queue asks who looks.
"""

from dataclasses import dataclass

from longbien.node.node import Node
from longbien.node.ports import Denied
from longbien.node.queue import APPROVAL, ORDERS, VIEWS, Reader, Wish
from longbien.store.view_rows import ViewRow

NAME_MAX, SEARCH_MAX, VIEWS_MAX = 60, 500, 12
# What a line can show, in the order in which it does; the first six are shown where nobody chose.
COLUMNS = (
    "clock",
    "reference",
    "what",
    "state",
    "stage",
    "owner",
    "office",
    "subject",
    "opened",
    "changed",
)
STANDARD = COLUMNS[:6]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view that somebody keeps. `shared`: everybody in the office sees it."""

    name: str
    shared: bool = False
    view: str = "everything"
    search: str = ""
    columns: tuple[str, ...] = STANDARD
    order: str = "view"
    id: bytes = b""

    @property
    def wish(self) -> Wish:
        """What it asks of the queue."""
        return Wish(view=self.view, search=self.search, order=self.order)


def saved(node: Node, reader: Reader) -> tuple[SavedView, ...]:
    """What a reader sees, by name: the own views and those of the office; a program has those of its office only."""
    with node.store.transaction() as tx:
        return tuple(map(_view, tx.views.of(reader.person, reader.office)))


def found(node: Node, reader: Reader, identifier: bytes) -> SavedView | None:
    """One of them."""
    return next((view for view in saved(node, reader) if view.id == identifier), None)


def keep(node: Node, reader: Reader, wanted: SavedView) -> SavedView | Denied:
    """The view is kept from now on, in the place of one of the same name. Codes: VIEW_INVALID, VIEWS_TOO_MANY."""
    if not reader.person and not wanted.shared:
        return Denied(code="VIEW_INVALID", detail="a program keeps views for an office")
    wrong = _wrong(wanted)
    if wrong:
        return Denied(code="VIEW_INVALID", detail=wrong)
    alike = [view for view in saved(node, reader) if view.shared is wanted.shared]
    same = next((view for view in alike if view.name == wanted.name), None)
    if same is None and len(alike) >= VIEWS_MAX:
        return Denied(code="VIEWS_TOO_MANY", detail=f"at most {VIEWS_MAX}")
    row = ViewRow(
        id=node.world.entropy(16) if same is None else same.id,
        person=reader.person,
        office=reader.office,
        shared=wanted.shared,
        name=wanted.name,
        view=wanted.view,
        search=wanted.search,
        columns=" ".join(column for column in COLUMNS if column in wanted.columns),
        order=wanted.order,
        changed_at=node.world.now(),
    )
    with node.store.transaction() as tx:
        tx.views.keep(row)
    return _view(row)


def drop(node: Node, reader: Reader, identifier: bytes) -> bool:
    """It is kept no more; false where the reader sees none like it. What belongs to the office, anybody in it may drop."""
    view = found(node, reader, identifier)
    if view is None:
        return False
    with node.store.transaction() as tx:
        tx.views.drop(identifier)
    return True


def _wrong(wanted: SavedView) -> str:
    """What cannot be kept, "" where all can."""
    if not 0 < len(wanted.name) <= NAME_MAX or not _plain(wanted.name):
        return f"a name of 1 to {NAME_MAX} characters in one line"
    if len(wanted.search) > SEARCH_MAX or not all(letter.isprintable() for letter in wanted.search):
        return f"a search of at most {SEARCH_MAX} characters in one line"
    if wanted.view not in VIEWS or wanted.view == APPROVAL:
        return "view"
    if wanted.order not in ORDERS:
        return "order"
    if "reference" not in wanted.columns or not set(wanted.columns) <= set(COLUMNS):
        return "columns, the reference among them"
    return ""


def _plain(text: str) -> bool:
    return text == text.strip() and all(letter.isprintable() for letter in text)


def _view(row: ViewRow) -> SavedView:
    return SavedView(
        id=row.id,
        name=row.name,
        shared=row.shared,
        view=row.view,
        search=row.search,
        columns=tuple(row.columns.split()),
        order=row.order,
    )
