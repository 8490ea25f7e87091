"""Object stores: a folder, memory, a pretended S3 (moto) and a real one (radosgw, where its packages are) keep the
same promises.
"""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from buckets import s3
from longbien.carry import FolderStore, ObjectStore, pieces, read_seal, unseal
from longbien.carry.segments import SEGMENT_BYTES, SegmentStore
from longbien.evidence.sealed import CHUNK_BYTES

from .world import OBJECT, noise, object_seal, refused, seal_file, wanted_of

MIB = CHUNK_BYTES


@pytest.fixture(params=["folder", "memory", "moto", "radosgw"])
def made(
    request: pytest.FixtureRequest, bucket_of: Callable[[str], Any], tmp_path: Path
) -> tuple[ObjectStore, Callable[[], int]]:
    """A store, and how many keys or files it holds."""
    if request.param == "folder":
        folder = FolderStore(tmp_path / "objects")
        return folder, lambda: len(list(folder.folder.iterdir()))
    bucket = bucket_of(request.param)
    return SegmentStore(bucket), lambda: sum(len(page) for page in obstore.list(bucket))


def test_a_sealed_object_goes_in_and_comes_out_the_same(made: Any, tmp_path: Path) -> None:
    store, count = made
    content = noise("a", SEGMENT_BYTES - 3 * MIB) + bytes(2 * SEGMENT_BYTES) + noise("b", 2 * MIB + 3)
    (tmp_path / "a").write_bytes(content)
    done = seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert done.holes >= 31
    # Two segments of three and the last key; the one between is a hole.
    assert count() == (1 if isinstance(store, FolderStore) else 3)
    with store.open(OBJECT) as reader:
        assert reader.size == done.sealed_bytes
        found = read_seal(reader, wanted_of(done))
        assert unseal(reader, found, said=done.digests) == done.digests
        across = b"".join(pieces(reader, SEGMENT_BYTES - 4 * MIB, SEGMENT_BYTES + MIB))
        assert across[-MIB:] == bytes(MIB)
        assert len(across) == 5 * MIB


def test_an_object_is_created_once(made: Any, tmp_path: Path) -> None:
    store, count = made
    (tmp_path / "a").write_bytes(b"first")
    done = seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    before = count()
    (tmp_path / "a").write_bytes(b"other")
    with refused("OBJECT_EXISTS"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    assert count() == before
    with store.open(OBJECT) as reader:
        found = read_seal(reader, wanted_of(done))
        unseal(reader, found, said=done.digests)


def test_an_object_in_the_making_is_seen_by_nobody_and_leaves_nothing(made: Any) -> None:
    store, count = made
    seal = object_seal(3 * SEGMENT_BYTES)
    with pytest.raises(KeyboardInterrupt), store.create(OBJECT, seal.layout.sealed_bytes) as sink:
        for index in range(2 * SEGMENT_BYTES // MIB):
            sink.write(sink.buffer(), MIB, index * MIB)
        with refused("OBJECT_ABSENT"):
            store.open(OBJECT)
        raise KeyboardInterrupt
    assert count() == 0


def test_a_deleted_object_is_gone(made: Any, tmp_path: Path) -> None:
    store, count = made
    (tmp_path / "a").write_bytes(noise("a", MIB))
    seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    store.delete(OBJECT)
    assert count() == 0
    for gone in (store.open, store.delete):
        with refused("OBJECT_ABSENT"):
            gone(OBJECT)


def test_a_segment_that_is_lost_is_said_to_be_lost(tmp_path: Path) -> None:
    bucket = MemoryStore()
    store = SegmentStore(bucket)
    (tmp_path / "a").write_bytes(noise("a", MIB))
    seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    obstore.delete(bucket, f"{OBJECT.hex()}/00000000")
    with store.open(OBJECT) as reader, refused("OBJECT_ABSENT"):
        reader.read_into(0, memoryview(bytearray(10)))
    obstore.put(bucket, f"{OBJECT.hex()}/00000000", b"short")
    with store.open(OBJECT) as reader, refused("STORE_GONE"):
        reader.read_into(0, memoryview(bytearray(10)))


@pytest.mark.parametrize("lost", ["00000000", "whole"])
def test_a_lost_answer_makes_no_half_object(
    lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, true = MemoryStore(), obstore.put

    def twice(store: Any, key: str, content: Any, **options: Any) -> Any:
        if key.endswith(lost):
            # The first answer was lost on its way, and the library asked again.
            true(store, key, content, **options)
        return true(store, key, content, **options)

    monkeypatch.setattr(obstore, "put", twice)
    (tmp_path / "a").write_bytes(b"a")
    done = seal_file(tmp_path / "a", lambda size: SegmentStore(bucket).create(OBJECT, size))
    with SegmentStore(bucket).open(OBJECT) as reader:
        unseal(reader, read_seal(reader, wanted_of(done)), said=done.digests)


def test_an_object_whose_last_answer_never_came_is_whole_or_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, true = MemoryStore(), obstore.put

    def silent(store: Any, key: str, content: Any, **options: Any) -> Any:
        done = true(store, key, content, **options)
        if key.endswith("whole"):
            raise OSError(110, "Connection timed out")
        return done

    monkeypatch.setattr(obstore, "put", silent)
    (tmp_path / "a").write_bytes(b"a")
    with refused("STORE_GONE"):
        seal_file(tmp_path / "a", lambda size: SegmentStore(bucket).create(OBJECT, size))
    assert sum(len(page) for page in obstore.list(bucket)) == 0


def test_a_store_that_does_not_answer_is_said_to_be_gone(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = SegmentStore(s3(f"http://127.0.0.1:{free.getsockname()[1]}", "key", "secret"))
    (tmp_path / "a").write_bytes(b"a")
    with refused("STORE_GONE"):
        seal_file(tmp_path / "a", lambda size: store.create(OBJECT, size))
    for call in (store.open, store.delete):
        with refused("STORE_GONE"):
            call(OBJECT)
