"""Two nodes as their operators start them: two folders, two processes of `longbien node serve`, HTTPS on the loopback.

The settings are those of production; only the mode is `demo`, so that the officers' passkeys may lie in memory. Everything is
driven through the socket that the command line uses.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.acts import OFFICE, Sender
from bench.rivals.figure import MeasurementFailed
from bench.rivals.processes import answer, free_ports, running
from longbien.cli.control import Control
from longbien.exercise.office import practice_office
from longbien.exercise.passkey import SoftPasskey
from longbien.node import Denied, Node, pin_challenge
from longbien.node.config import Config, read_config
from longbien.node.opening import Plan, make_folder, open_node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

START_S = 30.0
PARTIES = ("RU", "VN")
PASSPHRASE = secrets.token_hex(16)


@dataclass(slots=True, kw_only=True)
class Side:
    """One node that need not run: its configuration, who sends from it, and the drafts that wait there."""

    config: Config
    sender: Sender
    drafts: list[bytes] = field(default_factory=list)


@contextmanager
def founded(urls: Mapping[str, str], *, consoles: bool = False) -> Iterator[dict[str, Side]]:
    """Two nodes that know each other, with two officers each; not running. `urls` may name databases, by party."""
    with tempfile.TemporaryDirectory(prefix="longbien-bench-") as name, ExitStack() as stack:
        folders = {party: Path(name) / party for party in PARTIES}
        ports = free_ports(2 * len(PARTIES))
        for party, port, console in zip(PARTIES, ports[::2], ports[1::2], strict=True):
            plan = _plan(party, port, urls.get(party, ""), console if consoles else 0)
            make_folder(folders[party], plan, PASSPHRASE)
        configs = {party: read_config(folder) for party, folder in folders.items()}
        nodes = {party: open_node(config, PASSPHRASE) for party, config in configs.items()}
        for node in nodes.values():
            stack.callback(node.store.close)
        sides = {}
        for party, node in nodes.items():
            (other,) = (item for item in nodes.values() if item is not node)
            people = _introduce(node, other, configs[party])
            sides[party] = Side(
                config=configs[party], sender=Sender(party=party, other=other.party, people=people)
            )
        stack.close()
        yield sides


@contextmanager
def opened(side: Side) -> Iterator[Node]:
    """The node in this process, for a look or for putting rows into its store."""
    node = open_node(side.config, PASSPHRASE)
    try:
        yield node
    finally:
        node.store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Two nodes that run: the ways to them, by party, and their processes."""

    ways: Mapping[str, Control]
    pids: tuple[int, ...]

    def processor_seconds(self) -> float:
        """What both nodes have used so far, with the processes beside them, those that ended too, in user and system mode."""
        spent = 0
        for pid in self.pids:
            for each in (pid, *beside(pid)):
                spent += sum(map(int, _stat(each)[11:15]))
        return spent / os.sysconf("SC_CLK_TCK")


def beside(pid: int) -> list[int]:
    """The processes that a node has beside it now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(_stat(int(entry.name))[1]) == pid:
                found.append(int(entry.name))
        except OSError:
            # It ended while we looked.
            continue
    return found


def _stat(pid: int) -> list[str]:
    """The fields of proc(5) behind the name: state, parent, …; 11 to 14 are ticks of itself and of its children that ended."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


@contextmanager
def started(sides: Mapping[str, Side]) -> Iterator[tuple[int, ...]]:
    """Both nodes run, each in a process of its own; the numbers of the processes."""
    with ExitStack() as stack:
        credentials = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="longbien-bench-")))
        passphrase = credentials / "longbien.passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text(PASSPHRASE)
        os.environ["CREDENTIALS_DIRECTORY"] = str(credentials)
        pids: list[int] = []
        for party, side in sides.items():
            folder = side.config.socket.parent
            command = [sys.executable, "-m", "longbien", "node", "serve", "--folder", str(folder)]
            log = credentials / f"{party}.log"
            process = stack.enter_context(running(command, log=log, talk=True))
            if not answer(process, seconds=START_S, log=log).startswith("ready"):
                raise MeasurementFailed(f"the node of {party} did not start")
            pids.append(process.pid)
        yield tuple(pids)


@asynccontextmanager
async def serving(sides: Mapping[str, Side]) -> AsyncIterator[Running]:
    """Both nodes run, and can be asked as the command line asks them."""
    async with AsyncExitStack() as stack:
        pids = stack.enter_context(started(sides))
        ways = {party: await stack.enter_async_context(Control(side.config)) for party, side in sides.items()}
        yield Running(ways=ways, pids=pids)


def _plan(party: str, port: int, storage: str, console: int) -> Plan:
    office = practice_office(OFFICE)
    return Plan(
        party=party,
        name=f"{party} (benchmark)",
        mode="demo",
        listen=f"127.0.0.1:{port}",
        endpoint=f"https://127.0.0.1:{port}/",
        host_name="127.0.0.1",
        offices=[office],
        storage=storage,
        witness_seconds=60,
        console=f"127.0.0.1:{console}" if console else "",
        origin=f"http://localhost:{console}" if console else "",
    )


def _introduce(node: Node, other: Node, config: Config) -> tuple[bytes, bytes]:
    """Two officers are enrolled and pin the other party; their pseudonyms."""
    keys = [
        SoftPasskey(
            credential=secrets.token_bytes(16),
            secret=secrets.token_bytes(32),
            relying_party=config.relying_party,
            origin=config.origin,
        )
        for _ in range(2)
    ]
    people = []
    for number, key in enumerate(keys, 1):
        person = node.desk.enrol(
            name=f"Officer {number} (invented)",
            office=OFFICE,
            credential=key.credential,
            public_key=key.public_key,
            software=True,
        )
        assert isinstance(person, bytes)
        people.append(person)
    fingerprint = other.directory.own.pinned
    challenge = pin_challenge(other.party, fingerprint)
    pinned = node.pin(other.chain, fingerprint, [key.sign(challenge, 1) for key in keys])
    assert not isinstance(pinned, Denied), pinned
    return people[0], people[1]
