"""The duty desk: four numbers, what calls people now, who is on duty, the next clocks, peers that cannot be reached. And how much of it changed
since the page was made.

What it knows: counts and clocks of the reader's office. What it must never do: decide what is urgent; the clocks do.
"""

from longbien.node import duty, handover, queue
from longbien.node.roles import SIGNING
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console
from longbien.web.lines import lines, reader
from longbien.web.screens.shift import open_pages

NEXT_CLOCKS = 10


def watch(console: Console, asked: Asked) -> Reply:
    """The page on which a duty begins."""
    who = reader(asked)
    counts = queue.counts(console.node, who)
    next_ones = queue.page(console.node, who, queue.Wish(view="due", limit=NEXT_CLOCKS))
    with console.node.store.transaction() as tx:
        down = [row for row in tx.peers.all() if row.tries]
        waiting = tx.outbox.count()
        names = {item.person: item.name for item in tx.desk.officers()}
    values = {
        "counts": counts,
        "lines": lines(console, asked, next_ones.items),
        "down": down,
        "waiting": waiting,
        "duty": duty.watch(console.node, asked.officer.office),
        "last": next(iter(handover.handed_over(console.node, asked.officer.office, limit=1)), None),
        "names": names,
        "open_pages": open_pages(console, asked),
        "may_answer": bool(SIGNING.intersection(asked.officer.roles)),
        "stamp": _stamp(console, asked),
        "scripts": ("v/htmx.min.js", "v/hx-csp.min.js"),
    }
    return Reply(page="watch.html", values=values)


def fresh(console: Console, asked: Asked) -> Reply:
    """Nothing (204) while nothing changed since the page was made, or else a line that says so."""
    if _stamp(console, asked) == asked.wish("stamp"):
        return Reply(status=204)
    return Reply(page="fresh.html", values={"back": asked.wish("back", "/watch")})


def _stamp(console: Console, asked: Asked) -> str:
    """What stands for the newest change that this reader would see."""
    newest = queue.page(console.node, reader(asked), queue.Wish(limit=1)).items
    counts = queue.counts(console.node, reader(asked))
    first = f"{newest[0].line.exchange.hex()}-{newest[0].line.changed_at}" if newest else ""
    return f"{first}-{counts['acknowledge']}-{counts[queue.APPROVAL]}"
