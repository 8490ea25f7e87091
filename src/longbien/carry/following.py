"""Behind a fetch: every chunk is digested in the order of the object, from memory while it is still there, otherwise from the disk.

Knows the object's digests, which chunks are here, and how many of them memory may hold; must never know a line. A disk that reads and
writes at once does both slowly: so what was just verified and written is not read again. Chunks of an earlier call, and those that
memory could not hold until their turn, come from the disk and are verified once more. Because this happens meanwhile, a fetch ends soon
after its last byte.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import Condition, Thread
from typing import Final

from longbien.carry.direct import chunk_buffer
from longbien.carry.part import Part
from longbien.carry.sealing import hashers
from longbien.evidence import digests as known
from longbien.evidence.sealed import CHUNK_BYTES, ObjectSeal

# Four lines ask for 16 chunks each: what the others bring while the first one is under way has room.
HELD_MAX: Final = 64
_ZEROS: Final = memoryview(bytes(CHUNK_BYTES))


class Following(Thread):
    """Digests `part` as far as it is here. `said` are the digests of the manifest; `failed` hears of a fault at once."""

    def __init__(
        self,
        seal: ObjectSeal,
        part: Part,
        said: Mapping[str, bytes],
        *,
        failed: Callable[[BaseException], None],
    ) -> None:
        super().__init__(name="follow", daemon=True)
        self._seal = seal
        self._part = part
        self._said = said
        self._hashers = hashers(said)
        self._failed = failed
        self._here = bytearray(seal.layout.chunks)
        self._held: dict[int, memoryview] = {}
        self._free: list[memoryview] = []
        self._news = Condition()
        self._stopped = False

    def buffer(self) -> memoryview:
        """Room for the plaintext of one chunk, which `take` gives back."""
        with self._news:
            return self._free.pop() if self._free else chunk_buffer()

    def take(self, chunk: int, plaintext: memoryview) -> None:
        """A buffer of `buffer` with a chunk that was verified and written. When there are too many, the one whose turn is last
        will be read from the disk.
        """
        with self._news:
            self._held[chunk] = plaintext
            if len(self._held) > HELD_MAX:
                self._free.append(self._held.pop(max(self._held)))
            self._here[chunk] = True
            self._news.notify()

    def may_read(self, chunks: Iterable[int]) -> None:
        """These were written, or are holes."""
        with self._news:
            for chunk in chunks:
                self._here[chunk] = True
            self._news.notify()

    def stop(self) -> None:
        """It ends soon, without a word."""
        with self._news:
            self._stopped = True
            self._news.notify()

    def close(self) -> None:
        """Gives the memory back, now and not when somebody looks for garbage; nobody takes or gives a buffer any more."""
        self._held.clear()
        self._free.clear()

    def run(self) -> None:
        """Ends with `failed`: Malformed CHUNK_TAMPERED, DIGEST_MISMATCH, DIGEST_MISSING; CarryFault; or it was all as it should be."""
        try:
            if self._follow():
                known.compare(self._said, {name: each.digest() for name, each in self._hashers.items()})
        except BaseException as fault:  # noqa: BLE001 - it is raised again by the thread that waits for this one
            self._failed(fault)

    def _follow(self) -> bool:
        sealed, plaintext = chunk_buffer(), memoryview(bytearray(CHUNK_BYTES))
        for chunk in range(self._seal.layout.chunks):
            with self._news:
                self._news.wait_for(lambda: self._here[chunk] or self._stopped)  # noqa: B023 - called at once
                if self._stopped:
                    return False
                held = self._held.pop(chunk, None)
            start, end = self._seal.layout.chunk(chunk)
            if held is not None:
                self._digest(held[: end - start])
                with self._news:
                    self._free.append(held)
            elif end > start and self._seal.is_hole(chunk, self._part.tag(chunk)):
                self._digest(_ZEROS[: end - start])
            else:
                self._seal.open_chunk(chunk, self._part.sealed(chunk, sealed), plaintext[: end - start])
                self._digest(plaintext[: end - start])
        return True

    def _digest(self, plaintext: memoryview) -> None:
        for hasher in self._hashers.values():
            hasher.update(plaintext)
