"""An object that is fetched lies in the bucket in the end, whole and verified there; whatever happens on the way, nothing is lost or half."""

from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from longbien.carry import FolderStore, Progress, Wanted, read_seal, unseal
from longbien.carry.place import Place
from longbien.carry.receiving import receive
from longbien.carry.segments import SEGMENT_BYTES, SegmentStore
from longbien.evidence.sealed import CHUNK_BYTES

from .world import AT_ONCE, OBJECT, Far, gone, noise, refused, seal_bytes

MIB = CHUNK_BYTES
# Two segments with something in them, one between that is a hole, and the tags behind them.
CONTENT = noise("a", SEGMENT_BYTES - 3 * MIB) + bytes(2 * SEGMENT_BYTES) + noise("b", 2 * MIB + 3)


def keys(bucket: Any) -> list[str]:
    return sorted(each["path"] for page in obstore.list(bucket) for each in page)


class World:
    """Who holds the object, and the place of who fetches it."""

    def __init__(self, folder: Path, bucket: Any) -> None:
        there = FolderStore(folder / "there")
        self.wanted: Wanted = seal_bytes(CONTENT, there, folder)
        self.far = Far(there)
        self.bucket = bucket
        self.place = Place(FolderStore(folder / "here"), SegmentStore(bucket))

    def receive(self, told: Any = None) -> None:
        receive(self.wanted, self.far, self.place, manner=AT_ONCE, told=told)

    @property
    def in_folder(self) -> list[str]:
        return sorted(path.suffix for path in self.place.incoming.folder.iterdir())

    def check_it_is_there(self) -> None:
        assert self.in_folder == []
        assert [key.rpartition("/")[2] for key in keys(self.bucket)] == ["00000000", "00000002", "whole"]
        with self.place.open(OBJECT) as reader:
            unseal(reader, read_seal(reader, self.wanted), said=self.wanted.digests)


def test_an_object_goes_through_the_folder_into_the_bucket_and_out_of_it_again(
    tmp_path: Path, bucket: Any
) -> None:
    world = World(tmp_path, bucket)
    told: list[Progress] = []
    world.receive(told.append)
    world.check_it_is_there()
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == told[-1].total
    world.receive()
    world.check_it_is_there()
    world.place.delete(OBJECT)
    assert keys(bucket) == []
    with refused("OBJECT_ABSENT"):
        world.place.open(OBJECT)


def test_a_line_that_breaks_leaves_what_has_come_in_the_folder(tmp_path: Path) -> None:
    world = World(tmp_path, MemoryStore())
    world.far.mishap = lambda number, start, content: (
        gone(number, start, content) if number > 4 else [content]
    )
    with refused("REMOTE_GONE"):
        world.receive()
    assert world.in_folder == [".journal", ".part"]
    assert keys(world.bucket) == []
    world.far.mishap = lambda _number, _start, content: [content]
    world.receive()
    world.check_it_is_there()


class Silent(Exception):
    """The power is gone."""


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("fault", [OSError(110, "Connection timed out"), Silent()], ids=["gone", "killed"])
def test_a_store_that_goes_away_has_a_code_and_nothing_is_fetched_or_sent_again(
    after: int, fault: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, true = World(tmp_path, MemoryStore()), obstore.put
    sent: list[str] = []

    def put(bucket: Any, key: str, content: Any, **options: Any) -> Any:
        if len(sent) >= after and working[0] is False:
            raise fault
        sent.append(key)
        return true(bucket, key, content, **options)

    working = [False]
    monkeypatch.setattr(obstore, "put", put)
    with pytest.raises(Silent) if isinstance(fault, Silent) else refused("STORE_GONE"):
        world.receive()
    assert world.in_folder == [""], "the folder has it whole"
    with refused("OBJECT_ABSENT"):
        SegmentStore(world.bucket).open(OBJECT)
    asked, working[0] = len(world.far.asked), True
    world.receive()
    world.check_it_is_there()
    assert len(world.far.asked) == asked
    assert len(sent) == len(set(sent)) == 3


def test_what_the_bucket_keeps_is_looked_at_before_the_folder_lets_it_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, true = World(tmp_path, MemoryStore()), obstore.put

    def wrong(bucket: Any, key: str, content: Any, **options: Any) -> Any:
        hurt = bytearray(content)
        hurt[5] ^= key.endswith("00000000")
        return true(bucket, key, bytes(hurt), **options)

    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", wrong)
        with refused("CHUNK_TAMPERED"):
            world.receive()
    assert world.in_folder == [""]
    assert keys(world.bucket) == []
    world.receive()
    world.check_it_is_there()


def test_who_is_killed_before_the_folder_lets_it_go_lets_it_go_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, MemoryStore())
    with monkeypatch.context() as patch:
        patch.setattr(Place, "let_go", lambda *_: (_ for _ in ()).throw(Silent))
        with pytest.raises(Silent):
            world.receive()
    assert world.in_folder == [""]
    asked = len(world.far.asked)
    world.receive()
    world.check_it_is_there()
    assert len(world.far.asked) == asked


def test_what_was_sent_of_an_object_that_nobody_wants_any_more_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, true = World(tmp_path, MemoryStore()), obstore.put

    def put(bucket: Any, key: str, content: Any, **options: Any) -> Any:
        if key.endswith("whole"):
            raise Silent
        return true(bucket, key, content, **options)

    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", put)
        with pytest.raises(Silent):
            world.receive()
    assert len(keys(world.bucket)) == 2
    world.place.delete(OBJECT)
    assert keys(world.bucket) == [] == world.in_folder
