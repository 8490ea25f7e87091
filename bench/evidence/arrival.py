"""A large object over a line that is cut and a process that is killed, again and again: it arrives, and little of it
is sent twice.

A real server on the loopback answers ranges and cuts connections at random; a real process fetches and is killed at
random. What counts as sent is what the server gave to its sockets, also what a killed process never read.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_SNDBUF, SOL_SOCKET
from typing import TYPE_CHECKING

from bench.evidence.rows import GIB, MIB, Row, room, row, skipped
from longbien.carry import FileSource, FolderStore, Wanted, pieces, read_seal, seal, unseal
from longbien.evidence import ObjectSeal
from longbien.evidence.ranges import Part, asked

if TYPE_CHECKING:
    from pathlib import Path

KEY, OBJECT, SALT = bytes(range(32)), bytes(16), bytes(range(24))
SENT_TWICE_MAX = 0.01
# What waits in a socket when its reader is killed has been sent as well; the reader keeps its own side small too.
_SOCKET_BYTES = 64 * 1024
_CALM_SECONDS = 30

_FETCH = """
import http.client, socket, sys; from pathlib import Path
from longbien.carry import CarryFault, FolderStore, Manner, Wanted, fetch
class Line:
    def read_range(self, object_id, start, end):
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=20)
        try:
            connection.connect()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)
            connection.request("GET", "/" + object_id.hex(), headers={"Range": f"bytes={start}-{end - 1}"})
            answer = connection.getresponse()
            while piece := answer.read(1 << 16): yield piece
        except http.client.HTTPException as fault: raise CarryFault("REMOTE_GONE", type(fault).__name__) from fault
        finally: connection.close()
wanted = Wanted(object_id=bytes(16), size=int(sys.argv[3]), commitment=bytes.fromhex(sys.argv[4]), key=bytes(range(32)),
    digests={"sha256": bytes.fromhex(sys.argv[5])})
fetch(wanted, Line(), FolderStore(Path(sys.argv[1])), manner=Manner(waits=(0.0, 0.1, 0.1, 0.5, 0.5, 1.0, 1.0)))
"""


def arrival(
    gib: float = 10, kills: int = 20, cuts: int = 200, seed: int = 1, where: Path | None = None
) -> list[Row]:
    """Rows for one object of `gib` GiB, about so many cuts and exactly so many kills; takes twice as much disk."""
    size = int(gib * GIB)
    with room(2 * size, where) as folder:
        if folder is None:
            return [skipped("arrival", "the disk is too full")]
        chance = random.Random(seed)
        there, here = FolderStore(folder / "there"), FolderStore(folder / "here")
        digest, commitment = _seal(folder / "plain", size, there)
        with _Server(there, chance, cut_every=size // cuts) as server:
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
        command = [sys.executable, "-c", _FETCH, str(folder / "here"), str(server.port), *map(str, wanted)]
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
    """Answers ranges of one folder, counts what it sends, and cuts about once in `cut_every` bytes."""

    def __init__(self, there: FolderStore, chance: random.Random, *, cut_every: int) -> None:
        self.sent = 0
        self.cuts = 0
        lock = threading.Lock()
        owner = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.connection.setsockopt(SOL_SOCKET, SO_SNDBUF, _SOCKET_BYTES)
                with there.open(bytes.fromhex(self.path[1:])) as reader:
                    part = asked(self.headers["Range"], reader.size)
                    assert isinstance(part, Part)
                    self.send_response(206)
                    self.send_header("Content-Length", str(part.end - part.start))
                    self.send_header("Content-Range", part.content_range)
                    self.end_headers()
                    for piece in pieces(reader, part.start, part.end):
                        if not self.send(piece):
                            return

            def send(self, piece: bytes) -> bool:
                for start in range(0, len(piece), _SOCKET_BYTES):
                    block = piece[start : start + _SOCKET_BYTES]
                    with lock:
                        cut = chance.random() < len(block) / cut_every
                    try:
                        self.wfile.write(block)
                    except OSError:
                        return False
                    finally:
                        with lock:
                            owner.sent += len(block)
                            owner.cuts += cut
                    if cut:
                        return False
                return True

            def log_message(self, *_words: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def __enter__(self) -> _Server:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(_CALM_SECONDS)
