"""The way from the command line to a node: through the socket of the running one, or by opening it.

What it knows: the socket in the node's folder, which only the operator's account can reach. What it must never do: be
reachable from a network.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from longbien.cli.commands import CommandRefused, Result, perform
from longbien.node import Node
from longbien.node.config import Config
from longbien.node.opening import open_node

COMMAND_SECONDS = 600.0


def application(node: Node, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]") -> Starlette:
    """The ASGI application behind the socket."""

    async def do(request: Request) -> JSONResponse:
        asked = await request.json()
        loop = asyncio.get_running_loop()
        try:
            result = await loop.run_in_executor(workers, perform, node, asked["command"], asked["arguments"])
        except CommandRefused as refused:
            return JSONResponse({"code": refused.code, "detail": refused.detail}, status_code=409)
        except Exception as error:  # noqa: BLE001 - whatever it is, the node must not carry on
            if not fatal.done():
                fatal.set_result(error)
            return JSONResponse({"code": "NODE_STOPPED", "detail": type(error).__name__}, status_code=503)
        return JSONResponse(result)

    return Starlette(routes=[Route("/do", do, methods=["POST"])])


def ask(config: Config, command: str, arguments: dict[str, Any], passphrase: Callable[[], str]) -> Result:
    """What the node answers; it is opened here when none is running.

    Raises:
        CommandRefused: with the node's code; and whatever `open_node` raises.
    """
    if config.socket.exists():
        try:
            return asyncio.run(_through_socket(config, command, arguments))
        except aiohttp.ClientConnectorError:
            # A crash left the socket behind; the store's own lock says whether a node really runs.
            pass
    node = open_node(config, passphrase())
    try:
        return perform(node, command, arguments)
    finally:
        node.store.close()


async def _through_socket(config: Config, command: str, arguments: dict[str, Any]) -> Result:
    async with Control(config) as control:
        return await control.do(command, arguments)


class Control:
    """An open way to a running node; for those who ask more than once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Control":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(self._config.socket)),
            timeout=aiohttp.ClientTimeout(total=COMMAND_SECONDS),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def do(self, command: str, arguments: dict[str, Any]) -> Result:
        """What the node answers; raises `CommandRefused`."""
        assert self._session is not None
        asked = json.dumps({"command": command, "arguments": arguments})
        async with self._session.post("http://node/do", data=asked) as reply:
            answer: Result = await reply.json()
        if reply.status != 200:
            raise CommandRefused(str(answer.get("code")), str(answer.get("detail")))
        return answer
