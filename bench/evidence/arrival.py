"""A large object over a line that is cut and a process that is killed, again and again: it arrives, and little of it
is sent twice.

The door for objects and the line to it are those of two nodes, over TLS 1.3 on the loopback; the door cuts connections at random, and
the process that fetches is killed at random. What counts as sent is what the door gave to its sockets, also what a killed process
never read. A sparse one is as long as it is said to be, on both disks, and has data in islands here and there; all that is sent twice
is held against what has to be sent once, which holes have not.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.evidence.ceiling import certificate
from bench.evidence.rows import GIB, MIB, Row, room, row, skipped
from longbien.carry import FileSource, FolderStore, Sealed, Wanted, read_seal, seal, unseal
from longbien.carry.place import Place
from longbien.evidence import ObjectSeal
from longbien.evidence.sealed import CHUNK_BYTES
from longbien.peer.object_door import ObjectDoor

KEY, OBJECT, SALT = bytes(range(32)), bytes(16), bytes(range(24))
SENT_TWICE_MAX = 0.01
MIB_MAX = 256
# Where data lies in a sparse object, no piece is longer.
_ISLAND_BYTES_MAX = 64 * MIB
_BLOCK_BYTES = 64 * 1024

_FETCH = """
import ssl, sys; from pathlib import Path
from longbien.carry import FolderStore, Manner, Wanted, fetch
from longbien.peer.object_line import ObjectLine
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.load_verify_locations(sys.argv[6])
line = ObjectLine([f"https://127.0.0.1:{sys.argv[2]}"], context, {bytes(16): bytes(32)})
wanted = Wanted(object_id=bytes(16), size=int(sys.argv[3]), commitment=bytes.fromhex(sys.argv[4]), key=bytes(range(32)),
    digests={"sha256": bytes.fromhex(sys.argv[5])})
fetch(wanted, line, FolderStore(Path(sys.argv[1])), manner=Manner(waits=(0.0, 0.1, 0.1, 0.5, 0.5, 1.0, 1.0)))
"""


def arrival(
    gib: float = 10,
    kills: int = 20,
    cuts: int = 980,
    seed: int = 1,
    where: Path | None = None,
    *,
    data_gib: float | None = None,
) -> list[Row]:
    """Rows for one object of `gib` GiB, about so many cuts and exactly so many kills; takes twice as much disk.

    With `data_gib` there is so much data in it, and holes otherwise; the disk needs twice as much as the data.
    """
    size, filled = int(gib * GIB), int((data_gib or gib) * GIB)
    with room(2 * filled, where) as folder:
        if folder is None:
            return [skipped("arrival", "the disk is too full")]
        chance = random.Random(seed)
        there, here = FolderStore(folder / "there"), FolderStore(folder / "here")
        islands = [(0, size)] if data_gib is None else _islands(size, filled, chance)
        digest = _fill(folder / "plain", size, islands)
        done = _seal(folder / "plain", there)
        assert done.digests["sha256"] == digest
        needed = done.sealed_bytes - done.holes * CHUNK_BYTES
        pem = folder / "pem"
        pem.write_bytes(certificate())
        wanted = Wanted(
            object_id=OBJECT, size=size, commitment=done.commitment, key=KEY, digests=done.digests
        )
        with _Server(there, pem, chance, cut_every=needed // cuts) as server:
            began = time.perf_counter()
            marks = sorted(chance.uniform(0.01, 0.99) * needed for _ in range(kills))
            killed, peak = _fetch_and_kill(folder, server, marks, wanted)
            seconds = time.perf_counter() - began
        with here.open(OBJECT) as reader:
            found = unseal(reader, read_seal(reader, wanted), said=wanted.digests)
        twice = (server.sent - needed) / needed
        manner = "" if data_gib is None else f" sparse with {data_gib} GiB of data in {len(islands)} places"
        name = f"{gib} GiB{manner}, {server.cuts} cuts, {killed} kills"
        arrived = float(found["sha256"] == digest and killed == kills)
        served = _largest(os.getpid())
        return [
            row(f"{name}: arrived with its SHA-256", arrived, "of 1", least=1.0),
            row(f"{name}: sent twice", twice * 100, "%", ratio=twice, most=SENT_TWICE_MAX),
            row(f"{name}: with all restarts and the last check", size / seconds / 1e9, "GB/s"),
            row(f"{name}: peak memory of the process that fetches", peak, "MiB", most=MIB_MAX),
            row(f"{name}: peak memory of who serves, with this bench", served, "MiB", most=MIB_MAX),
        ]


def _islands(size: int, filled: int, chance: random.Random) -> list[tuple[int, int]]:
    """Where data begins and ends, in order and apart: so many bytes in all, none of it at the boundary of a chunk but by chance."""
    lengths = []
    while filled:
        lengths.append(min(filled, chance.randrange(1, _ISLAND_BYTES_MAX)))
        filled -= lengths[-1]
    starts = sorted(chance.randrange(size - sum(lengths)) for _ in lengths)
    before = itertools.accumulate(lengths, initial=0)
    return [
        (start + gone, start + gone + length)
        for start, gone, length in zip(starts, before, lengths, strict=False)
    ]


def _fill(plain: Path, size: int, islands: list[tuple[int, int]]) -> bytes:
    """Makes the file and gives its SHA-256, taken of what was to be written and not of what was read."""
    expected, zeros, at = hashlib.sha256(), bytes(MIB), 0
    with plain.open("wb") as file:
        file.truncate(size)
        for start, end in [*islands, (size, size)]:
            for place in range(at, start, MIB):
                expected.update(zeros[: min(MIB, start - place)])
            file.seek(start)
            for place in range(start, end, MIB):
                block = os.urandom(min(MIB, end - place))
                expected.update(block)
                file.write(block)
            at = end
    return expected.digest()


def _seal(plain: Path, there: FolderStore) -> Sealed:
    """Seals a file and removes it."""
    with FileSource(plain) as source:
        made = ObjectSeal(key=KEY, object_id=OBJECT, size=source.size, salt=SALT)
        done = seal(source, there.create(OBJECT, made.layout.sealed_bytes), made)
    plain.unlink()
    return done


def _fetch_and_kill(folder: Path, server: _Server, marks: list[float], wanted: Wanted) -> tuple[int, float]:
    """Kills the fetch each time so many bytes were sent, until it has been killed often enough: how often, and the largest that one was (MiB)."""
    named = (wanted.size, wanted.commitment.hex(), wanted.digests["sha256"].hex())
    command = [
        *(sys.executable, "-c", _FETCH, str(folder / "here"), str(server.port), *map(str, named)),
        str(folder / "pem"),
    ]
    killed, peak = 0, 0.0
    while True:
        with subprocess.Popen(command) as process:
            while process.poll() is None:
                peak = max(peak, _largest(process.pid))
                if killed < len(marks) and server.sent >= marks[killed]:
                    process.kill()
                    killed += 1
                    break
                time.sleep(0.01)
        if process.returncode == 0:
            return killed, peak


def _largest(pid: int) -> float:
    """The largest that a process has been, in MiB (proc(5)); its `ru_maxrss` would count whoever started it too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    found = status.partition("VmHWM:")[2].split()
    return int(found[0]) / 1024 if found else 0.0


class _Server:
    """The door of one folder; counts what it sends, and cuts about once in `cut_every` bytes."""

    def __init__(self, there: FolderStore, pem: Path, chance: random.Random, *, cut_every: int) -> None:
        self.sent = 0
        self.cuts = 0
        self._chance = chance
        self._cut_every = cut_every
        self._lock = threading.Lock()
        self._door = ObjectDoor(Place(there), lambda _object, _ticket: True)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> _Server:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as line:
            self._door.serve(_Cutting(line, self), "127.0.0.1")  # type: ignore[arg-type]  # as much of a socket as it needs

    def sends(self, count: int) -> bool:
        """So many bytes go now; whether the line is cut behind them."""
        with self._lock:
            self.sent += count
            cut = self._chance.random() < count / self._cut_every
            self.cuts += cut
            return cut


class _Cutting:
    """A line that is cut at random, as a network does it: what was on its way is lost."""

    def __init__(self, line: ssl.SSLSocket, server: _Server) -> None:
        self._line = line
        self._server = server
        self.family = line.family
        self.settimeout = line.settimeout
        self.setsockopt = line.setsockopt
        self.recv = line.recv

    def sendall(self, data: memoryview) -> None:
        for start in range(0, len(data), _BLOCK_BYTES):
            block = data[start : start + _BLOCK_BYTES]
            self._line.sendall(block)
            if self._server.sends(len(block)):
                # Both sides get a reset, and the kernel throws away what it holds.
                self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise ConnectionResetError
