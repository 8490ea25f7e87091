"""Fetching through bad lines, hostile other sides, crashes and power cuts: the right file at last, or a coded fault
and nothing to see.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longbien.carry import CarryFault, FolderStore, Manner, Progress, Wanted, abandon, fetch
from longbien.carry.journal import Journal
from longbien.carry.pace import Meter, Pace
from longbien.carry.part import Part
from longbien.evidence.sealed import CHUNK_BYTES, SEAL_BYTES, Layout

from .world import AT_ONCE, OBJECT, Far, gone, noise, open_bytes, refused, seal_bytes

MIB = CHUNK_BYTES
ONE_BY_ONE = Manner(workers=1, waits=AT_ONCE.waits, sleep=AT_ONCE.sleep)
CONTENT = noise("content", 3 * MIB) + bytes(MIB) + noise("end", 77)
LAYOUT = Layout(size=len(CONTENT))
NEEDED = LAYOUT.sealed_bytes - MIB


class Two:
    """A folder here and one there, with one object there."""

    def __init__(self, folder: Path) -> None:
        self.here = FolderStore(folder / "here")
        self.there = FolderStore(folder / "there")
        self.far = Far(self.there)
        self.wanted = seal_bytes(CONTENT, self.there, folder)

    def fetch(self, **changed: Any) -> Path:
        return fetch(self.wanted, self.far, self.here, **{"manner": AT_ONCE, **changed})

    def is_whole(self) -> bool:
        """Whether exactly the object is here, nothing beside it, and opens to the content."""
        open_bytes(self.here, self.wanted)
        same = self.here.path(OBJECT).read_bytes() == self.there.path(OBJECT).read_bytes()
        return same and [path.name for path in self.here.folder.iterdir()] == [OBJECT.hex()]

    def is_hidden(self) -> bool:
        return not self.here.path(OBJECT).exists()


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


@pytest.mark.promise("P10")
def test_an_object_arrives_whole_and_each_byte_is_sent_once(two: Two) -> None:
    told: list[Progress] = []
    two.fetch(told=told.append)
    assert two.is_whole()
    assert two.far.sent == NEEDED
    assert max(each.done for each in told) == told[0].total == LAYOUT.sealed_bytes


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1])
def test_objects_of_every_size_arrive(size: int, tmp_path: Path) -> None:
    there, here = FolderStore(tmp_path / "there"), FolderStore(tmp_path / "here")
    wanted = seal_bytes(noise("size", size), there, tmp_path)
    fetch(wanted, Far(there), here, manner=AT_ONCE)
    open_bytes(here, wanted)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.tuples(st.sampled_from(["cut", "raise", "gone", "well"]), st.integers(0, MIB)), max_size=30),
    st.integers(1, 6),
)
def test_any_cuts_cost_nothing_but_the_questions(mishaps: list[tuple[str, int]], workers: int) -> None:
    def mishap(number: int, start: int, content: bytes) -> Iterable[bytes]:
        kind, after = mishaps[number - 1] if number <= len(mishaps) else ("well", 0)
        yield content if kind == "well" else content[:after]
        if kind == "raise":
            raise ConnectionResetError("cut")
        if kind == "gone":
            raise CarryFault("REMOTE_GONE", "cut")

    with tempfile.TemporaryDirectory() as folder:
        two = Two(Path(folder))
        two.far.mishap = mishap
        while two.is_hidden():
            try:
                two.fetch(manner=Manner(workers=workers, waits=(0.0, 0.0), sleep=lambda _seconds: None))
            except CarryFault as fault:
                assert fault.code == "REMOTE_GONE"
                assert two.is_hidden()
        assert two.is_whole()
        # What was received of a chunk is asked for again only when a whole call ended.
        assert two.far.sent <= NEEDED + 30 * MIB


def test_a_chunk_goes_on_where_it_was_cut(two: Two) -> None:
    two.far.mishap = lambda _number, _start, content: [content[: max(1, len(content) // 2)]]
    two.fetch()
    assert two.is_whole()
    assert two.far.sent == NEEDED


def test_when_nobody_answers_the_fetch_stops_and_goes_on_later(two: Two) -> None:
    two.far.mishap = lambda number, start, content: [content] if number <= 4 else gone(number, start, content)
    with refused("REMOTE_GONE"):
        two.fetch(manner=ONE_BY_ONE)
    assert two.is_hidden()
    before = two.far.sent
    two.far.mishap = lambda _number, _start, content: [content]
    two.fetch()
    assert two.is_whole()
    assert before > 2 * MIB
    assert two.far.sent == NEEDED


@pytest.mark.parametrize(
    "fault", [OSError(110, "Connection timed out"), CarryFault("REMOTE_GONE", "no route")]
)
def test_waits_between_tries_are_those_of_the_manner(fault: Exception, two: Two) -> None:
    waited: list[float] = []

    def mishap(_number: int, _start: int, _content: bytes) -> Iterable[bytes]:
        raise fault

    two.far.mishap = mishap
    with refused("REMOTE_GONE"):
        two.fetch(manner=Manner(workers=1, waits=(0.0, 1.0, 5.0), sleep=waited.append))
    assert waited == [0.0, 1.0, 5.0]


# --- a hostile or broken other side -------------------------------------------------------------------------


def flipping(times: int, at: range) -> Any:
    """Flips a bit of the first answers that hold a byte of `at`."""
    left = [times]

    def mishap(_number: int, start: int, content: bytes) -> Iterable[bytes]:
        place = at.start - start
        if left[0] and 0 <= place < len(content):
            left[0] -= 1
            return [content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]]
        return [content]

    return mishap


@pytest.mark.promise("P10")
@pytest.mark.parametrize("place", [5, MIB + 5, len(CONTENT) - 1, LAYOUT.tag(0)[0], LAYOUT.tag(2)[0]])
def test_what_was_hurt_on_the_way_is_fetched_again(place: int, two: Two) -> None:
    two.far.mishap = flipping(1, range(place, place + 1))
    two.fetch()
    assert two.is_whole()
    assert two.far.sent <= NEEDED + MIB + 16


@pytest.mark.promise("P10")
@pytest.mark.parametrize("place", [5, len(CONTENT) - 1, LAYOUT.tag(1)[0]])
def test_what_is_wrong_again_and_again_is_never_kept(place: int, two: Two) -> None:
    two.far.mishap = flipping(100, range(place, place + 1))
    with refused("CHUNK_TAMPERED"):
        two.fetch()
    assert two.is_hidden()
    two.far.mishap = lambda _number, _start, content: [content]
    two.fetch()
    assert two.is_whole()


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("SEAL_COMMITMENT", {"commitment": bytes(32)}),
        ("SEAL_MISMATCH", {"key": bytes(32)}),
    ],
)
def test_another_key_or_seal_is_found_before_a_byte_of_the_body_is_asked_for(
    code: str, changed: dict[str, bytes], two: Two
) -> None:
    fields = {name: getattr(two.wanted, name) for name in two.wanted.__slots__}
    two.wanted = Wanted(**{**fields, **changed})
    with refused(code):
        two.fetch()
    assert two.far.asked == [(LAYOUT.seal_at, LAYOUT.sealed_bytes)]
    assert two.is_hidden()


def test_another_object_in_its_place_is_refused(two: Two, tmp_path: Path) -> None:
    other = seal_bytes(noise("other", len(CONTENT)), two.there, tmp_path, object_id=noise("id", 16))
    two.there.path(OBJECT).write_bytes(two.there.path(other.object_id).read_bytes())
    with refused("SEAL_COMMITMENT"):
        two.fetch()
    assert two.is_hidden()


def test_more_than_was_asked_for_ends_the_fetch(two: Two) -> None:
    two.far.mishap = lambda _number, _start, content: [content + b"more"]
    with refused("REMOTE_EXCESS"):
        two.fetch()
    assert two.is_hidden()


@pytest.mark.promise("P10")
def test_an_object_that_is_not_the_one_of_the_manifest_waits_for_a_right_manifest(two: Two) -> None:
    right = two.wanted
    fields = {name: getattr(right, name) for name in right.__slots__}
    two.wanted = Wanted(**{**fields, "digests": {"sha256": bytes(32)}})
    with refused("DIGEST_MISMATCH"):
        two.fetch()
    assert two.is_hidden()
    two.wanted = right
    before = two.far.sent
    two.fetch()
    assert two.is_whole()
    assert two.far.sent == before


# --- crashes, power cuts, bad disks -------------------------------------------------------------------------


def stopped(two: Two, questions: int) -> tuple[Path, Path]:
    """A fetch that ended after so many questions; its part file and its journal."""
    two.far.mishap = lambda number, start, content: (
        [content] if number <= questions else gone(number, start, content)
    )
    with refused("REMOTE_GONE"):
        two.fetch(manner=ONE_BY_ONE)
    two.far.mishap = lambda _number, _start, content: [content]
    two.far.sent = 0
    return two.here.folder / (OBJECT.hex() + ".part"), two.here.folder / (OBJECT.hex() + ".journal")


def test_a_chunk_that_a_power_cut_took_is_fetched_again_and_only_that(two: Two) -> None:
    part, _journal = stopped(two, 5)
    with part.open("r+b") as file:
        file.seek(MIB)
        file.write(bytes(MIB))
    two.fetch()
    assert two.is_whole()
    assert two.far.sent == MIB + 77


@pytest.mark.parametrize(
    "hurt",
    [
        lambda raw: b"",
        lambda raw: raw[:50],
        lambda raw: b"\0" * len(raw),
        lambda raw: raw[:-3],
        lambda raw: raw + b"\xff" * 5,
        lambda raw: raw + bytes(64),
        lambda raw: raw + b"\xfe" * 8,
    ],
)
def test_a_journal_that_was_hurt_costs_time_and_never_bytes_that_are_wrong(hurt: Any, two: Two) -> None:
    _part, journal = stopped(two, 4)
    journal.write_bytes(hurt(journal.read_bytes()))
    two.fetch()
    assert two.is_whole()


@pytest.mark.parametrize("hurt", [lambda part: part.unlink(), lambda part: os.truncate(part, 10)])
def test_a_part_that_is_lost_is_fetched_anew(hurt: Any, two: Two) -> None:
    part, _journal = stopped(two, 4)
    hurt(part)
    two.fetch()
    assert two.is_whole()


def test_tags_that_the_disk_lost_are_fetched_again(two: Two) -> None:
    part, _journal = stopped(two, 5)
    with part.open("r+b") as file:
        file.seek(LAYOUT.tags_at)
        file.write(bytes(16 * LAYOUT.chunks))
    two.fetch()
    assert two.is_whole()


@pytest.mark.promise("P10")
def test_what_the_disk_lost_between_two_calls_is_found_before_the_file_appears(two: Two) -> None:
    part, journal = stopped(two, 5)
    with Journal(journal) as marked:
        marked.read(two.there.path(OBJECT).read_bytes()[-SEAL_BYTES:], LAYOUT.chunks)
        marked.mark()
    with part.open("r+b") as file:
        file.write(bytes(10))
    with refused("CHUNK_TAMPERED"):
        two.fetch()
    assert two.is_hidden()
    before = two.far.sent
    two.fetch()
    assert two.is_whole()
    assert two.far.sent == before + MIB


@pytest.mark.parametrize(("held", "read"), [(0, 4), (64, 0)])
def test_chunks_are_digested_from_memory_and_those_that_it_cannot_hold_from_the_disk(
    held: int, read: int, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_disk: list[int] = []
    true = Part.sealed

    def sealed(part: Part, chunk: int, buffer: memoryview) -> memoryview:
        from_disk.append(chunk)
        return true(part, chunk, buffer)

    monkeypatch.setattr("longbien.carry.following.HELD_MAX", held)
    monkeypatch.setattr(Part, "sealed", sealed)
    two.fetch()
    assert two.is_whole()
    assert len(from_disk) == read


@pytest.mark.parametrize("after", [0, 2, 4, 6, 8])
def test_a_full_disk_ends_the_fetch_which_goes_on_later(
    after: int, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, writes = os.pwrite, iter(range(10**6))

    def failing(handle: int, content: memoryview, offset: int) -> int:
        if next(writes) >= after:
            raise OSError(28, "No space left on device")
        return true(handle, content, offset)

    monkeypatch.setattr(os, "pwrite", failing)
    with refused("DISK_FULL"):
        two.fetch()
    assert two.is_hidden()
    monkeypatch.setattr(os, "pwrite", true)
    two.fetch()
    assert two.is_whole()


def test_after_a_sync_that_failed_nothing_that_was_received_counts(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, syncs = os.fsync, iter(range(10**6))

    def failing(handle: int) -> None:
        # The first syncs make tags, journal and its name durable; the next would be that of the chunks.
        if next(syncs) == 3:
            raise OSError(5, "Input/output error")
        true(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with refused("DISK_FAILED"):
        two.fetch()
    monkeypatch.setattr(os, "fsync", true)
    assert two.far.sent == NEEDED
    two.fetch()
    assert two.is_whole()
    assert two.far.sent == 2 * NEEDED - 56


def test_a_run_of_chunks_is_one_question(tmp_path: Path) -> None:
    there, here = FolderStore(tmp_path / "there"), FolderStore(tmp_path / "here")
    far = Far(there)
    content = noise("run", 10 * MIB) + bytes(MIB) + noise("end", 13 * MIB)
    wanted = seal_bytes(content, there, tmp_path)
    fetch(wanted, far, here, manner=ONE_BY_ONE)
    open_bytes(here, wanted)
    assert far.asked[2:] == [
        (0, 6 * MIB),
        (6 * MIB, 10 * MIB),
        (11 * MIB, 17 * MIB),
        (17 * MIB, 23 * MIB),
        (23 * MIB, 24 * MIB),
    ]


def test_one_object_is_fetched_once_at_a_time_and_never_over_another(two: Two) -> None:
    with Journal(two.here.folder / (OBJECT.hex() + ".journal")), refused("FETCH_RUNNING"):
        two.fetch()
    two.fetch()
    with refused("OBJECT_EXISTS"):
        two.fetch()


def test_a_fetch_that_nobody_wants_any_more_leaves_nothing(two: Two) -> None:
    stopped(two, 3)
    abandon(two.here, OBJECT)
    assert not list(two.here.folder.iterdir())


@pytest.mark.promise("P14")
def test_a_killed_fetch_goes_on_where_it_was(tmp_path: Path) -> None:
    there, here = FolderStore(tmp_path / "there"), FolderStore(tmp_path / "here")
    wanted = seal_bytes(noise("killed", 24 * MIB + 5), there, tmp_path)
    script = (
        "import os, sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from carry.world import Far, KEY, OBJECT; from longbien.carry import FolderStore, Manner, Wanted, fetch\n"
        "folder = Path(sys.argv[1]); log = os.open(folder / 'sent', os.O_WRONLY | os.O_CREAT | os.O_APPEND)\n"
        "def slow(_number, _start, content):\n"
        "    for place in range(0, len(content), 1 << 16):\n"
        "        os.write(log, b'x'); time.sleep(0.002); yield content[place:place + (1 << 16)]\n"
        f"wanted = Wanted(object_id=OBJECT, size={wanted.size}, commitment=bytes.fromhex('{wanted.commitment.hex()}'), key=KEY,\n"
        f"    digests={{'sha256': bytes.fromhex('{wanted.digests['sha256'].hex()}')}})\n"
        "fetch(wanted, Far(FolderStore(folder / 'there'), slow), FolderStore(folder / 'here'), manner=Manner(workers=2))\n"
    )
    log = tmp_path / "sent"
    log.touch()
    for kill in range(6):
        process = subprocess.Popen([sys.executable, "-c", script, tmp_path, Path(__file__).parents[1]])
        enough = log.stat().st_size + 40 + 3 * kill
        while log.stat().st_size < enough:
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not here.path(OBJECT).exists()
    subprocess.run(
        [sys.executable, "-c", script, tmp_path, Path(__file__).parents[1]], check=True, timeout=60
    )
    open_bytes(here, wanted)
    # Two connections lose at most the chunk that each was receiving.
    assert log.stat().st_size <= 24 * 16 + 3 + 6 * (2 * 16 + 2)


# --- pace ---------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_limit_holds_all_connections_together_below_it(two: Two) -> None:
    clock = Clock()
    two.fetch(manner=Manner(workers=3, limit=MIB // 2, clock=clock, sleep=clock.sleep))
    assert clock.now - 100 >= NEEDED / (MIB // 2) - 1


def test_a_pace_makes_up_for_no_pause() -> None:
    clock = Clock()
    pace = Pace(100, clock=clock, sleep=clock.sleep)
    clock.now += 1000
    pace.spend(200)
    assert clock.now == 1102
    Pace(None, clock=clock, sleep=clock.sleep).spend(10**9)
    assert clock.now == 1102


def test_a_meter_tells_rate_and_time_left() -> None:
    clock = Clock()
    meter = Meter(1000, clock, done=100)
    assert meter.progress() == Progress(done=100, total=1000, rate=None, left=None)
    for _ in range(30):
        clock.now += 1
        meter.moved(20)
    assert meter.progress() == Progress(done=700, total=1000, rate=20.0, left=15.0)
    clock.now += 5
    assert meter.progress().rate < 20.0


def test_time_is_taken_from_a_clock_that_never_goes_back() -> None:
    assert Manner().clock is time.monotonic
