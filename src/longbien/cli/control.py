"""The way from the command line to a node: through the socket of the running one, or by opening it.

What it knows: the socket in the node's folder, which only the operator's account can reach. What it must never do: be
reachable from a network. A short command is answered with one JSON object; a long one with a line of JSON for every bit of
progress and a last line with the result.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from longbien.cli.asked import CommandRefused, Result
from longbien.cli.commands import LONG, perform
from longbien.node import Node, Tell, untold
from longbien.node.config import Config
from longbien.node.opening import open_node

# How long a running node may say nothing before the terminal gives up; a long command tells how far it is.
SILENCE_SECONDS = 600.0
# How often a long command tells it.
TELL_SECONDS = 0.2
LINE_BYTES_MAX = 256 << 20
LINES = "application/x-ndjson"

Answered = tuple[int, Result]
"""An HTTP status, and the object that goes with it."""


class NodeGone(Exception):
    """The node stopped while it worked on a command; whether the command was carried out is not known here."""

    code = "NODE_GONE"


class _Door:
    """What stands behind the socket. An exception that must stop the node is put into `fatal` (P13)."""

    def __init__(
        self, node: Node, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
    ) -> None:
        self._node = node
        self._workers = workers
        self._fatal = fatal

    async def do(self, request: Request) -> Response:
        """One command."""
        try:
            asked = await request.json()
            command, arguments = asked["command"], asked["arguments"]
        except (ValueError, TypeError, KeyError, RecursionError):
            command, arguments = None, None
        if not isinstance(command, str) or not isinstance(arguments, dict):
            return JSONResponse({"code": "ARGUMENT_INVALID", "detail": "no command"}, status_code=400)
        if command in LONG:
            return StreamingResponse(self._lines(command, arguments), media_type=LINES)
        status, result = await self._carried_out(command, arguments, untold)
        return JSONResponse(result, status_code=status)

    async def _lines(self, command: str, arguments: dict[str, Any]) -> AsyncIterator[bytes]:
        progress = (0, 0)

        def tell(done: int, whole: int) -> None:
            nonlocal progress
            progress = (done, whole)

        work = asyncio.create_task(self._carried_out(command, arguments, tell))
        while not (await asyncio.wait([work], timeout=TELL_SECONDS))[0]:
            yield _line({"progress": list(progress)})
        status, result = work.result()
        yield _line({"status": status, "result": result})

    async def _carried_out(self, command: str, arguments: dict[str, Any], tell: Tell) -> Answered:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._workers, self._perform, command, arguments, tell)
        except Exception as error:  # noqa: BLE001 - whatever it is, the node must not carry on
            if not self._fatal.done():
                self._fatal.set_result(error)
            return 503, {"code": "NODE_STOPPED", "detail": str(error)}

    def _perform(self, command: str, arguments: dict[str, Any], tell: Tell) -> Answered:
        try:
            return 200, perform(self._node, command, arguments, tell)
        except CommandRefused as refused:
            return 409, {"code": refused.code, "detail": refused.detail}


def application(node: Node, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]") -> Starlette:
    """The ASGI application behind the socket."""
    return Starlette(routes=[Route("/do", _Door(node, workers, fatal).do, methods=["POST"])])


def ask(
    config: Config,
    command: str,
    arguments: dict[str, Any],
    passphrase: Callable[[], str],
    tell: Tell = untold,
) -> Result:
    """What the node answers; it is opened here when none is running.

    Raises:
        CommandRefused: with the node's code; NodeGone; and whatever `open_node` raises.
    """
    if config.socket.exists():
        try:
            return asyncio.run(_through_socket(config, command, arguments, tell))
        except aiohttp.ClientConnectorError:
            # A crash left the socket behind; the store's own lock says whether a node really runs.
            pass
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NodeGone(command) from error
    node = open_node(config, passphrase())
    try:
        return perform(node, command, arguments, tell)
    finally:
        node.store.close()


async def _through_socket(config: Config, command: str, arguments: dict[str, Any], tell: Tell) -> Result:
    async with Control(config) as control:
        return await control.do(command, arguments, tell)


class Control:
    """An open way to a running node; for those who ask more than once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Control":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(self._config.socket)),
            timeout=aiohttp.ClientTimeout(total=None, sock_read=SILENCE_SECONDS),
            read_bufsize=LINE_BYTES_MAX,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def do(self, command: str, arguments: dict[str, Any], tell: Tell = untold) -> Result:
        """What the node answers; raises `CommandRefused`."""
        assert self._session is not None
        asked = json.dumps({"command": command, "arguments": arguments})
        async with self._session.post("http://node/do", data=asked) as reply:
            if reply.content_type == LINES:
                status, answer = await _last(reply, tell)
            else:
                status, answer = reply.status, await reply.json()
        if status != 200:
            raise CommandRefused(str(answer.get("code")), str(answer.get("detail")))
        return answer


async def _last(reply: aiohttp.ClientResponse, tell: Tell) -> Answered:
    """The result at the end of the lines; what comes before is told."""
    async for raw in reply.content:
        line = json.loads(raw)
        if "progress" in line:
            tell(*line["progress"])
        else:
            return line["status"], line["result"]
    raise aiohttp.ServerDisconnectedError


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
