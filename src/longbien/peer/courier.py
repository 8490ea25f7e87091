"""The courier: empties the outbox over HTTPS, lane by lane, as long as the node runs.

What it knows: connections and when to try again. What it must never know: what it carries. Each (peer, lane) has one request
without an answer at the most, so order is kept; urgent lanes have connections of their own, so nothing large can hold them up. What
fails is written to the outbox with its reason, and the next try is decided there.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import aiohttp

from longbien.node import Consignment, Node
from longbien.peer.server import MEDIA_TYPE, PATH
from longbien.peer.tls import client_context

T = TypeVar("T")

# Seconds: to connect, and for the whole of one request.
CONNECT_SECONDS = 10.0
REQUEST_SECONDS = 120.0
# How long the courier sleeps when nothing wakes it: the granularity of retries and clocks.
IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.005


class Courier:
    """Runs until cancelled. `wake` may be called from any thread when something was queued."""

    def __init__(self, node: Node, workers: ThreadPoolExecutor) -> None:
        self._node = node
        self._workers = workers
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._under_way: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._sessions: dict[tuple[str, bytes], aiohttp.ClientSession] = {}

    def wake(self) -> None:
        """Something may be waiting."""
        self._loop.call_soon_threadsafe(self._news.set)

    async def run(self) -> None:
        """Carries until cancelled; raises what must stop the node."""
        try:
            while True:
                self._news.clear()
                for peer, lane, at in await self._call(self._node.delivery.lanes):
                    if (peer, lane) not in self._under_way and at <= self._node.world.now():
                        self._under_way[peer, lane] = asyncio.create_task(self._carry(peer, lane))
                await self._rest()
                # Commits come in swarms; one look at the outbox serves them all.
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            for task in self._under_way.values():
                task.cancel()
            for session in self._sessions.values():
                await session.close()

    async def _rest(self) -> None:
        """Until there is news, a task ends, or the idle time is over; a task that failed stops the courier."""
        news = asyncio.create_task(self._news.wait())
        await asyncio.wait(
            [news, *self._under_way.values()], timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        news.cancel()
        for key, task in list(self._under_way.items()):
            if task.done():
                del self._under_way[key]
                task.result()

    async def _carry(self, peer: str, lane: int) -> None:
        """Request after request, until the lane has nothing that may go now.

        While one is under way the next is made ready, and while its answer is settled the next is under way, so that both nodes
        have something to do. It leaves no sooner than that answer has come: what stands behind may rest on what stands before.
        """
        delivery = self._node.delivery
        sent = await self._call(partial(delivery.collect, peer, lane))
        under_way = self._leave(sent)
        try:
            while sent is not None and under_way is not None:
                following = await self._call(partial(delivery.collect, peer, lane, behind=sent))
                answer = await under_way
                if isinstance(answer, str):
                    await self._call(partial(delivery.failed, sent, answer))
                    return
                under_way = self._leave(following)
                delivered = await self._call(partial(delivery.settle, sent, answer))
                if following is None and delivered.receipted:
                    following = await self._call(partial(delivery.collect, peer, lane))
                    under_way = self._leave(following)
                sent = following
        finally:
            if under_way is not None:
                under_way.cancel()

    def _leave(self, sent: Consignment | None) -> "asyncio.Task[bytes | str] | None":
        return None if sent is None else asyncio.create_task(self._post(sent))

    async def _post(self, sent: Consignment) -> bytes | str:
        """The answer, or the code of what went wrong."""
        descriptor = self._node.directory.descriptor(sent.peer)
        code = "PEER_NO_ENDPOINT"
        for endpoint in descriptor.endpoints:
            try:
                async with self._session(sent.peer).post(
                    endpoint.rstrip("/") + PATH, data=sent.body, headers={"Content-Type": MEDIA_TYPE}
                ) as reply:
                    if reply.status == 200:
                        return await reply.read()
                    code = await _code(reply)
            except TimeoutError:
                code = "PEER_TIMEOUT"
            except aiohttp.ClientConnectorCertificateError:
                code = "PEER_CERTIFICATE"
            except aiohttp.ClientConnectorSSLError:
                code = "PEER_TLS"
            except aiohttp.ClientError:
                code = "PEER_UNREACHABLE"
        return code

    def _session(self, peer: str) -> aiohttp.ClientSession:
        """One pool of connections for each peer and version of its papers."""
        held = self._node.directory.peer(peer)
        assert held is not None, "the outbox holds rows for pinned peers only"
        key = (peer, held.digest)
        if key not in self._sessions:
            self._sessions[key] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=client_context(self._node, peer), limit=8),
                timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS),
            )
        return self._sessions[key]

    async def _call(self, work: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(self._workers, work)


async def _code(reply: aiohttp.ClientResponse) -> str:
    """The code of a refusal as the peer gave it, if it looks like one."""
    try:
        title = (await reply.json(content_type=None)).get("title", "")
    except (ValueError, AttributeError, aiohttp.ClientError):
        title = ""
    return (
        title if isinstance(title, str) and title.replace("_", "").isalnum() else f"PEER_HTTP_{reply.status}"
    )
