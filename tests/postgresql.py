"""A PostgreSQL cluster of its own for tests, run by an unprivileged user."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

SERVER = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _binary(name: str) -> str | None:
    return next((str(folder / name) for folder in SERVER if (folder / name).exists()), shutil.which(name))


def _as_other(*words: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "nobody", "--", *words] if os.geteuid() == 0 else list(words)


@dataclass(frozen=True)
class Cluster:
    """A server that listens on a socket in `folder`; `pg_ctl` is its control program."""

    folder: Path
    pg_ctl: str

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self._run("-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As if the machine of the server had lost its power."""
        self._run("-m", "immediate", "stop")

    def database(self, name: str) -> str:
        """The address of a new, empty database."""
        with psycopg.connect(
            f"host={self.folder} user=longbien dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://longbien@/{name}?host={self.folder}"

    def _run(self, *words: str) -> None:
        command = _as_other(self.pg_ctl, "-D", str(self.folder / "data"), *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster; the test is skipped where there is no server, unless the run forbids that."""
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or pg_ctl is None:
        if os.environ.get("LONGBIEN_REQUIRE_POSTGRESQL"):
            pytest.fail("no PostgreSQL server binary, and this run may not skip")
        pytest.skip("no PostgreSQL server binary on this machine")
    made = subprocess.run(
        ["mktemp", "-d", "/tmp/longbien-pg-XXXXXX"], capture_output=True, text=True, check=True
    )
    folder = Path(made.stdout.strip())
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    subprocess.run(
        _as_other(initdb, "-D", str(folder / "data"), "-U", "longbien", "-A", "trust", "-E", "UTF8"),
        check=True,
        capture_output=True,
        cwd=folder,
    )
    running = Cluster(folder, pg_ctl)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
