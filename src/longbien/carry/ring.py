"""Buffers that one thread fills and others digest.

Knows how bytes are handed from the thread that moves them to the threads that digest them, without copying and with a
fixed number of buffers; must never know where the bytes come from or what the digests are for. Digesting is slower
than encrypting, so the two run beside each other: the library lets go of the interpreter while it does either.
"""

from collections.abc import Mapping
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from longbien.evidence.digests import Hasher
from longbien.evidence.sealed import CHUNK_BYTES

# Enough that neither side waits for a hiccup of the other; 8 MiB in all.
SLOTS = 8


class DigestRing:
    """A ring of up to `SLOTS` buffers of `CHUNK_BYTES` each, made when they are needed, and one thread for each of
    `hashers`.

    Fill what `next` hands out, give it on with `give`; what was given must not be written to again before `next`
    hands it out anew. Leaving the `with` block ends the threads, whatever happened.
    """

    def __init__(self, hashers: Mapping[str, Hasher]) -> None:
        self._slots: dict[int, memoryview] = {}
        self._workers = {name: _Digesting(hasher) for name, hasher in hashers.items()}
        self._given = 0

    def __enter__(self) -> Self:
        for worker in self._workers.values():
            worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers.values():
            worker.todo.put(None)
        for worker in self._workers.values():
            worker.join()

    def next(self) -> memoryview:
        """The buffer to fill now; waits until every digest has done with its former content."""
        self._keep_up()
        place = self._given % SLOTS
        if place not in self._slots:
            # A small file needs one, and a hundred thousand small files are common.
            self._slots[place] = memoryview(bytearray(CHUNK_BYTES))
        return self._slots[place]

    def give(self, filled: memoryview) -> None:
        """Hands bytes to the digests: a part of the buffer that `next` gave, or bytes that never change.

        Never lets the digests fall back by more than the ring.
        """
        self._keep_up()
        for worker in self._workers.values():
            worker.todo.put(filled)
        self._given += 1

    def _keep_up(self) -> None:
        for worker in self._workers.values():
            worker.wait_until(self._given - SLOTS + 1)

    def digests(self) -> dict[str, bytes]:
        """The digests of everything given, by name; waits for them."""
        for worker in self._workers.values():
            worker.wait_until(self._given)
        return {name: worker.hasher.digest() for name, worker in self._workers.items()}


class _Digesting(Thread):
    def __init__(self, hasher: Hasher) -> None:
        super().__init__(name="digest", daemon=True)
        self.hasher = hasher
        self.todo: SimpleQueue[memoryview | None] = SimpleQueue()
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        self._finished = 0

    def run(self) -> None:
        while (view := self.todo.get()) is not None:
            try:
                self.hasher.update(view)
            except BaseException as fault:  # noqa: BLE001 - it is raised again on the thread that waits
                self._done.put(fault)
            else:
                self._done.put(None)

    def wait_until(self, count: int) -> None:
        """Waits until so many buffers have been digested; raises what the digest raised."""
        while self._finished < count:
            fault = self._done.get()
            self._finished += 1
            if fault is not None:
                raise fault
