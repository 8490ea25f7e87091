"""A real browser before a real console: a server on this machine, with passkeys as if it were there under this name."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvicorn
from tools.browser import DESK, PHONE, NoBrowser, Person, person
from tools.browser import chromium as found

from longbien.node import Node, WebAuthnCheck
from longbien.web.app import application
from longbien.web.console import Console, Setting
from node.pair import Side

from .land import STAFF, Land, land


@dataclass
class Served:
    """One side's console on a port."""

    side: Side
    origin: str
    server: uvicorn.Server
    console: Console
    faults: list[BaseException] = field(default_factory=list)

    def code(self, person: bytes, purpose: str = "enrol") -> str:
        return self.side.node.people.invite(person, purpose).code


class _Fatal:
    def __init__(self, faults: list[BaseException]) -> None:
        self._faults = faults

    def done(self) -> bool:
        return bool(self._faults)

    def set_result(self, error: BaseException) -> None:
        self._faults.append(error)


@contextlib.contextmanager
def served(side: Side, samples=None) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    check = WebAuthnCheck(relying_party="localhost", origin=origin, software_allowed=True)
    side.node = Node(side.store, side.keystore, replace(side.node.world, passkeys=check))
    side.officers = [replace(key, relying_party="localhost", origin=origin) for key in side.officers]
    console = Console(
        side.node, Setting(origin=origin, relying_party="localhost", mode="demo", samples=samples)
    )
    faults: list[BaseException] = []
    workers = ThreadPoolExecutor(4)
    app = application(console, workers, _Fatal(faults))
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.01)
    try:
        yield Served(side=side, origin=origin, server=server, console=console, faults=faults)
    finally:
        server.should_exit = True
        thread.join(20)
        workers.shutdown()
    assert faults == []


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The browser, or a reason not to go on."""
    try:
        with found() as running:
            yield running
    except NoBrowser as missing:
        if os.environ.get("LONGBIEN_REQUIRE_CHROMIUM"):
            pytest.fail(f"{missing}, and this run may not skip")
        pytest.skip(str(missing))


__all__ = ["DESK", "PHONE", "STAFF", "Land", "Person", "Served", "chromium", "land", "person", "served"]
