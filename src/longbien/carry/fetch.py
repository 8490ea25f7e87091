"""Fetch a sealed object from elsewhere into a folder: in parallel, each chunk verified before it is kept, resumable for ever.

Knows ranges, retries and the journal; how bytes come is `Remote`, and what to fetch is decided elsewhere. The object stays sealed: what
is written is what was sent. It appears under its name only when every chunk is here and its SHA-256 agrees with
the manifest.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final, Protocol

from longbien.carry.faults import CarryFault, of_disk
from longbien.carry.journal import CERTAIN, DOUBTFUL, MISSING, Journal
from longbien.carry.objects import FileReader, FolderStore
from longbien.carry.pace import Meter, Pace, Progress
from longbien.carry.sealing import unseal
from longbien.carry.unfinished import JOURNAL, PART, appear, write_all
from longbien.evidence.sealed import CHUNK_BYTES, SEAL_BYTES, TAG_BYTES, Layout, ObjectSeal
from longbien.wire.wellformed import Malformed

# After how many seconds a broken connection is tried again; after the last one without a byte, the fetch stops, to be resumed.
WAITS: Final = (0.0, 0.2, 1.0, 2.0, 5.0, 10.0)
# A chunk that arrives wrong may have been hurt on the way, but not again and again.
_TRIES: Final = 3
# What a power cut can cost in re-reading: 64 MiB.
_CHUNKS_A_MARK: Final = 64


class Remote(Protocol):
    """Where a sealed object can be read from."""

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterable[bytes]:
        """The bytes from `start` to before `end`, in pieces; a short answer counts as a cut.

        May raise CarryFault (REMOTE_GONE is tried again, anything else ends the fetch) and OSError (tried again).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An object as manifest and act name it: identifier, plaintext size, commitment, key, digests of the plaintext."""

    object_id: bytes
    size: int
    commitment: bytes
    key: bytes
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to fetch: `workers` connections at once, at most `limit` bytes a second, retries after `waits` seconds."""

    workers: int = 4
    limit: int | None = None
    waits: tuple[float, ...] = WAITS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def fetch(
    wanted: Wanted,
    remote: Remote,
    store: FolderStore,
    *,
    manner: Manner = Manner(),
    told: Callable[[Progress], None] | None = None,
) -> Path:
    """Fetches what is still missing; the path of the whole, verified, durable object.

    Can be called again after any end. `told` hears of progress in bytes of the sealed object.

    Raises `Malformed`: SEAL_MISMATCH, SEAL_COMMITMENT (not the seal of the manifest), CHUNK_TAMPERED, DIGEST_MISMATCH, DIGEST_MISSING;
    CarryFault: OBJECT_EXISTS, FETCH_RUNNING, REMOTE_GONE, REMOTE_EXCESS, DISK_FULL, DISK_FAILED. What has arrived is kept for the next call.
    """
    final = store.path(wanted.object_id)
    if final.exists():
        raise CarryFault("OBJECT_EXISTS", final.name)
    part = final.with_name(final.name + PART)
    with Journal(final.with_name(final.name + JOURNAL)) as journal:
        handle = _open(part)
        try:
            run = _Run(wanted, remote, handle, journal, manner, told)
            run.prepare()
            run.chunks()
            _verify(wanted, run.seal, part, journal)
            appear(part, final)
            journal.remove()
        finally:
            os.close(handle)
    return final


def abandon(store: FolderStore, object_id: bytes) -> None:
    """Forgets what has arrived of an object; raises CarryFault FETCH_RUNNING, DISK_FAILED."""
    final = store.path(object_id)
    part = final.with_name(final.name + PART)
    with Journal(final.with_name(final.name + JOURNAL)) as journal:
        try:
            part.unlink(missing_ok=True)
        except OSError as fault:
            raise of_disk(fault, part) from fault
        journal.remove()


def _open(part: Path) -> int:
    try:
        return os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise of_disk(fault, part) from fault


def _verify(wanted: Wanted, seal: ObjectSeal, part: Path, journal: Journal) -> None:
    """Reads back from the disk what was fetched. What the disk lost is fetched again by the next call."""
    try:
        with FileReader(part) as reader:
            unseal(reader, seal, said=wanted.digests)
    except Malformed as fault:
        if fault.code == "CHUNK_TAMPERED":
            journal.doubt(seal.seal, seal.layout.chunks)
        raise


class _Run:
    """One call of `fetch`: the threads, and what they share."""

    def __init__(
        self,
        wanted: Wanted,
        remote: Remote,
        handle: int,
        journal: Journal,
        manner: Manner,
        told: Callable[[Progress], None] | None,
    ) -> None:
        self.seal: ObjectSeal
        self._wanted = wanted
        self._remote = remote
        self._handle = handle
        self._journal = journal
        self._manner = manner
        self._told = told
        self._layout = Layout(size=wanted.size)
        self._pace = Pace(manner.limit, clock=manner.clock, sleep=manner.sleep)
        self._meter = Meter(self._layout.sealed_bytes, manner.clock)
        self._have = bytearray()
        self._unmarked = 0
        self._lock = Lock()
        self._stop = Event()
        self._fault: BaseException | None = None

    def prepare(self) -> None:
        """Seal, tags and journal: from the last call if they fit, otherwise from the other side."""
        self.seal = self._read_seal()
        whole = os.fstat(self._handle).st_size == self._layout.sealed_bytes
        known = self._journal.read(self.seal.seal, self._layout.chunks) if whole else None
        if known is None:
            self._sized()
            self._fetch_tags()
            self._journal.begin(self.seal.seal)
            known = bytearray(self._layout.chunks)
        self._meter.moved(self._layout.sealed_bytes - self._layout.size)
        for chunk, certainty in enumerate(known):
            if certainty == DOUBTFUL:
                known[chunk] = CERTAIN if self._stands(chunk) else MISSING
            if known[chunk]:
                self._meter.moved(self._length(chunk))
        self._have = known

    def chunks(self) -> None:
        """Every chunk that is missing; afterwards all of them are on the disk."""
        missing = (chunk for chunk, certainty in enumerate(self._have) if certainty == MISSING)
        count = max(1, min(self._manner.workers, self._have.count(MISSING)))
        threads = [
            Thread(target=self._work, args=(missing,), name="fetch", daemon=True) for _ in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._fault is not None:
            raise self._fault
        self._sync()

    def _read_seal(self) -> ObjectSeal:
        held = self._read(SEAL_BYTES, self._layout.seal_at)
        try:
            return self._checked(held)
        except Malformed:
            tail = memoryview(bytearray(SEAL_BYTES))
            self._receive(self._layout.seal_at, tail)
            return self._checked(bytes(tail))

    def _checked(self, seal: bytes) -> ObjectSeal:
        wanted = self._wanted
        if not seal.endswith(wanted.commitment):
            raise Malformed("SEAL_COMMITMENT", wanted.object_id.hex())
        return ObjectSeal.read(key=wanted.key, object_id=wanted.object_id, size=wanted.size, seal=seal)

    def _sized(self) -> None:
        try:
            os.ftruncate(self._handle, 0)
            os.ftruncate(self._handle, self._layout.sealed_bytes)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def _fetch_tags(self) -> None:
        for start in range(self._layout.tags_at, self._layout.seal_at, CHUNK_BYTES):
            view = memoryview(bytearray(min(CHUNK_BYTES, self._layout.seal_at - start)))
            self._receive(start, view)
            self._write(view, start)
        self._write(memoryview(self.seal.seal), self._layout.seal_at)
        self._fsync()

    def _work(self, missing: Iterator[int]) -> None:
        buffers = memoryview(bytearray(CHUNK_BYTES + TAG_BYTES)), memoryview(bytearray(CHUNK_BYTES))
        try:
            while not self._stop.is_set():
                with self._lock:
                    chunk = next(missing, None)
                if chunk is None:
                    return
                self._fetch_chunk(chunk, *buffers)
        except BaseException as fault:  # noqa: BLE001 - it is raised again by the thread that waits for this one
            with self._lock:
                self._fault = self._fault or fault
            self._stop.set()

    def _fetch_chunk(self, chunk: int, buffer: memoryview, scratch: memoryview) -> None:
        start, end = self._layout.chunk(chunk)
        sealed, plaintext = buffer[: end - start + TAG_BYTES], scratch[: end - start]
        body, tag = sealed[: end - start], sealed[end - start :]
        tag[:] = self._tag(chunk)
        for last in [False] * (_TRIES - 1) + [True]:
            if end > start and self.seal.is_hole(chunk, tag):
                break
            self._receive(start, body)
            try:
                self.seal.open_chunk(chunk, sealed, plaintext)
            except Malformed:
                if last:
                    raise
                # Perhaps it is the tag that was hurt on its way.
                self._receive(self._layout.tag(chunk)[0], tag)
                self._write(tag, self._layout.tag(chunk)[0])
            else:
                self._write(body, start)
                break
        self._arrived(chunk, end - start)

    def _receive(self, start: int, view: memoryview) -> None:
        """Fills `view` from the other side, going on after every cut where the cut was."""
        waits = iter(self._manner.waits)
        done = 0
        while done < len(view):
            before = done
            reason = "a short answer"
            try:
                for piece in self._remote.read_range(self._wanted.object_id, start + done, start + len(view)):
                    if len(piece) > len(view) - done:
                        raise CarryFault("REMOTE_EXCESS", f"at byte {start + done}")
                    view[done : done + len(piece)] = piece
                    done += len(piece)
                    self._pace.spend(len(piece))
            except OSError as fault:
                reason = fault.strerror or type(fault).__name__
            except CarryFault as fault:
                if fault.code != "REMOTE_GONE":
                    raise
                reason = fault.detail
            if done > before:
                waits = iter(self._manner.waits)
            elif done < len(view):
                wait = next(waits, None)
                if wait is None or self._stop.is_set():
                    raise CarryFault("REMOTE_GONE", reason)
                self._manner.sleep(wait)

    def _arrived(self, chunk: int, length: int) -> None:
        with self._lock:
            self._journal.add(chunk)
            self._unmarked += 1
            if self._unmarked >= _CHUNKS_A_MARK:
                self._sync()
        self._meter.moved(length)
        if self._told is not None:
            self._told(self._meter.progress())

    def _sync(self) -> None:
        self._fsync()
        self._journal.mark()
        self._unmarked = 0

    def _fsync(self) -> None:
        try:
            os.fsync(self._handle)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def _write(self, view: memoryview, offset: int) -> None:
        try:
            write_all(self._handle, view, offset)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def _read(self, count: int, offset: int) -> bytes:
        try:
            return os.pread(self._handle, count, offset)
        except OSError as fault:
            raise of_disk(fault, "part") from fault

    def _stands(self, chunk: int) -> bool:
        """Whether the chunk in the part file is the one that it should be."""
        start, end = self._layout.chunk(chunk)
        tag = self._tag(chunk)
        if end > start and self.seal.is_hole(chunk, tag):
            return True
        sealed = self._read(end - start, start) + tag
        try:
            self.seal.open_chunk(chunk, sealed, bytearray(end - start))
        except Malformed:
            return False
        return True

    def _tag(self, chunk: int) -> bytes:
        return self._read(TAG_BYTES, self._layout.tag(chunk)[0])

    def _length(self, chunk: int) -> int:
        start, end = self._layout.chunk(chunk)
        return end - start
