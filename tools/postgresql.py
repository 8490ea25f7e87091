"""A PostgreSQL cluster of one's own for as long as a block lasts: tests and the benchmark share it.

What it knows: how to run the server as an unprivileged user, on a socket in a folder, with the settings that it comes with. What
it must never do: touch a server that is there already.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class NoServer(Exception):
    """There is no PostgreSQL server binary on this machine."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server that listens on a socket in `folder`; `pg_ctl` is its control program."""

    folder: Path
    pg_ctl: str

    def start(self) -> None:
        """It answers when this returns."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self._control("-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As if the machine of the server had lost its power."""
        self._control("-m", "immediate", "stop")

    def database(self, name: str) -> str:
        """The address of a new, empty database."""
        where = f"host={self.folder} user=longbien dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://longbien@/{name}?host={self.folder}"

    def _control(self, *words: str) -> None:
        _run(self.folder, self.pg_ctl, "-D", str(self.folder / "data"), *words)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster, gone with the block. Raises `NoServer`."""
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or pg_ctl is None:
        raise NoServer("no PostgreSQL server binary on this machine")
    # The path of a socket must be short.
    words = ["/usr/bin/mktemp", "-d", "/tmp/longbien-pg-XXXXXX"]  # noqa: S108
    made = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    folder = Path(made.stdout.strip())
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    _run(folder, initdb, "-D", str(folder / "data"), "-U", "longbien", "-A", "trust", "-E", "UTF8")
    running = Cluster(folder, pg_ctl)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> str | None:
    return next((str(folder / name) for folder in SERVERS if (folder / name).exists()), shutil.which(name))


def _run(folder: Path, *words: str) -> None:
    """PostgreSQL refuses to run as root."""
    other = ["/usr/sbin/runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    subprocess.run([*other, *words], check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603
