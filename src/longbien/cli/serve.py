"""A node that runs: the door for peers, the one for officers, the one for its own command line, the courier and the clock, in one process.

What it knows: how the parts are started and stopped together. What it must never do: carry on after a failed sync or a broken
invariant; then everything stops at once, and the next start is the same as any other (promise P13).
"""

import asyncio
import contextlib
import errno
import gc
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from ipaddress import ip_network
from typing import Any

import uvicorn
import uvloop

from longbien.cli.control import application as control_application
from longbien.cli.doctor import FREE_BYTES_MIN
from longbien.cli.failing import ListenFault
from longbien.cli.outward import api_routes, crier, outside, provider
from longbien.cli.passkeys import SampleFolder
from longbien.interop.calendar import Due, calendar, meeting_calendar
from longbien.interop.msel import table
from longbien.keys import AskRoot, plan
from longbien.node import Node
from longbien.node.config import Config
from longbien.node.meetings import Appointment
from longbien.node.opening import open_node
from longbien.paging.channels import channels
from longbien.paging.pager import Heartbeat, Pager
from longbien.paging.texts import Sender
from longbien.peer.courier import Courier
from longbien.peer.doorkeeper import Doorkeeper
from longbien.peer.doors import Doors
from longbien.peer.server import application as peer_application
from longbien.peer.threshold import listening
from longbien.web.app import application as console_application
from longbien.web.console import Console, DueClock, Setting
from longbien.web.files import Files
from longbien.web.files import application as files_application
from longbien.web.tls import console_context

TICK_SECONDS = 1.0
# What was begun is finished within this time after a polite stop; what is not is as if the process had crashed.
STOP_SECONDS = 10
# What takes long tells several times a second how far it is, and ends there.
WORK_SECONDS = 5.0
WORKERS = 8
# A batch of acts makes some ten thousand objects, hardly any of them in a circle.
GC_THRESHOLD = 20_000


def serve(config: Config, passphrase: str) -> None:
    """Runs until SIGTERM or SIGINT; raises what stopped the node otherwise."""
    node = open_node(config, passphrase)
    try:
        # What is loaded now stays until the end; the collector need not look at it again and again.
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(config, node))
    finally:
        node.store.close()
        with contextlib.suppress(FileNotFoundError):
            config.socket.unlink()


async def _run(config: Config, node: Node) -> None:
    loop = asyncio.get_running_loop()
    workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="longbien")
    fatal: asyncio.Future[BaseException] = loop.create_future()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    courier = Courier(node, workers)
    node.sequencer.listener = courier.wake
    node.works.fatal = lambda fault: _stop_from_elsewhere(loop, fatal, fault)
    if node.intake is not None:
        node.intake.sweep()
    host, port = config.listen
    sockets = _listening(host, port)
    peers = _server(uvicorn.Config(peer_application(node, workers, fatal)))
    doors = Doors(node, peers, Doorkeeper(node, config.objects, config.evidence))
    config.socket.unlink(missing_ok=True)
    control = _server(uvicorn.Config(control_application(node, workers, fatal), uds=str(config.socket)))
    servers = [peers, control]
    if config.console is not None:
        servers += _console(config, node, workers, fatal)
    own = [
        courier.run(),
        _tick(node, workers),
        crier(config, node, workers).run(),
        _pager(config, node, workers).run(),
        doors.hear(sockets),
    ]
    parts = [*own, _serve(peers, []), *map(_serve, servers[1:])]
    tasks = [asyncio.create_task(part) for part in parts]
    stopping = asyncio.create_task(stop.wait())
    ends: list[asyncio.Future[Any]] = [fatal, stopping, *tasks]
    try:
        await _until_started(servers, tasks)
        config.socket.chmod(0o600)
        sys.stdout.write(f"ready {node.party} {host}:{port}\n")
        sys.stdout.flush()
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for server in servers:
            server.should_exit = True
        for task in tasks[: len(own)]:
            task.cancel()
        stopping.cancel()
        await asyncio.to_thread(node.works.stop, WORK_SECONDS)
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
        workers.shutdown(wait=True, cancel_futures=True)
    if fatal in done:
        raise fatal.result()
    for task in tasks:
        if task in done and not task.cancelled():
            task.result()


def _console(
    config: Config, node: Node, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
) -> list[uvicorn.Server]:
    """The door for officers, and the one for files where it is another."""
    assert config.console is not None
    setting = Setting(
        origin=config.origin,
        relying_party=config.relying_party,
        mode=config.mode,
        samples=None if config.sample_keys is None else SampleFolder(config.sample_keys),
        calendar=_calendar if util.find_spec("icalendar") else None,
        table=table,
        agenda=_agenda if util.find_spec("icalendar") else None,
        outside=outside(config, node),
        files_origin=config.files_origin,
        **provider(config),
    )
    console = Console(node, setting)
    host, port = config.console
    applications = {
        (host, port): console_application(
            console, workers, fatal, beside=api_routes(config, node, workers, fatal)
        )
    }
    if config.files is not None:
        applications[config.files] = files_application(Files(console, workers, fatal))
    servers = [
        _server(uvicorn.Config(app, host=where[0], port=where[1])) for where, app in applications.items()
    ]
    if config.certificate is not None:
        for server in servers:
            server.config.load()
            server.config.ssl = console_context(*config.certificate)
    return servers


def _stop_from_elsewhere(
    loop: asyncio.AbstractEventLoop, fatal: "asyncio.Future[BaseException]", fault: BaseException
) -> None:
    """What happened in a thread of its own stops the node as anything else does."""

    def stop() -> None:
        if not fatal.done():
            fatal.set_result(fault)

    loop.call_soon_threadsafe(stop)


def _pager(config: Config, node: Node, workers: ThreadPoolExecutor) -> Pager:
    """What calls people."""
    paging = config.paging

    def ails() -> list[str]:
        """What nobody at a screen would see: a disk that fills, keys that only the holders of the root can renew."""
        steps = plan(node.world.now(), own=node.directory.own, entries=node.keystore.entries())
        found = [step.code for step in steps if isinstance(step, AskRoot)]
        if shutil.disk_usage(config.folder).free < FREE_BYTES_MIN:
            found.append("DISK_NEARLY_FULL")
        return found

    return Pager(
        node,
        channels(paging),
        Sender(mode=config.mode, name=node.party, link=f"{config.origin}/"),
        workers,
        heartbeat=Heartbeat(
            url=paging.heartbeat,
            every=paging.heartbeat_seconds,
            authority=paging.authority,
            inside=tuple(map(ip_network, paging.networks)),
        ),
        health=ails,
    )


def _calendar(clocks: Sequence[DueClock], at: int, language: str) -> bytes:
    due = [Due(**{name: getattr(clock, name) for name in Due.__dataclass_fields__}) for clock in clocks]
    return calendar(due, at=at, language=language)


def _agenda(found: Sequence[Appointment], at: int) -> bytes:
    return meeting_calendar(found, at=at)


async def _until_started(servers: Sequence[uvicorn.Server], tasks: list["asyncio.Task[None]"]) -> None:
    while not all(server.started for server in servers):
        for task in tasks:
            if task.done():
                task.result()
        await asyncio.sleep(0.01)


async def _tick(node: Node, workers: ThreadPoolExecutor) -> None:
    while True:
        await asyncio.get_running_loop().run_in_executor(workers, node.clockwork.tick)
        node.sequencer.listener()
        await asyncio.sleep(TICK_SECONDS)


def _server(config: uvicorn.Config) -> uvicorn.Server:
    config.log_level = "critical"
    config.access_log = False
    config.timeout_graceful_shutdown = STOP_SECONDS
    config.server_header = False
    # A node stands behind no proxy that it would believe, and its applications have nothing to start or stop.
    config.proxy_headers = False
    config.lifespan = "off"
    config.configure_logging()
    server = uvicorn.Server(config)
    # Signals are handled once, for all parts together.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]  # the library has no switch for it
    return server


async def _serve(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
    try:
        await server.serve(sockets)
    except SystemExit as error:
        # The library leaves the process when it cannot bind, with what the system said as its cause.
        where = server.config.uds or f"{server.config.host}:{server.config.port}"
        raise _deaf(where, error.__context__) from error


def _listening(host: str, port: int) -> list[socket.socket]:
    try:
        return listening(host, port)
    except OSError as error:
        raise _deaf(f"{host}:{port}", error) from error


def _deaf(where: str, reason: BaseException | None) -> ListenFault:
    taken = isinstance(reason, OSError) and reason.errno == errno.EADDRINUSE
    said = reason.strerror if isinstance(reason, OSError) else "it cannot be listened to"
    return ListenFault("PORT_IN_USE" if taken else "LISTEN_IMPOSSIBLE", f"{where}: {said}")
