"""The queue: views as tabs with counts, one search box, a page at a time, and the same as a table for other programs.

What it knows: views and cursors of `node.queue`. What it must never know: why a line stands in a view.
"""

import csv
import io
from urllib.parse import urlencode

from longbien.node import queue as queues
from longbien.web.asked import Asked, NotThere, Reply
from longbien.web.console import Console
from longbien.web.lines import lines, reader
from longbien.web.times import machine
from longbien.wire.cbor import Malformed

PAGE = 50
CSV_MAX = 200


def queue(console: Console, asked: Asked) -> Reply:
    """One page of a view."""
    view, search = asked.wish("view", queues.VIEWS[0]), asked.wish("q")
    page = _page(console, asked, view, search, PAGE)
    further = {"view": view, "q": search, "cursor": page.cursor}
    values = {
        "view": view,
        "views": queues.VIEWS,
        "counts": queues.counts(console.node, reader(asked)),
        "count_max": queues.COUNT_MAX,
        "search": search,
        "lines": lines(console, asked, page.items),
        "further": f"/queue?{urlencode(further)}" if page.cursor else "",
        "as_csv": f"/queue.csv?{urlencode({'view': view, 'q': search})}",
        "scripts": ("v/htmx.min.js", "v/hx-csp.min.js"),
    }
    return Reply(page="queue.html", values=values)


def as_csv(console: Console, asked: Asked) -> Reply:
    """The first lines of a view as CSV. No cell begins as a formula of a spreadsheet would."""
    view, search = asked.wish("view", queues.VIEWS[0]), asked.wish("q")
    page = _page(console, asked, view, search, CSV_MAX)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        (
            "exchange",
            "our_reference",
            "their_reference",
            "procedure",
            "parties",
            "stage",
            "turn",
            "due_at",
            "clock",
        )
    )
    for found in lines(console, asked, page.items):
        line = found.item.line
        due = "" if line.due_at is None else machine(line.due_at)
        cells = (
            line.exchange.hex(),
            found.item.reference,
            line.their_reference,
            line.procedure,
            line.others,
            line.stage,
            line.turn,
            due,
            line.due_clock or "",
        )
        writer.writerow([_harmless(cell) for cell in cells])
    return Reply(raw=out.getvalue().encode(), media="text/csv", name="queue.csv")


def _page(console: Console, asked: Asked, view: str, search: str, limit: int) -> queues.Page:
    wish = queues.Wish(view=view, search=search, limit=limit, cursor=asked.wish("cursor"))
    try:
        return queues.page(console.node, reader(asked), wish)
    except Malformed as fault:
        raise NotThere from fault


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
