"""Behind a fetch: every chunk is read back once it is on the disk, in the order of the object, and digested.

Knows the object's digests and which chunks may be read already; must never know a line. What an officer will swear to have verified
is what the disk holds, not what once went by; and because this happens meanwhile, a fetch ends soon after its last byte.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import Condition, Thread
from typing import Final

from longbien.carry.direct import chunk_buffer
from longbien.carry.part import Part
from longbien.carry.sealing import hashers
from longbien.evidence import digests as known
from longbien.evidence.sealed import CHUNK_BYTES, ObjectSeal

_ZEROS: Final = memoryview(bytes(CHUNK_BYTES))


class Following(Thread):
    """Reads `part` as far as `may_read` allows. `said` are the digests of the manifest; `failed` hears of a fault at once."""

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
        self._durable = bytearray(seal.layout.chunks)
        self._news = Condition()
        self._stopped = False

    def may_read(self, chunks: Iterable[int]) -> None:
        """These are on the disk, whatever happens."""
        with self._news:
            for chunk in chunks:
                self._durable[chunk] = True
            self._news.notify()

    def stop(self) -> None:
        """It ends soon, without a word."""
        with self._news:
            self._stopped = True
            self._news.notify()

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
                self._news.wait_for(lambda: self._durable[chunk] or self._stopped)  # noqa: B023 - called at once
                if self._stopped:
                    return False
            start, end = self._seal.layout.chunk(chunk)
            found = plaintext[: end - start]
            if end > start and self._seal.is_hole(chunk, self._part.tag(chunk)):
                found = _ZEROS[: end - start]
            else:
                self._seal.open_chunk(chunk, self._part.sealed(chunk, sealed), found)
            for hasher in self._hashers.values():
                hasher.update(found)
        return True
