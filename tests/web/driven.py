"""A real browser before a real console: Debian's Chromium, a server on this machine, passkeys from a virtual authenticator."""

import asyncio
import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvicorn

from longbien.node import Node, WebAuthnCheck
from longbien.web.app import application
from longbien.web.console import Console, Setting
from node.pair import Side

from .land import STAFF, Land, land

CHROMIUM = shutil.which("chromium")
# The line of a ship or a village: 64 kbit/s, 600 ms.
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 8000, "uploadThroughput": 8000}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def required() -> str:
    """The browser, or a reason not to go on."""
    if CHROMIUM is None:
        if os.environ.get("LONGBIEN_REQUIRE_CHROMIUM"):
            pytest.fail("chromium is not installed, and this run may not skip")
        pytest.skip("chromium is not installed")
    return CHROMIUM


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


@dataclass
class Person:
    """Somebody at a browser, who has a security key of the own."""

    page: Any
    context: Any
    origin: str
    strangers: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    activations: int = 0

    def press(self, target: Any) -> None:
        """A click or a tap, counted."""
        self.activations += 1
        target.click()

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def enrol(self, code: str) -> None:
        """The way of a new officer: a code, a passkey."""
        self.go(f"/code/{code}")
        self.page.get_by_role("button", name="Go in").click()
        self.page.get_by_role("button", name="Make a passkey").click()
        self.page.wait_for_url(lambda url: url.endswith(("/watch", "/records", "/node")))

    def slow(self) -> None:
        session = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)


def person(browser: Any, origin: str, *, scripts: bool = True, phone: bool = False, **more: Any) -> Person:
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        java_script_enabled=scripts,
        is_mobile=phone,
        has_touch=phone,
        locale=more.pop("locale", "en"),
        **more,
    )
    # A ceiling and no measure: a busy machine is no fault of a page.
    context.set_default_timeout(120_000)
    page = context.new_page()
    made = Person(page=page, context=context, origin=origin)
    page.on("request", lambda request: request.url.startswith(origin) or made.strangers.append(request.url))
    page.on("console", lambda said: _noted(made, said))
    page.on("pageerror", lambda error: made.reports.append(str(error)))
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return made


def _noted(made: Person, said: Any) -> None:
    if said.type in {"error", "warning"}:
        made.reports.append(said.text)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = required()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


__all__ = ["DESK", "PHONE", "STAFF", "Land", "Person", "Served", "chromium", "land", "person", "served"]
