"""Synapse: two Matrix homeservers that federate over TLS, as several governments run them.

A user of `alpha` sends events into rooms, a user of `beta` waits for them with `/sync`. An event counts
when beta's user has it. Several rooms were at least as fast here as one. Beta's user sends nothing back,
and the events are not encrypted between the users: both are in favour of Synapse.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.rivals.figure import PAYLOAD_BYTES, Figure, MeasurementFailed, percentile_ms
from bench.rivals.processes import PEERS, free_ports, installed_version, running, tail, wait_for_port
from bench.rivals.synapse_server import Server, prepare

ROOMS = 8
START_S = 30.0
PATIENCE_S = 10.0
SYNC_FILTER = '{"presence":{"types":[]},"account_data":{"types":[]},"room":{"timeline":{"limit":1000}}}'


def measure(seconds: float) -> Figure:
    """Events a second that reached the user of the other server; `seconds` and ten of start."""
    version = installed_version("synapse", "matrix-synapse")
    with tempfile.TemporaryDirectory(prefix="run-synapse-", dir=PEERS) as folder, ExitStack() as stack:
        first, second, third, fourth = free_ports(4)
        servers = [
            prepare(Path(folder) / "alpha", client_port=first, federation_port=second),
            prepare(Path(folder) / "beta", client_port=third, federation_port=fourth),
        ]
        processes = [stack.enter_context(running(server.command, log=server.log)) for server in servers]
        for server, process in zip(servers, processes, strict=True):
            wait_for_port(server.client_port, process, seconds=START_S, log=server.log)
        try:
            alone, rate = asyncio.run(_conversation(servers[0], servers[1], seconds))
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise MeasurementFailed(f"Synapse did not answer: {broken!r}; {tail(servers[0].log)}") from None
    return Figure(
        name="Synapse",
        value=round(rate, 2),
        unit="messages/s",
        conditions=(
            f"{PAYLOAD_BYTES} B body in m.room.message events, one user on each server; sent on one "
            "server until seen in /sync on the other, no receipt returned, no end-to-end encryption; "
            f"{ROOMS} rooms with one event in flight in each; federation over TLS on the loopback, SQLite WAL, "
            f"rate limits lifted, presence off; {os.cpu_count()} CPUs; latency with one event in flight"
        ),
        version=version,
        p50_ms=percentile_ms(alone, 0.50),
        p99_ms=percentile_ms(alone, 0.99),
    )


@dataclass(frozen=True, slots=True)
class User:
    """One user of one server; without a token before it is registered."""

    session: aiohttp.ClientSession
    server: Server
    token: str = ""

    async def ask(self, method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
        """One call of the client-server interface; MeasurementFailed unless it is answered with 200."""
        url = f"http://127.0.0.1:{self.server.client_port}/_matrix/client/v3/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(method, url, json=body, params=query, headers=headers) as answer:
            if answer.status != 200:
                raise MeasurementFailed(
                    f"Synapse answers {answer.status} to {path}: {(await answer.text())[:300]}"
                )
            content: dict[str, Any] = await answer.json()
            return content


async def _user(session: aiohttp.ClientSession, server: Server) -> User:
    body = {"username": "officer", "password": "only on the loopback", "auth": {"type": "m.login.dummy"}}
    made = await User(session, server).ask("POST", "register", body)
    return User(session, server, made["access_token"])


class Conversation:
    """The rooms of two users; knows which events are on their way and how long each took."""

    def __init__(self, sender: User, reader: User) -> None:
        self.sender = sender
        self.reader = reader
        self.sent: dict[str, float] = {}
        self.latencies: list[float] = []
        self.last_seen = 0.0
        self._arrivals: dict[str, asyncio.Event] = {}

    async def open_room(self) -> str:
        """A new room in which both users are."""
        made = await self.sender.ask("POST", "createRoom", {"preset": "public_chat"})
        room: str = made["room_id"]
        name = self.sender.server.name
        await self.reader.ask("POST", f"join/{room}", {}, server_name=name, via=name)
        return room

    async def send_until(self, until: float, room: str) -> None:
        """Sends one event after the other; the next one leaves when the reader has the one before."""
        while time.monotonic() < until:
            mark = os.urandom(8).hex()
            arrival = self._arrivals[mark] = asyncio.Event()
            self.sent[mark] = time.monotonic()
            body = {"msgtype": "m.text", "body": os.urandom(PAYLOAD_BYTES // 2).hex(), "mark": mark}
            await self.sender.ask("PUT", f"rooms/{room}/send/m.room.message/{mark}", body)
            try:
                await asyncio.wait_for(arrival.wait(), PATIENCE_S)
            except TimeoutError:
                raise MeasurementFailed(
                    f"an event did not reach the other server in {PATIENCE_S:.0f} s"
                ) from None

    async def read(self, since: str) -> None:
        """Follows the rooms for ever and notes when each event is seen for the first time."""
        while True:
            news = await self.reader.ask("GET", "sync", since=since, timeout="10000", filter=SYNC_FILTER)
            since = news["next_batch"]
            now = time.monotonic()
            for room in news.get("rooms", {}).get("join", {}).values():
                for event in room["timeline"]["events"]:
                    self._note(event["content"].get("mark"), now)

    def _note(self, mark: str | None, now: float) -> None:
        if mark in self.sent:
            self.latencies.append(now - self.sent.pop(mark))
            self.last_seen = now
            self._arrivals.pop(mark).set()


async def _conversation(alpha: Server, beta: Server, seconds: float) -> tuple[list[float], float]:
    """Latencies in seconds of events sent one by one; events a second with one on its way in each room."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        conversation = Conversation(await _user(session, alpha), await _user(session, beta))
        rooms = [await conversation.open_room() for _ in range(ROOMS)]
        # From here on the reader misses nothing: the first event leaves after this answer.
        news = await conversation.reader.ask("GET", "sync", filter=SYNC_FILTER)
        reading = asyncio.create_task(conversation.read(news["next_batch"]))
        try:
            await _until_done(
                reading, [conversation.send_until(time.monotonic() + 1.0, room) for room in rooms]
            )
            conversation.latencies.clear()
            await _until_done(reading, [conversation.send_until(time.monotonic() + seconds / 4, rooms[0])])
            alone = conversation.latencies.copy()
            conversation.latencies.clear()
            begin = time.monotonic()
            until = begin + seconds * 3 / 4
            await _until_done(reading, [conversation.send_until(until, room) for room in rooms])
            return alone, len(conversation.latencies) / (conversation.last_seen - begin)
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


async def _until_done(reading: asyncio.Task[None], lanes: list[Any]) -> None:
    """Runs the lanes; when the reader fails meanwhile, its failure counts and not the lanes' waiting."""
    work = asyncio.ensure_future(asyncio.gather(*lanes))
    await asyncio.wait({work, reading}, return_when=asyncio.FIRST_COMPLETED)
    if reading.done():
        work.cancel()
        reading.result()
    await work
