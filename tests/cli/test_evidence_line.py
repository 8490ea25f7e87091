"""Evidence over the line between two running nodes: whatever is killed, full, gone or cut on either side is said by a code, and when the world
is well again the evidence arrives whole, and so it is told.
"""

import asyncio
import itertools
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from longbien.cli.asked import CommandRefused

from .land import OFFICE, credentials
from .running import Running, copies, until

# A few belong to every run; LONGBIEN_KILLS=200 is the long one.
KILLS = int(os.environ.get("LONGBIEN_KILLS", "4"))
# Four lines go on by a chunk of 1 MiB each between two kills, and the pace leaves time for one.
SIZE = (8 + 6 * KILLS) << 20
MBIT = 200
PASSING = {"REMOTE_GONE", "FETCH_KILLED", "FETCH_RUNNING", "NODE_STOPPED"}


def beside(node: Running) -> list[int]:
    """The processes that a node has beside it now."""
    assert node.process is not None
    threads = Path(f"/proc/{node.process.pid}/task").glob("*/children")
    return [int(pid) for each in threads for pid in each.read_text().split()]


def handed_over(holder: Running, getter: Running, path: Path) -> str:
    """A file whose key the other side has; its manifest. Both nodes run afterwards."""
    vn, ru = getter.land, holder.land
    added = ru.do("evidence", "add", path, "--to", vn.code, "--source-kind", "device", "--source", "A disk")
    sealed = ru.do("evidence", "seal", added["bundle"])
    attached = {"from_state": ru.code, "to_state": vn.code, "attachments": sealed["attachments"]}
    new = ("request", "new", "preservation", "--to", vn.code, "--office", OFFICE)
    ru.send(ru.do(*new, "--body", ru.body("open", attached)))
    holder.start()
    getter.start()

    def has_key() -> bool:
        holder.ask("evidence-send", manifest=sealed["manifest"])
        return any(each["keys"] for each in getter.ask("evidence-list")["manifests"])

    until(has_key)
    return str(sealed["manifest"])


async def insist(node: Running, manifest: str) -> dict:
    """Asks for the evidence until it is here, as a person would."""
    while True:
        try:
            return await node.do("evidence-fetch", manifest=manifest, mbit_per_second=MBIT)
        except CommandRefused as refused:
            if refused.code not in PASSING:
                raise
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        await asyncio.sleep(0.1)


def chunks(getter: Running) -> int:
    """How much the journal of the fetch that is under way has to tell."""
    return sum(path.stat().st_size for path in (getter.land.folder / "evidence").glob("*.journal"))


async def kill(node: Running, what: str) -> None:
    if what == "node":
        node.kill()
        await asyncio.to_thread(node.start)
    else:
        for pid in beside(node):
            os.kill(pid, signal.SIGKILL)


async def play(holder: Running, getter: Running, manifest: str) -> dict:
    task = asyncio.create_task(insist(getter, manifest))
    before = 0
    for node, what in itertools.islice(
        itertools.cycle(itertools.product((getter, holder), ("beside", "node"))), KILLS
    ):
        while not task.done() and chunks(getter) <= before:
            await asyncio.sleep(0.02)
        before = chunks(getter)
        await kill(node, what)
    return await task


@pytest.mark.promise("P10")
@pytest.mark.promise("P14")
def test_evidence_arrives_whatever_is_killed_on_either_side(tmp_path, monkeypatch):
    credentials(tmp_path, monkeypatch)
    vn, ru = map(Running, copies(tmp_path))
    path = tmp_path / "disk"
    path.write_bytes(os.urandom(SIZE))
    manifest = handed_over(ru, vn, path)
    try:
        asyncio.run(play(ru, vn, manifest))
        out = tmp_path / "out"
        vn.ask("evidence-open", manifest=manifest, item=1, out=str(out))
        assert out.read_bytes() == path.read_bytes()
        assert [name.suffix for name in (vn.land.folder / "evidence").iterdir()] == [""]
        told = vn.ask("evidence-custody", of=manifest)
        assert told["unbroken"]
        touches = [each["touch"] for each in told["timeline"] if each["party"] == "VN"]
        assert touches == ["received", "verified", "verified", "opened"]
        assert [vn.stop(), ru.stop()] == [0, 0]
    finally:
        vn.kill()
        ru.kill()
    assert vn.err.read_text() == ru.err.read_text() == ""


@pytest.mark.promise("P10")
def test_a_polite_stop_ends_a_fetch_where_it_is_and_the_next_one_goes_on(tmp_path, monkeypatch):
    credentials(tmp_path, monkeypatch)
    vn, ru = map(Running, copies(tmp_path))
    path = tmp_path / "disk"
    path.write_bytes(os.urandom(8 << 20))
    manifest = handed_over(ru, vn, path)

    async def stopped_meanwhile() -> tuple[int, str]:
        # At this pace it would take most of a minute.
        fetching = asyncio.create_task(vn.do("evidence-fetch", manifest=manifest, mbit_per_second=2))
        while not chunks(vn):
            await asyncio.sleep(0.02)
        ended = await asyncio.to_thread(vn.stop)
        with pytest.raises(CommandRefused) as refused:
            await fetching
        return ended, refused.value.code

    try:
        assert asyncio.run(stopped_meanwhile()) == (0, "NODE_STOPPING")
        kept = chunks(vn)
        assert kept, "the fetch came to its end, or nothing is left of it"
        vn.start()
        assert vn.ask("evidence-fetch", manifest=manifest)["arrived"] == 1
        assert [vn.stop(), ru.stop()] == [0, 0]
    finally:
        vn.kill()
        ru.kill()
    assert vn.err.read_text() == ru.err.read_text() == ""


# --- bad worlds ---------------------------------------------------------------------------------------------


@contextmanager
def no_larger_files(holder: Running, getter: Running) -> Iterator[str]:
    """The disk of who fetches takes no file that is larger than its database."""
    pid = getter.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (6 << 20, before[1]))
    yield "DISK_FULL"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def no_folder_here(holder: Running, getter: Running) -> Iterator[str]:
    """The folder of who fetches is not there any more, as a disk that was unplugged."""
    folder = getter.land.folder / "evidence"
    away = folder.rename(folder.with_name("away"))
    folder.write_bytes(b"")
    yield "DISK_FAILED"
    folder.unlink()
    away.rename(folder)


@contextmanager
def no_object_there(holder: Running, getter: Running) -> Iterator[str]:
    """Who holds it does not hold it any more."""
    (path,) = (holder.land.folder / "evidence").iterdir()
    away = path.rename(holder.land.folder / "away")
    yield "REMOTE_REFUSED"
    away.rename(path)


@contextmanager
def cut_there(holder: Running, getter: Running) -> Iterator[str]:
    """The sealed object of who holds it was cut."""
    (path,) = (holder.land.folder / "evidence").iterdir()
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    yield "REMOTE_GONE"
    path.write_bytes(raw)


@contextmanager
def changed_there(holder: Running, getter: Running) -> Iterator[str]:
    """A byte of it was changed."""
    (path,) = (holder.land.folder / "evidence").iterdir()
    raw = path.read_bytes()
    path.write_bytes(raw[:5_000_000] + bytes([raw[5_000_000] ^ 1]) + raw[5_000_001:])
    yield "CHUNK_TAMPERED"
    path.write_bytes(raw)


@pytest.mark.promise("P10")
def test_a_bad_world_has_a_code_and_shows_nothing_half_and_evidence_comes_when_it_is_well(
    tmp_path, monkeypatch
):
    credentials(tmp_path, monkeypatch)
    vn, ru = map(Running, copies(tmp_path))
    path = tmp_path / "disk"
    path.write_bytes(os.urandom((8 << 20) + 17))
    manifest = handed_over(ru, vn, path)
    try:
        for world in (no_larger_files, no_folder_here, no_object_there, cut_there, changed_there):
            with world(ru, vn) as code:
                with pytest.raises(CommandRefused) as refused:
                    vn.ask("evidence-fetch", manifest=manifest)
                assert refused.value.code == code, world.__name__
                (item,) = vn.ask("evidence-show", manifest=manifest)["items"]
                assert item["is"] == "to be fetched", world.__name__
        assert vn.ask("evidence-fetch", manifest=manifest)["arrived"] == 1
        assert vn.ask("evidence-verify", manifest=manifest)["verified"] == 1
        assert [vn.stop(), ru.stop()] == [0, 0]
    finally:
        vn.kill()
        ru.kill()
    assert vn.err.read_text() == ru.err.read_text() == ""
