"""The disk is full, the disk refuses, the database is gone: the node stops, says why, and loses nothing."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.control import NodeGone
from postgresql import cluster

from .land import credentials
from .running import Running, agree, connected, until

DISK_BYTES = 24 << 20


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this account may not mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full(disk: Path, _: Running) -> Callable[[], None]:
    """Not a block is left. What gives the space back is returned."""
    filler = disk / "filler"
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(handle, bytes(4096))
    os.close(handle)
    return filler.unlink


def no_larger_files(disk: Path, node: Running) -> Callable[[], None]:
    """The system lets no file grow any more: EFBIG, for the running process alone."""
    assert node.process is not None
    largest = max(path.stat().st_size for path in disk.glob("node.db*"))
    hard = resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (largest // 2, hard))
    return lambda: None


@pytest.mark.promise("P1")
@pytest.mark.promise("P2")
@pytest.mark.promise("P13")
@pytest.mark.promise("P14")
@pytest.mark.parametrize("fail", [full, no_larger_files])
def test_a_disk_that_refuses_stops_the_node_and_what_was_acknowledged_stays(tmp_path, monkeypatch, fail):
    credentials(tmp_path, monkeypatch)
    disk = tmp_path / "disk"
    with small_disk(disk) if fail is full else _plain(disk):
        (tmp_path / "ru").symlink_to(disk)
        vn, ru, exchange = connected(tmp_path)
        try:
            acknowledged = [ru.notice(exchange, "before")["act"], vn.notice(exchange, "before")["act"]]
            agree(vn, ru, exchange)
            mend = fail(disk, ru)
            with pytest.raises((CommandRefused, NodeGone, OSError)):
                for number in range(200):
                    acknowledged.append(ru.notice(exchange, f"until it is full, {number}")["act"])
            assert ru.ended() == 5
            assert "Store: STORE_WRITE_FAILED" in ru.err.read_text()
            assert "Traceback" not in ru.err.read_text()
            # The other side goes on: what it writes is durable at home, and waits with a reason that its officer can read.
            acknowledged.append(vn.notice(exchange, "meanwhile")["act"])
            waiting = until(lambda: vn.ask("delivery", act=acknowledged[-1])["waiting"])
            until(lambda: vn.ask("peers")["peers"][0]["reason"])
            assert waiting[0]["peer"] == "RU"
            mend()
            ru.start()
            assert set(acknowledged) <= set(agree(vn, ru, exchange))
        finally:
            for node in (vn, ru):
                node.stop()


@contextmanager
def _plain(folder: Path) -> Iterator[None]:
    folder.mkdir()
    yield


@pytest.mark.promise("P2")
@pytest.mark.promise("P11")
@pytest.mark.promise("P13")
@pytest.mark.promise("P14")
def test_a_database_server_that_dies_stops_the_node_and_the_peer_s_delivery_resumes(tmp_path, monkeypatch):
    credentials(tmp_path, monkeypatch)
    with cluster() as server:
        vn, ru, exchange = connected(tmp_path, {"RU": server.database(f"ru{os.getpid()}")})
        try:
            acknowledged = [ru.notice(exchange, "before")["act"]]
            agree(vn, ru, exchange)
            server.stop()
            # The peer's next request meets a node that has just lost its database: it gets a code and keeps its act.
            acknowledged.append(vn.notice(exchange, "while it is gone")["act"])
            reason = until(lambda: vn.ask("peers")["peers"][0]["reason"])
            assert reason in {"NODE_STOPPED", "PEER_UNREACHABLE"}
            assert ru.ended() == 5
            said = ru.err.read_text()
            assert "Store: STORE_WRITE_FAILED" in said
            assert "Traceback" not in said
            again = ru.land.say("node", "status")
            assert (again.code, again.error) == (5, "STORE_UNREACHABLE")
            server.start()
            ru.start()
            assert set(acknowledged) <= set(agree(vn, ru, exchange))
        finally:
            for node in (vn, ru):
                node.stop()
