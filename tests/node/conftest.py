"""Stores of both engines. PostgreSQL runs a cluster of its own, as an unprivileged user, for the whole session."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

SERVER = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _binary(name: str) -> str | None:
    return next((str(folder / name) for folder in SERVER if (folder / name).exists()), shutil.which(name))


def _as_other(*words: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "nobody", "--", *words] if os.geteuid() == 0 else list(words)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or pg_ctl is None:
        if os.environ.get("LONGBIEN_REQUIRE_POSTGRESQL"):
            pytest.fail("no PostgreSQL server binary, and this run may not skip")
        pytest.skip("no PostgreSQL server binary on this machine")
    folder = Path(
        subprocess.run(
            ["mktemp", "-d", "/tmp/longbien-pg-XXXXXX"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    data = folder / "data"
    subprocess.run(
        _as_other(initdb, "-D", str(data), "-U", "longbien", "-A", "trust", "-E", "UTF8"),
        check=True,
        capture_output=True,
        cwd=folder,
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder}"
    start = _as_other(pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    yield folder
    subprocess.run(
        _as_other(pg_ctl, "-D", str(data), "-m", "immediate", "stop"),
        check=True,
        capture_output=True,
        cwd=folder,
    )
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Addresses of two empty databases of one engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'first.db'}", f"sqlite:///{tmp_path / 'second.db'}"
    socket: Path = request.getfixturevalue("cluster")
    names = tuple(f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}_{side}" for side in "ab")
    with psycopg.connect(f"host={socket} user=longbien dbname=postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
    first, second = (f"postgresql+psycopg://longbien@/{name}?host={socket}" for name in names)
    return first, second
