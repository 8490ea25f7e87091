"""The watchdog as a process: a small server that hears heartbeats, and a look every second.

What it knows: how its parts are put together. What it must never need: the node that it watches.
"""

import asyncio
import sys
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from longbien.cli.asked import CommandRefused
from longbien.node.config import Config, listen_address
from longbien.node.opening import machine_now
from longbien.paging.channels import channels
from longbien.paging.texts import Sender
from longbien.paging.watchdog import Watchdog


def watch(config: Config, listen: str, to: Sequence[str], *, silence: int, language: str) -> None:
    """Runs until it is interrupted. Codes: CHANNEL_UNKNOWN, CONFIG_VALUE."""
    drivers = {driver.name: driver for driver in channels(config.paging)}
    called = []
    for item in to:
        name, _, address = item.partition(":")
        if name not in drivers or not address:
            raise CommandRefused("CHANNEL_UNKNOWN", item)
        called.append((drivers[name], address))
    host, port = listen_address(listen, "listen")
    sender = Sender(mode=config.mode, name=config.party, link=config.origin)
    dog = Watchdog(called, sender, silence=silence, language=language, now=machine_now)
    asyncio.run(_run(dog, host, port))


async def _run(dog: Watchdog, host: str, port: int) -> None:
    async def beat(_: Request) -> Response:
        dog.beat()
        return Response(status_code=204)

    heard = Starlette(routes=[Route("/", beat, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(heard, host=host, port=port, log_level="critical", lifespan="off"))
    listening = asyncio.create_task(server.serve())
    sys.stdout.write(f"watching {host}:{port}\n")
    sys.stdout.flush()
    while not listening.done():
        for code in await dog.look():
            sys.stdout.write(f"called: {code or 'sent'}\n")
            sys.stdout.flush()
        await asyncio.wait([listening], timeout=1.0)
    listening.result()
