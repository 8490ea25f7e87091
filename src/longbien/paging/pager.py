"""The pager of a running node: what is due is called over every channel, and somebody outside hears a heartbeat.

What it knows: drivers and the doors of `node.pages`. What it must never do: let one channel wait for another. Each has a loop of its own; a
channel that hangs is given up after a while and tried again, and what it could not send stays in the store with the reason.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from longbien.law.instants import DAY
from longbien.node import Node, pages
from longbien.node.pages import Due
from longbien.node.raising import HEALTH
from longbien.node.reach import Network
from longbien.paging.driver import DEADLINE_SECONDS, Driver, NotSent, sent_in_time, trust
from longbien.paging.posting import Way, post
from longbien.paging.texts import Sender, message

PAUSE_SECONDS: Final = 1.0
# Clocks and links change slowly, and to look at them costs more than to look at pages.
LOOK_EVERY: Final = 15

_T = TypeVar("_T")
Health = Callable[[], Sequence[str]]
"""Codes of what is wrong with the node now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Who hears that the node is alive, how often (s), whom that server is believed by beyond the machine's authorities, and the networks
    `inside` which it may lie.
    """

    url: str
    every: float
    authority: Path | None = None
    inside: Sequence[Network] = ()


class Pager:
    """Calls people until it is cancelled."""

    def __init__(
        self,
        node: Node,
        drivers: Sequence[Driver],
        sender: Sender,
        workers: ThreadPoolExecutor,
        *,
        heartbeat: Heartbeat | None = None,
        health: Health = tuple,
        deadline: float = DEADLINE_SECONDS,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._node = node
        self._drivers = drivers
        self._sender = sender
        self._workers = workers
        self._heartbeat = heartbeat
        self._health = health
        self._deadline = deadline
        self._pause = pause
        self._ticks = 0

    async def run(self) -> None:
        """Every part until the first fails; a store that failed stops the node (P13)."""
        parts = [self._tick(), *(self._channel(driver) for driver in self._drivers)]
        if self._heartbeat is not None and self._heartbeat.url:
            parts.append(self._beat(self._heartbeat))
        await asyncio.gather(*parts)

    async def _tick(self) -> None:
        names = [driver.name for driver in self._drivers]
        while True:
            look = self._ticks % LOOK_EVERY == 0
            if look:
                await self._do(self._examine)
            await self._do(partial(pages.tick, self._node, names, look=look))
            self._ticks += 1
            await asyncio.sleep(self._pause)

    def _examine(self) -> None:
        """What is wrong is one page a day, however often it is found."""
        day = self._node.world.now() // DAY
        for code in self._health():
            pages.raise_page(self._node, HEALTH, f"{code} {day}")

    async def _channel(self, driver: Driver) -> None:
        while True:
            due = await self._do(lambda: pages.due_calls(self._node, driver.name))
            await asyncio.gather(*(self._send(driver, item) for item in due))
            await asyncio.sleep(self._pause)

    async def _send(self, driver: Driver, due: Due) -> None:
        now = self._node.world.now()
        try:
            await sent_in_time(driver, message(due, self._sender, now), self._deadline)
        except NotSent as failed:
            code = failed.code
            await self._do(lambda: pages.not_sent(self._node, due.call, code))
        else:
            await self._do(lambda: pages.sent(self._node, due.call))

    async def _beat(self, heartbeat: Heartbeat) -> None:
        """Only a node whose pager goes round is alive: nothing is said when no tick has been since the last time."""
        way = Way(context=trust(heartbeat.authority), inside=heartbeat.inside)
        said = -1
        while True:
            if self._ticks != said:
                said = self._ticks
                body = json.dumps({"type": "alive", "node": self._node.party, "mode": self._sender.mode})
                try:
                    async with asyncio.timeout(self._deadline):
                        await post(heartbeat.url, body.encode(), {}, way)
                except (NotSent, TimeoutError):
                    # Whoever listens hears the silence; that is what a heartbeat is for.
                    pass
            await asyncio.sleep(heartbeat.every)

    async def _do(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)
