"""What a look at the queue costs with 100 exchanges and with 100,000: every view with its counts, and the search box.

Both nodes of an engine are filled through the store's own rows, with lines as exchanges make them, spread over stages, owners, States and
clocks. Then they take turns, question by question, so that whatever else the machine does troubles both alike; compared is the 95th
percentile over all questions. Everything is counted that the server does for the answer, up to the rows as objects; for the screen, up to
the bytes of the page. Ratios are of processor time, that of the database's own process included, because another program that
wants the processor changes it least; the time of a screen is what an officer waits for, on the clock.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from tools.postgresql import Cluster, NoServer, cluster

from bench import pair
from bench.report import Bar, Row
from longbien.node import queueing
from longbien.node.queue import VIEWS, Reader, Wish, counts, page
from longbien.store.queue_rows import QueueRow
from longbien.web import render
from longbien.web.asked import Asked
from longbien.web.console import Console, Setting
from longbien.web.door import Came, Door
from longbien.web.policy import Level
from longbien.web.table import ROUTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longbien.node import Node

BAR = Bar(value=1.3, at_least=False)
# What an officer may wait for the server, in ms, on a machine that does nothing else.
SCREEN_MS = 150
ORIGIN = "https://node.example"
ROUNDS = 20
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """An open node that holds the lines of one size; `person` works there, `serving` are the processes of its database."""

    node: Node
    person: bytes
    serving: tuple[Path, ...]

    def spent(self) -> float:
        """Seconds of processor time that this process and the database's have used so far (the kernel counts ns)."""
        return time.process_time() + sum(int(place.read_text().split()[0]) for place in self.serving) / 1e9


def rows(sizes: Sequence[int]) -> list[Row]:
    """For each engine, the larger queue beside the smaller: the views, the search, which has no bar yet, and the whole screen."""
    found = _rows("SQLite", sizes, None)
    try:
        with cluster() as running:
            found += _rows("PostgreSQL", sizes, running)
    except NoServer as missing:
        found.append(Row(name="queue on PostgreSQL", value=None, unit="ms", bar=BAR, note=str(missing)))
    return found


def _rows(engine: str, sizes: Sequence[int], running: Cluster | None) -> list[Row]:
    with ExitStack() as stack:
        filled = []
        for number, size in enumerate(sizes):
            name = f"queue_{number}"
            # The second node of the pair stays as it is; its own store is a file.
            urls = {} if running is None else {"VN": running.database(name)}
            side = stack.enter_context(pair.founded(urls))["VN"]
            node = stack.enter_context(pair.opened(side))
            _fill(node, size)
            serving = () if running is None else _serving(name)
            filled.append(_Filled(node=node, person=side.sender.people[0], serving=serving))
        small, large = sizes
        views = _turns(filled, _VIEWS)
        searches = _turns(filled, _SEARCHES)
        return [
            _row(f"p95 of the queue with {large:,} exchanges, {engine}", views, small, BAR),
            _row(f"p95 of its search, {engine}", searches, small, None),
            _screen(f"p95 of its screen for an officer, {engine}", filled[-1]),
        ]


def _serving(database: str) -> tuple[Path, ...]:
    """Where the kernel tells what the server's processes for this database have used (proc(5), schedstat)."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f" {database} [local]" in (place / "cmdline").read_text():
                found.append(place / "schedstat")
        except OSError:
            # It has ended meanwhile.
            continue
    return tuple(found)


def _row(name: str, times: tuple[list[float], list[float]], small: int, bar: Bar | None) -> Row:
    low, high = map(_p95, times)
    return Row(
        name=name,
        value=high * 1000,
        unit="ms CPU",
        against=f"{small:,} exchanges: {low * 1000:.2f} ms CPU",
        ratio=high / low,
        bar=bar,
    )


def _p95(spent: Sequence[float]) -> float:
    return quantiles(spent, n=20)[-1]


def _turns(filled: Sequence[_Filled], wishes: Sequence[Wish]) -> tuple[list[float], list[float]]:
    """Processor seconds of each question, by node."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for wish in wishes:
            for one, spent in zip(filled, times, strict=True):
                began = one.spent()
                _look(one, wish)
                seconds = one.spent() - began
                if number:
                    spent.append(seconds)
    return times


def _look(one: _Filled, wish: Wish) -> None:
    reader = Reader(person=OWNERS[0], office="p247")
    found = page(one.node, reader, wish)
    if not wish.search:
        counts(one.node, reader)
    assert found.items or wish.view != "everything"


def _screen(name: str, one: _Filled) -> Row:
    """From the request to the bytes of the page, as the console answers it, on the clock."""
    console = Console(one.node, Setting(origin=ORIGIN, relying_party="localhost", mode="demo"))
    came = Came(origin="", site="same-origin", cookie=console.sessions.begin(one.person, level=Level.PASSKEY))
    (route,) = (route for route in ROUTES if route.name == "queue")
    door, spent = Door(console), []
    for number in range(ROUNDS + 1):
        for wish in _VIEWS:
            query = (("view", wish.view),)
            asked = Asked(method="GET", path=route.path, params={}, query=query)
            began = time.perf_counter()
            told, reply = door.answer(route, asked, came)
            assert reply.page == "queue.html"
            render.page(console, told, reply, "nonce").encode()
            if number:
                spent.append(time.perf_counter() - began)
    high = _p95(spent) * 1000
    return Row(
        name=name,
        value=high,
        unit="ms",
        against=f"{SCREEN_MS} ms",
        ratio=high / SCREEN_MS,
        bar=Bar(value=1.0, at_least=False),
    )


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
