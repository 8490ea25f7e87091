"""The queue: views as tabs with counts, those that people keep among them, one search box, a page at a time, and the same as a table.

What it knows: views and cursors of `node.queue`. What it must never know: why a line stands in a view.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

from longbien.node import queue as queues
from longbien.node import views
from longbien.node.ports import Denied
from longbien.node.views import SavedView
from longbien.web.asked import Asked, NotThere, Reply, go, hex_bytes, refused
from longbien.web.console import Console
from longbien.web.lines import Line, lines, reader
from longbien.web.policy import WRITING
from longbien.web.screens.many import colleagues
from longbien.web.screens.matter import REST_MS
from longbien.web.times import machine
from longbien.wire.cbor import Malformed

PAGE = 50
CSV_PAGE, CSV_PAGES = 200, 10


def queue(console: Console, asked: Asked) -> Reply:
    """One page of a view."""
    who, shown = reader(asked), look(console, asked)
    page = read(console, asked, shown, PAGE, asked.wish("cursor"))
    kept = [(view, *queues.count(console.node, who, view.wish)) for view in views.saved(console.node, who)]
    here = _address(shown)
    several = len(console.node.directory.own.descriptor.offices) > 1
    values = {
        "shown": shown,
        "view": shown.view,
        "views": queues.VIEWS,
        "counts": queues.counts(console.node, who),
        "count_max": queues.COUNT_MAX,
        "kept": kept,
        "orders": queues.ORDERS,
        "columns": [name for name in views.COLUMNS if several or name != "office"],
        "offices": {office.id: office.name for office in console.node.directory.own.descriptor.offices},
        "search": shown.search,
        "lines": lines(console, asked, page.items),
        "further": f"/queue?{urlencode({**here, 'cursor': page.cursor})}" if page.cursor else "",
        "as_csv": f"/queue.csv?{urlencode(here)}",
        "narrowed": not shown.id
        and (shown.search or shown.order != "view" or shown.columns != views.STANDARD),
        "colleagues": colleagues(console, asked),
        "spans": tuple(REST_MS),
        "may_note": bool(WRITING.intersection(asked.officer.roles)) and shown.view != queues.APPROVAL,
        "back": f"/queue?{urlencode(here)}",
        "scripts": ("v/htmx.min.js", "v/hx-csp.min.js"),
    }
    return Reply(page="queue.html", values=values)


def as_csv(console: Console, asked: Asked) -> Reply:
    """The first lines of a view as CSV. No cell begins as a formula of a spreadsheet would."""
    out = io.StringIO()
    writer = csv.writer(out)
    rows = _cells(console, asked)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return Reply(raw=out.getvalue().encode(), media="text/csv", name="queue.csv")


def keep_view(console: Console, asked: Asked) -> Reply:
    """What is shown is kept as a view under a name."""
    wanted = SavedView(
        name=asked.written("name").strip(),
        shared=asked.written("shared") == "yes",
        view=asked.written("view"),
        search=asked.written("q").strip(),
        columns=("reference", *asked.all_written("columns")),
        order=asked.written("order"),
    )
    made = views.keep(console.node, reader(asked), wanted)
    if isinstance(made, Denied):
        return refused(made.code, asked, made.detail)
    return go(f"/queue?saved={made.id.hex()}")


def drop_view(console: Console, asked: Asked) -> Reply:
    """A view is kept no more."""
    if not views.drop(console.node, reader(asked), hex_bytes(asked.params["view"], 16)):
        raise NotThere
    return go("/queue")


def look(console: Console, asked: Asked) -> SavedView:
    """What an address asks to be shown: a view that is kept, or one that the address spells out."""
    named = asked.wish("saved")
    if named:
        view = views.found(console.node, reader(asked), hex_bytes(named, 16))
        if view is None:
            raise NotThere
        return view
    ticked = [name for key, value in asked.query if key == "columns" for name in value.split()]
    wanted = ticked or views.STANDARD
    return SavedView(
        name="",
        view=asked.wish("view", queues.VIEWS[0]),
        search=asked.wish("q"),
        order=asked.wish("order", "view"),
        columns=tuple(name for name in views.COLUMNS if name in {"reference", *wanted}),
    )


def read(console: Console, asked: Asked, shown: SavedView, limit: int, cursor: str) -> queues.Page:
    """A page of it; what nobody can show is not there."""
    wish = queues.Wish(view=shown.view, search=shown.search, order=shown.order, limit=limit, cursor=cursor)
    try:
        return queues.page(console.node, reader(asked), wish)
    except Malformed as fault:
        raise NotThere from fault


def _address(shown: SavedView) -> dict[str, str]:
    """The query that shows it again."""
    if shown.id:
        return {"saved": shown.id.hex()}
    found = {"view": shown.view, "q": shown.search}
    if shown.order != "view":
        found["order"] = shown.order
    if shown.columns != views.STANDARD:
        found["columns"] = " ".join(shown.columns)
    return found


_CSV: Final[Mapping[str, Callable[[Line], str]]] = {
    "exchange": lambda found: found.item.line.exchange.hex(),
    "our_reference": lambda found: found.item.reference,
    "their_reference": lambda found: found.item.line.their_reference,
    "procedure": lambda found: found.item.line.procedure,
    "parties": lambda found: found.item.line.others,
    "stage": lambda found: found.item.line.stage,
    "turn": lambda found: found.item.line.turn,
    "due_at": lambda found: "" if found.item.line.due_at is None else machine(found.item.line.due_at),
    "clock": lambda found: found.item.line.due_clock or "",
    "owner": lambda found: found.owner,
    "offices": lambda found: " ".join(found.offices),
    "tags": lambda found: ", ".join(found.item.tags),
    "subject": lambda found: found.item.line.subject,
    "opened_at": lambda found: machine(found.item.line.opened_at),
    "changed_at": lambda found: machine(found.item.line.changed_at),
}


def _cells(console: Console, asked: Asked) -> Iterator[list[str]]:
    """A row of names, and one for each line."""
    yield list(_CSV)
    shown, cursor = look(console, asked), asked.wish("cursor")
    for _ in range(CSV_PAGES):
        page = read(console, asked, shown, CSV_PAGE, cursor)
        for found in lines(console, asked, page.items):
            yield _row(found)
        cursor = page.cursor
        if not cursor:
            break


def _row(found: Line) -> list[str]:
    return [cell(found) for cell in _CSV.values()]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
