"""Starting the processes of a rival and being sure that they end with the measurement.

Every process gets a session of its own, so that its children (workers, agents) end with it. Nothing here
searches for processes by name: only what was started here is stopped here.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bench.rivals.figure import MeasurementFailed, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PEERS = Path(__file__).resolve().parent.parent / "peers"
"""Where the virtual environments and the working folders of the rivals live; the repository ignores it."""

GRACE_S = 5.0


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


@contextmanager
def running(command: Sequence[str], *, log: Path, talk: bool = False) -> Iterator[subprocess.Popen[str]]:
    """The process for as long as the block lasts; with `talk`, one can write lines to it and read lines.

    Where the machine has `setpriv`, the process also ends when the benchmark itself is killed.
    """
    bound = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    with log.open("a") as errors:
        output: int | IO[str] = subprocess.PIPE if talk else errors
        process = subprocess.Popen(
            [*bound, *command],
            stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
            text=True,
        )
    try:
        yield process
    finally:
        _end(process)


def wait_for_port(port: int, process: subprocess.Popen[str], *, seconds: float, log: Path) -> None:
    """Returns when something listens on the port; MeasurementFailed when the process ends or time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise MeasurementFailed(f"the process ended with {process.returncode} at start: {tail(log)}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise MeasurementFailed(f"nothing listens on port {port} after {seconds:.0f} s: {tail(log)}")


def answer(process: subprocess.Popen[str], *, seconds: float, log: Path) -> str:
    """The next line that a talking process writes; MeasurementFailed when it ends first or time is up."""
    assert process.stdout is not None
    waiting, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if waiting else ""
    if not line:
        raise MeasurementFailed(f"no answer in {seconds:.0f} s: {tail(log)}")
    return line


def finished(command: Sequence[str | Path], *, seconds: float) -> str:
    """The output of a short process; MeasurementFailed when it fails or takes longer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise MeasurementFailed(f"{command[0]} did not end in {seconds:.0f} s") from None
    if done.returncode:
        raise MeasurementFailed(f"{command[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return done.stdout


def installed_version(environment: str, package: str) -> str:
    """The version of a package in one of the environments under `PEERS`; NotInstalled when there is none."""
    python = PEERS / environment / "bin" / "python"
    advice = f"{package} is not installed: `make bench-peers` installs it under bench/peers/"
    if not python.exists():
        raise NotInstalled(advice)
    try:
        question = f"from importlib.metadata import version; print(version('{package}'))"
        return finished([python, "-c", question], seconds=GRACE_S).strip()
    except (MeasurementFailed, OSError):
        raise NotInstalled(advice) from None


def tail(log: Path) -> str:
    """The last lines of a log in one line, for a message."""
    return " | ".join(log.read_text(errors="replace").splitlines()[-5:])


def _end(process: subprocess.Popen[str]) -> None:
    """Ends the session of the process: politely first, then for certain."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, wish)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
