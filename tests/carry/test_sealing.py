"""Sealing and opening files: right to the last byte, or a coded fault and nothing to see."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longbien.carry import (
    FileSource,
    FolderStore,
    UnfinishedFile,
    open_range,
    read_seal,
    seal,
    unfinished,
    unseal,
)
from longbien.carry.objects import FileReader
from longbien.evidence.sealed import CHUNK_BYTES

from .world import OBJECT, noise, object_seal, open_bytes, refused, seal_bytes, seal_file, wanted_of

MIB = CHUNK_BYTES
PIECES = st.lists(
    st.tuples(st.sampled_from([0, 1, 15, 4096, MIB - 1, MIB, MIB + 1]), st.booleans()), max_size=5
).map(
    lambda parts: b"".join(
        noise(str(place), size) if noisy else bytes(size) for place, (size, noisy) in enumerate(parts)
    )
)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "objects")


def left(store: FolderStore) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES, st.booleans(), st.data())
def test_what_was_sealed_opens_to_the_same_file(content: bytes, keep_holes: bool, data: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, store = Path(folder) / "a", FolderStore(Path(folder) / "objects")
        path.write_bytes(content)
        done = seal_file(path, lambda size: store.create(OBJECT, size), keep_holes=keep_holes)
        assert done.digests == {"sha256": hashlib.sha256(content).digest()}
        assert store.path(OBJECT).stat().st_size == done.sealed_bytes
        assert done.holes == (0 if not keep_holes else done.holes)
        with store.open(OBJECT) as reader:
            found = read_seal(reader, wanted_of(done))
            unseal(reader, found, said=done.digests, sink=UnfinishedFile(Path(folder) / "b", len(content)))
            start = data.draw(st.integers(0, len(content)))
            end = data.draw(st.integers(start, len(content)))
            assert open_range(reader, found, start, end) == content[start:end]
        assert (Path(folder) / "b").read_bytes() == content


def test_every_digest_that_is_asked_for_is_taken_in_the_same_pass(tmp_path: Path, store: FolderStore) -> None:
    content = noise("digests", 3 * MIB + 7)
    (tmp_path / "a").write_bytes(content)
    done = seal_file(
        tmp_path / "a", lambda size: store.create(OBJECT, size), digests=("sha512", "blake3", "sha1", "md5")
    )
    assert done.digests == {
        "sha256": hashlib.sha256(content).digest(),
        "sha512": hashlib.sha512(content).digest(),
        "blake3": blake3(content).digest(),
        "sha1": hashlib.sha1(content).digest(),
        "md5": hashlib.md5(content).digest(),
    }


def test_holes_cost_no_room_on_either_side(tmp_path: Path, store: FolderStore) -> None:
    size = 256 * MIB
    with (tmp_path / "sparse").open("wb") as file:
        file.write(b"x")
        file.seek(100 * MIB)
        file.write(noise("middle", MIB))
        file.truncate(size)
    done = seal_file(tmp_path / "sparse", lambda size: store.create(OBJECT, size))
    assert done.holes == 254
    assert store.path(OBJECT).stat().st_blocks * 512 < 3 * MIB
    with store.open(OBJECT) as reader:
        found = read_seal(reader, wanted_of(done))
        unseal(reader, found, said=done.digests, sink=UnfinishedFile(tmp_path / "again", size))
    assert (tmp_path / "again").stat().st_blocks * 512 < 3 * MIB
    assert subprocess.run(["cmp", tmp_path / "sparse", tmp_path / "again"], check=False).returncode == 0


def test_zeros_are_encrypted_like_anything_else_if_holes_shall_not_show(
    tmp_path: Path, store: FolderStore
) -> None:
    (tmp_path / "zeros").write_bytes(bytes(2 * MIB))
    done = seal_file(tmp_path / "zeros", lambda size: store.create(OBJECT, size), keep_holes=False)
    assert done.holes == 0
    raw = store.path(OBJECT).read_bytes()
    assert raw[:MIB].count(0) < MIB // 100


def test_a_block_device_is_sealed_like_a_file(tmp_path: Path, store: FolderStore) -> None:
    image = tmp_path / "image"
    image.write_bytes(noise("disk", 2 * MIB + 512))
    # Where the way to programs of the administrator is not set, they are there all the same.
    losetup = shutil.which("losetup", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if losetup is None:
        pytest.skip("no loop device may be made here: losetup is not installed")
    loop = subprocess.run([losetup, "--find", "--show", image], capture_output=True, text=True, check=False)
    if loop.returncode != 0:
        pytest.skip("no loop device may be made here: " + loop.stderr.strip())
    device = Path(loop.stdout.strip())
    try:
        done = seal_file(device, lambda size: store.create(OBJECT, size))
        assert done.digests["sha256"] == hashlib.sha256(image.read_bytes()).digest()
    finally:
        subprocess.run([losetup, "--detach", device], check=True)


def test_memory_stays_flat(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1024 * MIB)
    script = (
        "import resource, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from carry.world import seal_file, OBJECT; from longbien.carry import FolderStore\n"
        "folder = Path(sys.argv[1]); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "store = FolderStore(folder / 'objects'); seal_file(folder / 'large', lambda size: store.create(OBJECT, size))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path, Path(__file__).parents[1]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 64 * 1024  # KiB, beside what Python and the libraries take


# --- bad worlds ---------------------------------------------------------------------------------------------


class Hurt(FileSource):
    """A source that behaves badly when a certain byte is reached."""

    def __init__(self, path: Path, at: int, act: Any) -> None:
        super().__init__(path)
        self._at = at
        self._act = act

    def read_into(self, offset: int, view: memoryview) -> None:
        if offset <= self._at < offset + len(view):
            self._act()
        super().read_into(offset, view)


def test_an_unreadable_sector_stops_the_seal_and_says_where(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad").write_bytes(noise("bad", 3 * MIB))
    true = os.preadv

    def failing(handle: int, views: list[memoryview], offset: int) -> int:
        if offset + len(views[0]) > MIB + 4096:
            raise OSError(5, "Input/output error")
        return true(handle, views, offset)

    monkeypatch.setattr(os, "preadv", failing)
    with refused("SOURCE_UNREADABLE") as fault:
        seal_file(tmp_path / "bad", lambda size: store.create(OBJECT, size))
    assert f"at byte {MIB}: Input/output error" in str(fault.value)
    assert left(store) == []


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("SOURCE_SHRANK", lambda path: os.truncate(path, 2 * MIB)),
        ("SOURCE_GREW", lambda path: path.open("ab").write(b"more")),
        ("SOURCE_CHANGED", lambda path: os.pwrite(os.open(path, os.O_WRONLY), b"other", 0)),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_source_that_is_written_meanwhile_is_not_sealed(
    code: str, act: Any, tmp_path: Path, store: FolderStore
) -> None:
    path = tmp_path / "busy"
    path.write_bytes(noise("busy", 3 * MIB))
    os.utime(path, ns=(0, 0))
    with Hurt(path, 2 * MIB, lambda: act(path)) as source, refused(code):
        made = object_seal(source.size)
        seal(source, store.create(OBJECT, made.layout.sealed_bytes), made)
    assert left(store) == []


def test_what_is_no_file_and_no_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, code in (
        (tmp_path / "pipe", "SOURCE_KIND"),
        (tmp_path, "SOURCE_KIND"),
        (tmp_path / "none", "SOURCE_ABSENT"),
    ):
        with refused(code):
            FileSource(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_stops_a_seal_and_leaves_nothing(tmp_path: Path, small_disk: Path) -> None:
    (tmp_path / "a").write_bytes(noise("full", 4 * MIB))
    store = FolderStore(small_disk / "objects")
    with refused("DISK_FULL"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert left(store) == []


@pytest.mark.parametrize("after", [0, 1, 3, 4, 5])
def test_a_disk_that_fills_at_any_moment_leaves_nothing(
    after: int, tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(noise("full", 4 * MIB))
    true, writes = os.pwrite, iter(range(10**6))

    def failing(handle: int, content: memoryview, offset: int) -> int:
        if next(writes) >= after:
            raise OSError(28, "No space left on device")
        return true(handle, content, offset)

    monkeypatch.setattr(os, "pwrite", failing)
    with refused("DISK_FULL"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert left(store) == []


def test_a_sync_that_fails_leaves_nothing(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"a")

    def failing(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with refused("DISK_FAILED"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert left(store) == []


def test_a_file_system_without_direct_writing_serves_too(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = noise("plain", 3 * MIB + 1)
    (tmp_path / "a").write_bytes(content)
    true = os.open

    def indirect(path: Any, flags: int, *rest: int) -> int:
        if flags & os.O_DIRECT:
            raise OSError(22, "Invalid argument")
        return true(path, flags, *rest)

    monkeypatch.setattr(unfinished.os, "open", indirect)
    done = seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert done.digests["sha256"] == hashlib.sha256(content).digest()


def test_an_object_is_never_written_over(tmp_path: Path, store: FolderStore) -> None:
    seal_bytes(b"first", store, tmp_path)
    before = store.path(OBJECT).read_bytes()
    with refused("OBJECT_EXISTS"):
        seal_bytes(b"second", store, tmp_path)
    # Nor when it appears while another is in the making.
    made = object_seal(6)
    (tmp_path / "late").write_bytes(b"second")
    store.path(OBJECT).rename(tmp_path / "aside")
    with FileSource(tmp_path / "late") as source, refused("OBJECT_EXISTS"):
        sink = store.create(OBJECT, made.layout.sealed_bytes)
        (tmp_path / "aside").rename(store.path(OBJECT))
        seal(source, sink, made)
    assert store.path(OBJECT).read_bytes() == before
    assert left(store) == [OBJECT.hex()]


@pytest.mark.promise("P10")
@pytest.mark.parametrize(
    ("code", "hurt"),
    [
        ("SEAL_TRUNCATED", lambda raw: raw[:-1]),
        ("SEAL_TRUNCATED", lambda _raw: b""),
        ("SEAL_EXCESS", lambda raw: raw + b"\0"),
        ("SEAL_COMMITMENT", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])),
        ("SEAL_MISMATCH", lambda raw: raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:]),
        ("CHUNK_TAMPERED", lambda raw: bytes([raw[0] ^ 1]) + raw[1:]),
        ("CHUNK_TAMPERED", lambda raw: raw[MIB : 2 * MIB] + raw[:MIB] + raw[2 * MIB :]),
    ],
)
def test_a_tampered_object_gives_no_file(code: str, hurt: Any, tmp_path: Path, store: FolderStore) -> None:
    wanted = seal_bytes(noise("whole", 2 * MIB + 9), store, tmp_path)
    path = store.path(OBJECT)
    path.write_bytes(hurt(path.read_bytes()))
    with refused(code):
        open_bytes(store, wanted, UnfinishedFile(tmp_path / "out", wanted.size))
    assert not list(tmp_path.glob("out*"))


@pytest.mark.promise("P10")
def test_a_file_that_is_not_the_one_of_the_manifest_does_not_appear(
    tmp_path: Path, store: FolderStore
) -> None:
    wanted = seal_bytes(b"true", store, tmp_path)
    with store.open(OBJECT) as reader, refused("DIGEST_MISMATCH"):
        found = read_seal(reader, wanted)
        unseal(reader, found, said={"sha256": bytes(32)}, sink=UnfinishedFile(tmp_path / "out", 4))
    assert not list(tmp_path.glob("out*"))


def test_another_object_under_this_name_is_not_opened(tmp_path: Path, store: FolderStore) -> None:
    wanted = seal_bytes(b"mine", store, tmp_path)
    other = seal_bytes(b"ours", store, tmp_path, object_id=noise("other", 16))
    store.path(wanted.object_id).write_bytes(store.path(other.object_id).read_bytes())
    with refused("SEAL_COMMITMENT"):
        open_bytes(store, wanted)


def test_an_object_that_is_cut_while_it_is_read_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with FileReader(tmp_path / "a") as reader, refused("DISK_FAILED"):
        reader.read_into(2, memoryview(bytearray(2)))


def test_bytes_outside_an_object_are_not_there(tmp_path: Path, store: FolderStore) -> None:
    wanted = seal_bytes(b"abc", store, tmp_path)
    with store.open(OBJECT) as reader:
        found = read_seal(reader, wanted)
        for start, end in ((0, 4), (-1, 2), (2, 1)):
            with refused("RANGE_OUTSIDE"):
                open_range(reader, found, start, end)


def test_what_a_killed_seal_left_is_swept_and_what_a_fetch_left_is_kept(store: FolderStore) -> None:
    for name in ("aa.part", "bb.part", "bb.journal", "cc", "dd", "dd.part", "dd.journal", "ee.journal"):
        (store.folder / name).write_bytes(b"")
    store.sweep()
    assert left(store) == ["bb.journal", "bb.part", "cc", "dd", "ee.journal"]


def test_two_seals_of_one_object_never_write_into_one_file(tmp_path: Path, store: FolderStore) -> None:
    with store.create(OBJECT, 10), refused("OBJECT_EXISTS"):
        seal_bytes(b"second", store, tmp_path)
    seal_bytes(b"third", store, tmp_path)
    with refused("OBJECT_EXISTS"), store.create(OBJECT, 10):
        pass


def test_a_memory_stick_that_knows_one_name_for_a_file_serves_too(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def linkless(*_paths: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", linkless)
    wanted = seal_bytes(b"stick", store, tmp_path)
    open_bytes(store, wanted)
    with store.create(noise("late", 16), 0) as sink:
        sink.final.write_bytes(b"")
        with refused("OBJECT_EXISTS"):
            sink.finish()


def test_a_name_that_cannot_be_made_durable_is_taken_back(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_path: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(unfinished, "sync_directory", failing)
    with refused("DISK_FAILED"):
        seal_bytes(b"a", store, tmp_path)
    assert left(store) == []


def test_a_full_disk_of_temporary_files_stops_a_seal(
    tmp_path: Path, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(tempfile.SpooledTemporaryFile):
        def write(self, _content: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    with refused("DISK_FULL"):
        seal_bytes(b"a", store, tmp_path)
    assert left(store) == []


def test_a_digest_that_nobody_knows_is_refused(tmp_path: Path, store: FolderStore) -> None:
    (tmp_path / "a").write_bytes(b"a")
    with refused("DIGEST_FORM"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size), digests=("crc32",))


def test_a_key_is_never_printed(tmp_path: Path, store: FolderStore) -> None:
    wanted = seal_bytes(b"a", store, tmp_path)
    assert wanted.key.hex() not in repr(wanted)
    assert repr(wanted.key) not in repr(wanted)


def test_no_file_stays_open(tmp_path: Path, store: FolderStore) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for place in range(5):
        seal_bytes(b"x", store, tmp_path, object_id=noise(str(place), 16))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
