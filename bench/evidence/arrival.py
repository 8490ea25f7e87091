"""A large object over a line that is cut and a process that is killed, again and again: it arrives, and little of it
is sent twice.

The door for objects and the line to it are those of two nodes, over TLS 1.3 on the loopback; the door cuts connections at random, and
the process that fetches is killed at random. What counts as sent is what the door gave to its sockets, also what a killed process
never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from bench.evidence.ceiling import certificate
from bench.evidence.rows import GIB, MIB, Row, room, row, skipped
from longbien.carry import FileSource, FolderStore, Wanted, read_seal, seal, unseal
from longbien.carry.place import Place
from longbien.evidence import ObjectSeal
from longbien.peer.object_door import ObjectDoor

if TYPE_CHECKING:
    from pathlib import Path

KEY, OBJECT, SALT = bytes(range(32)), bytes(16), bytes(range(24))
SENT_TWICE_MAX = 0.01
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
    gib: float = 10, kills: int = 20, cuts: int = 980, seed: int = 1, where: Path | None = None
) -> list[Row]:
    """Rows for one object of `gib` GiB, about so many cuts and exactly so many kills; takes twice as much disk."""
    size = int(gib * GIB)
    with room(2 * size, where) as folder:
        if folder is None:
            return [skipped("arrival", "the disk is too full")]
        chance = random.Random(seed)
        there, here = FolderStore(folder / "there"), FolderStore(folder / "here")
        digest, commitment = _seal(folder / "plain", size, there)
        pem = folder / "pem"
        pem.write_bytes(certificate())
        with _Server(there, pem, chance, cut_every=size // cuts) as server:
            began = time.perf_counter()
            killed = _fetch_and_kill(folder, server, chance, kills, (size, commitment, digest))
            seconds = time.perf_counter() - began
        wanted = Wanted(
            object_id=OBJECT,
            size=size,
            commitment=bytes.fromhex(commitment),
            key=KEY,
            digests={"sha256": bytes.fromhex(digest)},
        )
        with here.open(OBJECT) as reader:
            found = unseal(reader, read_seal(reader, wanted), said=wanted.digests)
            twice = (server.sent - reader.size) / reader.size
        name = f"{gib} GiB, {server.cuts} cuts, {killed} kills"
        arrived = float(found["sha256"].hex() == digest and killed == kills)
        return [
            row(f"{name}: arrived with its SHA-256", arrived, "of 1", least=1.0),
            row(f"{name}: sent twice", twice * 100, "%", ratio=twice, most=SENT_TWICE_MAX),
            row(f"{name}: with all restarts and the last check", size / seconds / 1e9, "GB/s"),
        ]


def _seal(plain: Path, size: int, there: FolderStore) -> tuple[str, str]:
    """Makes and seals a file, and removes the plain one again: SHA-256 and commitment in hexadecimal."""
    expected = hashlib.sha256()
    with plain.open("wb") as file:
        for start in range(0, size, MIB):
            block = os.urandom(min(MIB, size - start))
            expected.update(block)
            file.write(block)
    with FileSource(plain) as source:
        made = ObjectSeal(key=KEY, object_id=OBJECT, size=size, salt=SALT)
        done = seal(source, there.create(OBJECT, made.layout.sealed_bytes), made)
    plain.unlink()
    assert done.digests["sha256"] == expected.digest()
    return expected.hexdigest(), done.commitment.hex()


def _fetch_and_kill(
    folder: Path, server: _Server, chance: random.Random, kills: int, wanted: tuple[int, str, str]
) -> int:
    """Kills the fetch each time it has received a random part of what there is, until it has been killed often
    enough.
    """
    size = wanted[0]
    marks = sorted(chance.uniform(0.01, 0.99) * size for _ in range(kills))
    killed = 0
    while True:
        command = [
            *(sys.executable, "-c", _FETCH, str(folder / "here"), str(server.port), *map(str, wanted)),
            str(folder / "pem"),
        ]
        process = subprocess.Popen(command)
        while killed < kills and process.poll() is None and server.sent < marks[killed]:
            time.sleep(0.005)
        if killed == kills:
            if process.wait() == 0:
                return killed
            continue
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        elif process.returncode == 0:
            return killed


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
