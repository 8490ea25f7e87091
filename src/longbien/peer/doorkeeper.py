"""The door for sealed objects as the node sees it: a process beside it serves, and asks here who may have what.

What it knows: what to tell such a process, and its questions. What it must never do: touch an object, or wait for that process.
"""

import contextlib
import socket
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from longbien.keys import Peer
from longbien.node import Node
from longbien.peer.beside import Beside
from longbien.peer.tls import pins

MODULE: Final = "longbien.peer.handing"


class Doorkeeper:
    """Starts the process when somebody comes, and again when it was killed. May be called from any thread."""

    def __init__(self, node: Node, folder: Path, bucket: str) -> None:
        self._node = node
        self._told = {"folder": str(folder), "bucket": bucket}
        self._process: Beside | None = None
        self._lock = Lock()

    def show_in(self, connection: socket.socket) -> None:
        """Somebody who asks for objects is served there, over a handle of its own; when that is not possible, nobody is."""
        with self._lock, contextlib.suppress(OSError):
            address = connection.getpeername()[0]
            self._started().talk.say({"is": "connection", "address": address}, [connection.fileno()])

    def believe(self, peer: Peer) -> None:
        """A peer that has been pinned, or has new certificates."""
        with self._lock, contextlib.suppress(OSError):
            if self._process is not None:
                for certificate in peer.descriptor.certificates:
                    self._process.talk.say({"is": "peer", "certificate": certificate})

    def close(self) -> None:
        """The process is gone."""
        with self._lock:
            self._end()

    def _started(self) -> Beside:
        if self._process is None:
            shown = pins(self._node, self._node.directory.parties)
            self._process = Beside(MODULE)
            self._process.talk.say({**self._told, "own": shown.own})
            for certificate in shown.believed:
                self._process.talk.say({"is": "peer", "certificate": certificate})
            Thread(target=self._answer, args=(self._process,), name="door", daemon=True).start()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.__exit__()
            self._process = None

    def _answer(self, process: Beside) -> None:
        """Until it is gone."""
        with contextlib.suppress(OSError):
            while (heard := process.talk.hear()) is not None:
                asked, _ = heard
                may = self._node.evidence.reading.opens_to(asked["object"], asked["ticket"])
                process.talk.say({"is": "answer", "number": asked["number"], "may": may})
        with self._lock:
            if self._process is process:
                self._end()
