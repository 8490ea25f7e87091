"""Fetch a sealed object from elsewhere into a folder: in parallel, each chunk verified before it is kept, resumable
for ever.

Knows ranges, retries and the journal; how bytes come is `Remote`, and what to fetch is decided elsewhere. The object
stays sealed: what is written is what was sent. It appears under its name only when every chunk is here and its
SHA-256 agrees with the manifest.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from longbien.carry.direct import chunk_buffer
from longbien.carry.faults import CarryFault, of_disk
from longbien.carry.following import Following
from longbien.carry.journal import CERTAIN, DOUBTFUL, MISSING, Journal
from longbien.carry.line import PLAINLY, Line, Lines, Manner, Remote
from longbien.carry.objects import FolderStore
from longbien.carry.pace import Meter, Pace, Progress
from longbien.carry.part import Part
from longbien.carry.sealing import Wanted, checked_seal
from longbien.carry.unfinished import JOURNAL, PART, appear
from longbien.evidence.sealed import CHUNK_BYTES, SEAL_BYTES, TAG_BYTES, Layout, ObjectSeal
from longbien.wire.wellformed import Malformed

# A chunk that arrives wrong may have been hurt on the way, but not again and again.
_TRIES: Final = 3
# What a power cut can cost in re-reading: 64 MiB. Each mark is two syncs, and those of acts wait behind them.
_CHUNKS_A_MARK: Final = 64
# One question asks for 16 MiB, so that a long way to the other side is waited for seldom.
_CHUNKS_A_QUESTION: Final = 16


def fetch(
    wanted: Wanted,
    remote: Remote,
    store: FolderStore,
    *,
    manner: Manner = PLAINLY,
    told: Callable[[Progress], None] | None = None,
) -> Path:
    """Fetches what is still missing; the path of the whole, verified, durable object.

    Can be called again after any end. `told` hears of progress in bytes of the sealed object.

    Raises `Malformed`: SEAL_MISMATCH, SEAL_COMMITMENT (not the seal of the manifest), CHUNK_TAMPERED,
    DIGEST_MISMATCH, DIGEST_MISSING; CarryFault: OBJECT_EXISTS, FETCH_RUNNING, REMOTE_GONE, REMOTE_EXCESS, DISK_FULL,
    DISK_FAILED. What has arrived is kept for the next call.
    """
    final = store.path(wanted.object_id)
    if final.exists():
        raise CarryFault("OBJECT_EXISTS", final.name)
    part = final.with_name(final.name + PART)
    with (
        Journal(final.with_name(final.name + JOURNAL)) as journal,
        Part(part, Layout(size=wanted.size)) as file,
    ):
        run = _Run(wanted, remote, file, journal, manner, told)
        run.prepare()
        run.chunks()
        appear(part, final)
        journal.remove()
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


class _Run:
    """One call of `fetch`: the threads, and what they share."""

    def __init__(
        self,
        wanted: Wanted,
        remote: Remote,
        part: Part,
        journal: Journal,
        manner: Manner,
        told: Callable[[Progress], None] | None,
    ) -> None:
        self.seal: ObjectSeal
        self._following: Following
        self._wanted = wanted
        self._part = part
        self._journal = journal
        self._workers = manner.workers
        self._told = told
        self._layout = Layout(size=wanted.size)
        self._stop = Event()
        self._lines = Lines(
            remote=remote,
            object_id=wanted.object_id,
            manner=manner,
            pace=Pace(manner.limit, clock=manner.clock, sleep=manner.sleep),
            stop=self._stop,
        )
        self._meter = Meter(self._layout.sealed_bytes, manner.clock)
        self._have = bytearray()
        self._unmarked = 0
        self._lock = Lock()
        self._fault: BaseException | None = None
        self._doubted = False

    def prepare(self) -> None:
        """Seal, tags and journal: from the last call if they fit, otherwise from the other side."""
        self.seal = self._read_seal()
        known = self._journal.read(self.seal.seal, self._layout.chunks) if self._part.is_sized else None
        if known is None:
            self._part.size_anew()
            self._fetch_tags()
            self._journal.begin(self.seal.seal)
            known = bytearray(self._layout.chunks)
        self._meter.moved(self._layout.sealed_bytes - self._layout.size)
        doubted = known.count(DOUBTFUL)
        missing = known.count(MISSING)
        buffer, scratch = chunk_buffer(), memoryview(bytearray(CHUNK_BYTES))
        for chunk, certainty in enumerate(known):
            if certainty == DOUBTFUL:
                known[chunk] = CERTAIN if self._stands(chunk, buffer, scratch) else MISSING
            if known[chunk]:
                self._meter.moved(self._length(chunk))
        self._have = known
        if doubted and known.count(MISSING) == missing:
            # So that who is killed again and again does not read the same chunks again and again.
            self._sync()

    def chunks(self) -> None:
        """Every chunk that is missing; afterwards all of them are on the disk, verified and digested."""
        questions = self._questions()
        count = max(1, min(self._workers, self._have.count(MISSING)))
        lines = [
            Thread(target=self._work, args=(questions,), name="fetch", daemon=True) for _ in range(count)
        ]
        self._following = Following(self.seal, self._part, self._wanted.digests, failed=self._lost)
        self._following.may_read(chunk for chunk, known in enumerate(self._have) if known == CERTAIN)
        for thread in (*lines, self._following):
            thread.start()
        try:
            for thread in lines:
                thread.join()
            if self._fault is None:
                self._sync()
                self._following.join()
        finally:
            # Also when somebody interrupts: no thread may write to a file that is closed.
            self._stop.set()
            self._following.stop()
            for thread in (*lines, self._following):
                thread.join()
            self._following.close()
        if self._doubted:
            # What the disk lost is fetched again by the next call.
            self._journal.doubt(self.seal.seal, self._layout.chunks)
        if self._fault is not None:
            raise self._fault

    def _failed(self, fault: BaseException) -> None:
        with self._lock:
            self._fault = self._fault or fault
        self._stop.set()

    def _lost(self, fault: BaseException) -> None:
        self._doubted = isinstance(fault, Malformed) and fault.code == "CHUNK_TAMPERED"
        self._failed(fault)

    def _questions(self) -> Iterator[range]:
        """What is missing: runs of chunks that one question asks for, and holes, each alone, which nobody is asked for."""
        missing = self._have.count(MISSING)
        longest = max(1, min(_CHUNKS_A_QUESTION, missing // (4 * self._workers)))
        first = self._have.find(MISSING)
        while first >= 0:
            after = first + 1
            if not self._is_hole(first):
                while after - first < longest and self._is_asked_for(after):
                    after += 1
            yield range(first, after)
            first = self._have.find(MISSING, after)

    def _is_asked_for(self, chunk: int) -> bool:
        return chunk < len(self._have) and self._have[chunk] == MISSING and not self._is_hole(chunk)

    def _read_seal(self) -> ObjectSeal:
        held = self._part.read(SEAL_BYTES, self._layout.seal_at)
        try:
            return checked_seal(self._wanted, held)
        except Malformed:
            tail = memoryview(bytearray(SEAL_BYTES))
            self._lines.receive(self._layout.seal_at, tail)
            return checked_seal(self._wanted, bytes(tail))

    def _fetch_tags(self) -> None:
        for start in range(self._layout.tags_at, self._layout.seal_at, CHUNK_BYTES):
            view = memoryview(bytearray(min(CHUNK_BYTES, self._layout.seal_at - start)))
            self._lines.receive(start, view)
            self._part.write(view, start)
        self._part.write(memoryview(self.seal.seal), self._layout.seal_at)
        self._fsync()

    def _work(self, questions: Iterator[range]) -> None:
        buffer = chunk_buffer()
        try:
            while not self._stop.is_set():
                with self._lock:
                    question = next(questions, None)
                if question is None:
                    return
                self._ask(question, buffer)
        except BaseException as fault:  # noqa: BLE001 - it is raised again by the thread that waits for this one
            self._failed(fault)

    def _ask(self, question: range, buffer: memoryview) -> None:
        """Receives a run of chunks over one line."""
        line = Line(self._lines, self._layout.chunk(question[0])[0], self._layout.chunk(question[-1])[1])
        for chunk in question:
            if self._stop.is_set():
                return
            length = self._length(chunk)
            if self._is_hole(chunk):
                self._following.may_read([chunk])
            else:
                line.fill(buffer[:length])
                self._keep(chunk, buffer[: length + TAG_BYTES], self._following.buffer())
            self._arrived(chunk, length)

    def _keep(self, chunk: int, sealed: memoryview, plaintext: memoryview) -> None:
        """Writes a chunk that was received, once it is verified; one that was hurt on its way is asked for again."""
        start, end = self._layout.chunk(chunk)
        tag_at = self._layout.tag(chunk)[0]
        body, tag = sealed[: end - start], sealed[end - start :]
        tag[:] = self._part.tag(chunk)
        for tries_left in reversed(range(_TRIES)):
            try:
                self.seal.open_chunk(chunk, sealed, plaintext[: end - start])
                break
            except Malformed:
                if not tries_left:
                    raise
            # It may as well be the tag that was hurt.
            self._lines.receive(tag_at, tag)
            self._part.write(tag, tag_at)
            if self._is_hole(chunk):
                self._following.may_read([chunk])
                return
            self._lines.receive(start, body)
        self._part.write(body, start)
        self._following.take(chunk, plaintext)

    def _arrived(self, chunk: int, length: int) -> None:
        with self._lock:
            self._journal.add(chunk)
            self._unmarked += 1
            if self._unmarked >= _CHUNKS_A_MARK:
                self._sync()
                self._unmarked = 0
        self._meter.moved(length)
        if self._told is not None:
            self._told(self._meter.progress())

    def _sync(self) -> None:
        self._fsync()
        self._journal.mark()

    def _fsync(self) -> None:
        try:
            self._part.sync()
        except OSError as fault:
            # The kernel may have dropped what it could not write, and would still show it: nothing here counts any more.
            self._journal.discard()
            raise of_disk(fault, "part") from fault

    def _stands(self, chunk: int, buffer: memoryview, scratch: memoryview) -> bool:
        """Whether the chunk in the part file is the one that it should be."""
        if self._is_hole(chunk):
            return True
        try:
            self.seal.open_chunk(chunk, self._part.sealed(chunk, buffer), scratch[: self._length(chunk)])
        except Malformed:
            return False
        return True

    def _is_hole(self, chunk: int) -> bool:
        return self._length(chunk) > 0 and self.seal.is_hole(chunk, self._part.tag(chunk))

    def _length(self, chunk: int) -> int:
        start, end = self._layout.chunk(chunk)
        return end - start
