"""A node that runs as its operator starts it: a process of its own, asked through its socket, stopped in every way there is."""

import asyncio
import atexit
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from longbien.cli.control import Control
from longbien.cli.passkeys import signed_by
from longbien.node.config import read_config

from .land import OFFICE, Land

START_SECONDS = 60.0
EXIT_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """What `holds` gives once it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@dataclass
class Running:
    """The process of one node. What it says goes to files, so no pipe is left over whatever happens to it."""

    land: Land
    process: subprocess.Popen[bytes] | None = None

    @property
    def out(self) -> Path:
        return self.land.place / f"{self.land.code}.out"

    @property
    def err(self) -> Path:
        return self.land.place / f"{self.land.code}.err"

    def start(self) -> None:
        with self.out.open("wb") as out, self.err.open("wb") as err:
            words = [sys.executable, "-m", "longbien", "node", "serve", "--folder", str(self.land.folder)]
            self.process = subprocess.Popen(words, stdout=out, stderr=err)
        until(self._ready, seconds=START_SECONDS)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.err.read_text()
        return self.out.read_bytes().startswith(b"ready")

    def kill(self) -> None:
        """As if its machine had lost its power."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """A polite stop; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """The exit code, once it has left."""
        assert self.process is not None
        return self.process.wait(EXIT_SECONDS)

    def ask(self, command: str, **arguments: Any) -> Any:
        """One command through the socket, as the command line asks it."""
        return asyncio.run(self.do(command, **arguments))

    async def do(self, command: str, **arguments: Any) -> Any:
        async with Control(read_config(self.land.folder)) as control:
            return await control.do(command, arguments)

    def notice(self, exchange: str, text: str) -> dict[str, Any]:
        """A notice in an exchange, approved by both officers and sent; what the node acknowledged."""
        draft = self.ask("draft", exchange=exchange, act="give_notice", office=OFFICE, body={"text": text})
        for passkey in self.land.passkeys:
            self.ask("approve", draft=draft["draft"], assertion=signed_by(passkey, draft["challenge"]))
        sent: dict[str, Any] = self.ask("send", draft=draft["draft"])
        return sent

    def chain(self, exchange: str) -> list[str]:
        return [step["statement"] for step in self.ask("show", exchange=exchange)["steps"]]


def settled(place: Path, storage: dict[str, str] | None = None) -> tuple[Land, Land]:
    """VN and RU in `place`, pinned to each other; nothing runs."""
    vn, ru = (Land(code, place) for code in ("VN", "RU"))
    for land in (vn, ru):
        port = free_port()
        land.found(
            *("--listen", f"127.0.0.1:{port}", "--endpoint", f"https://127.0.0.1:{port}/"),
            *("--witness-seconds", "1", "--storage", (storage or {}).get(land.code, "")),
        )
    vn.pin(ru)
    ru.pin(vn)
    return vn, ru


@cache
def _settled_once() -> tuple[Land, Land]:
    """Founding costs seconds on purpose (Argon2), so tests that need nothing special begin with copies of one pair."""
    place = Path(tempfile.mkdtemp(prefix="longbien-lands-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return settled(place)


def copies(place: Path) -> list[Land]:
    """VN and RU in `place`, pinned to each other, each with a folder of its own."""
    found = []
    for made in _settled_once():
        shutil.copytree(made.folder, place / made.code.lower(), dirs_exist_ok=True)
        keys = [Path(shutil.copy(path, place)) for path in made.passkeys]
        shutil.copy(made.papers, place)
        found.append(Land(made.code, place, made.fingerprint, keys))
    return found


def connected(place: Path, storage: dict[str, str] | None = None) -> tuple[Running, Running, str]:
    """VN and RU run, pinned, with one open preservation that RU hosts; its identifier."""
    vn, ru = settled(place, storage) if storage else copies(place)
    exchange = vn.open(ru)["exchange"]
    one, other = Running(vn), Running(ru)
    one.start()
    other.start()
    # The host has it first; the other side has it once the receipt came home.
    until(lambda: all(side.ask("list")["exchanges"] for side in (one, other)))
    return one, other, exchange


def agree(one: Running, other: Running, exchange: str) -> list[str]:
    """Nothing waits, both hold the same chain, both stores verify; the chain."""
    try:
        until(lambda: one.ask("status")["waiting"] == other.ask("status")["waiting"] == 0, seconds=120.0)
    except AssertionError as error:
        raise AssertionError([side.ask("peers")["peers"] for side in (one, other)]) from error
    chain = one.chain(exchange)
    assert chain == other.chain(exchange)
    assert len(set(chain)) == len(chain)
    for side in (one, other):
        assert side.ask("verify")["findings"] == []
    return chain
