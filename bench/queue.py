"""What a look at the queue costs with 100 exchanges and with 100,000: every view with its counts, and the search box.

Both nodes of an engine are filled through the store's own rows, with lines as exchanges make them, spread over stages, owners, States and
clocks. Then they take turns, question by question, so that whatever else the machine does troubles both alike; compared is the 95th
percentile over all questions. Everything is counted that the server does for the answer, up to the rows as objects.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack
from statistics import quantiles
from typing import TYPE_CHECKING

from tools.postgresql import NoServer, cluster

from bench import pair
from bench.report import Bar, Row
from longbien.node import queueing
from longbien.node.queue import VIEWS, Reader, Wish, counts, page
from longbien.store.queue_rows import QueueRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longbien.node import Node

BAR = Bar(value=1.3, at_least=False)
ROUNDS = 8
STEP = 1000
HOUR = 3_600_000
STATES = ("RU", "XA", "XB", "XC", "XD", "XE", "XF", "XG")
STAGES = ("received", "acknowledged", "checking", "preserved", "answered", "closed")
PLACES = ("hospital", "school", "bank", "harbour", "ministry", "university", "mill", "airline")
OWNERS = tuple(bytes([number]) * 16 for number in range(1, 13))
SEARCHES = (
    "hospital",
    "state:XA type:preservation",
    "stage:checking bank",
    "VN-2026-000042",
    "pres",
    "harbour servers state:XC",
)

_VIEWS = tuple(Wish(view=view) for view in VIEWS)
_SEARCHES = tuple(Wish(search=search) for search in SEARCHES)


def rows(sizes: Sequence[int]) -> list[Row]:
    """Two rows for each engine, the larger queue beside the smaller: the views, which have a bar, and the search, which has none yet."""
    found = _rows("SQLite", sizes, ("", ""))
    try:
        with cluster() as running:
            urls = tuple(running.database(f"queue_{number}") for number in range(2))
            found += _rows("PostgreSQL", sizes, urls)
    except NoServer as missing:
        found.append(Row(name="queue on PostgreSQL", value=None, unit="ms", bar=BAR, note=str(missing)))
    return found


def _rows(engine: str, sizes: Sequence[int], urls: Sequence[str]) -> list[Row]:
    with ExitStack() as stack:
        nodes = []
        for size, url in zip(sizes, urls, strict=True):
            # The second node of the pair stays as it is; its own store is a file.
            sides = stack.enter_context(pair.founded({"VN": url} if url else {}))
            nodes.append(stack.enter_context(pair.opened(sides["VN"])))
            _fill(nodes[-1], size)
        return [
            _row(f"the queue with {sizes[1]:,} exchanges, {engine}", _turns(nodes, _VIEWS), sizes, BAR),
            _row(f"its search, {engine}", _turns(nodes, _SEARCHES), sizes, None),
        ]


def _row(name: str, times: tuple[list[float], list[float]], sizes: Sequence[int], bar: Bar | None) -> Row:
    low, high = (quantiles(spent, n=20)[-1] for spent in times)
    return Row(
        name=f"p95 of {name}",
        value=high * 1000,
        unit="ms",
        against=f"{sizes[0]:,} exchanges: {low * 1000:.2f} ms",
        ratio=high / low,
        bar=bar,
    )


def _turns(nodes: Sequence[Node], wishes: Sequence[Wish]) -> tuple[list[float], list[float]]:
    """Seconds of each question, by node."""
    reader = Reader(person=OWNERS[0], office="p247")
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for wish in wishes:
            for node, spent in zip(nodes, times, strict=True):
                began = time.perf_counter()
                found = page(node, reader, wish)
                if not wish.search:
                    counts(node, reader)
                seconds = time.perf_counter() - began
                assert found.items or wish.view != "everything"
                if number:
                    spent.append(seconds)
    return times


def _fill(node: Node, count: int) -> None:
    chance = random.Random(7)
    now = node.world.now()
    for start in range(0, count, STEP):
        lines = [_line(chance, number, now) for number in range(start + 1, min(start + STEP, count) + 1)]
        with node.store.transaction() as tx:
            tx.queue.save(new=lines, changed=[])
            tx.queue.set_words({line.number: queueing.words(line) for line in lines})


def _line(chance: random.Random, number: int, now: int) -> QueueRow:
    stage = chance.choice(STAGES)
    done = stage == "closed"
    due = None if done else now + chance.randrange(-48, 24 * 90) * HOUR
    ours = not done and chance.random() < 0.5
    changed = now - chance.randrange(24 * 300) * HOUR
    return QueueRow(
        exchange=os.urandom(16),
        number=number,
        procedure=chance.choice(("preservation", "mla-evidence", "stored-data-access")),
        version=1,
        opener="VN" if ours else "RU",
        others=chance.choice(STATES),
        stage=stage,
        turn="nobody" if done else "ours" if ours else "theirs",
        subject=f"Files on {number} servers of a provincial {chance.choice(PLACES)} were encrypted",
        our_reference=f"VN-2026-{number:06d}",
        their_reference=f"XX-{chance.randrange(10**6):06d}",
        urgency="urgent",
        trouble=None,
        due_clock=None if done else "ACK",
        due_at=due,
        statutory=False,
        opened_at=changed,
        changed_at=changed,
        acknowledge_key=due if stage == "received" and ours else None,
        ours_key=due if ours else None,
        theirs_key=None if ours or done else due,
        expires_key=due if stage == "preserved" else None,
        sent_key=now - chance.randrange(24 * 20 * 60) * 60_000,
        open_key=due,
        owner=chance.choice(OWNERS),
        snoozed_until=None,
    )
