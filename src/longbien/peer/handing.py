"""The process that hands out sealed objects: connections come from the node's threshold, untouched, and are served to their end.

What it knows: this node's TLS key, the certificates of its peers, and where objects lie. What it must never know: the store, a key
of an object, or a right: it asks the node about every question. It may be killed at any moment; whoever fetches comes again.
"""

import contextlib
import itertools
import socket
import ssl
from collections import Counter
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Final

from longbien.carry import CarryFault
from longbien.carry.place import place_at
from longbien.peer.beside import Talk, stand_beside
from longbien.peer.object_door import ObjectDoor
from longbien.peer.object_line import PROTOCOL
from longbien.peer.pins import Pins, believe, server_side

# Connections at a time, from everybody and from one address; one more is closed at once, and comes again.
CONNECTIONS_MAX: Final = 256
OF_ONE_ADDRESS_MAX: Final = 16
_HANDSHAKE_SECONDS: Final = 10.0


def main() -> None:
    """First comes what the door needs; then connections, new peers, and the answers to what was asked."""
    talk = stand_beside()
    heard = talk.hear()
    if heard is None:
        return
    told, _ = heard
    context = server_side(Pins(own=told["own"], believed=()))
    context.set_alpn_protocols([PROTOCOL])
    asking = _Asking(talk)
    try:
        place = place_at(Path(told["folder"]), told["bucket"], direct=True)
    except CarryFault:
        # Whoever comes is let go, and comes again; the next process looks anew.
        return
    rooms = _Rooms(ObjectDoor(place, asking.may_have), context)
    while (heard := talk.hear()) is not None:
        message, handles = heard
        match message["is"]:
            case "peer":
                believe(context, message["certificate"])
            case "answer":
                asking.answered(message["number"], may=message["may"])
            case "connection":
                rooms.take(socket.socket(fileno=handles[0]), message["address"])


class _Rooms:
    """Connections that are being served, each by a thread."""

    def __init__(self, door: ObjectDoor, context: ssl.SSLContext) -> None:
        self._door = door
        self._context = context
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, connection: socket.socket, address: str) -> None:
        """Serves it, if there is room."""
        with self._lock:
            if self._open.total() >= CONNECTIONS_MAX or self._open[address] >= OF_ONE_ADDRESS_MAX:
                connection.close()
                return
            self._open[address] += 1
        Thread(target=self._serve, args=(connection, address), name="object", daemon=True).start()

    def _serve(self, connection: socket.socket, address: str) -> None:
        try:
            connection.settimeout(_HANDSHAKE_SECONDS)
            with (
                contextlib.suppress(OSError),
                self._context.wrap_socket(connection, server_side=True) as line,
            ):
                self._door.serve(line, address)
        finally:
            connection.close()
            with self._lock:
                self._open[address] -= 1
                if not self._open[address]:
                    del self._open[address]


class _Asking:
    """Questions to the node, from any thread; each waits for its answer."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._numbers = itertools.count()
        self._waiting: dict[int, SimpleQueue[bool]] = {}

    def may_have(self, object_id: bytes, ticket: bytes) -> bool:
        """See `object_door.MayHave`."""
        number, answer = next(self._numbers), SimpleQueue[bool]()
        self._waiting[number] = answer
        self._talk.say({"number": number, "object": object_id, "ticket": ticket})
        return answer.get()

    def answered(self, number: int, *, may: bool) -> None:
        """The node has said so."""
        self._waiting.pop(number).put(may)


if __name__ == "__main__":
    main()
