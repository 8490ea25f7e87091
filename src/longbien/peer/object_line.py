"""Sealed objects from another node's door, by range, over connections that believe its pinned certificate and no other.

What it knows: HTTP, and how little may wait in a socket. What it must never know: keys; it is handed tickets. Threads share it:
each takes a connection that is free, and gives it back when an answer was read to its end.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from longbien.carry import CarryFault

PATH: Final = "/longbien/1/objects/"
SCHEME: Final = "Longbien-Ticket"
# The name of the door in TLS (ALPN, RFC 7301).
PROTOCOL: Final = "longbien-objects/1"
TIMEOUT_SECONDS: Final = 30.0
_PIECE_BYTES: Final = 256 * 1024
# What has been sent and not been read is lost when a line is cut or a process is killed, and is sent again. So a line that
# is new has little on its way, and one that holds has more and more.
_WINDOW_LEAST: Final = 64 * 1024
_WINDOW_MOST: Final = 1 << 20
_WINDOW_SHARE: Final = 128


class ObjectLine:
    """The `Remote` of one peer, for objects whose tickets are in `tickets` when they are asked for."""

    def __init__(
        self, endpoints: Sequence[str], context: ssl.SSLContext, tickets: Mapping[bytes, bytes]
    ) -> None:
        context.set_alpn_protocols([PROTOCOL])
        self._endpoints = endpoints
        self._context = context
        self._tickets = tickets
        self._free: list[_Connection] = []
        self._lock = Lock()

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterator[memoryview]:
        """See `Remote.read_range`.

        Raises CarryFault: REMOTE_GONE (not reached, busy, broken off), REMOTE_REFUSED (the door does not open: the object
        is deleted there, or the key is not that of this object).
        """
        connection = self._connection()
        try:
            answer = self._ask(connection, object_id, start, end)
            while count := answer.readinto(connection.buffer):
                connection.came(count)
                yield connection.buffer[:count]
            if answer.length:
                raise http.client.IncompleteRead(b"", answer.length)
        except (http.client.HTTPException, OSError) as fault:
            connection.close()
            raise CarryFault("REMOTE_GONE", type(fault).__name__) from fault
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._free.append(connection)

    def _ask(
        self, connection: "_Connection", object_id: bytes, start: int, end: int
    ) -> http.client.HTTPResponse:
        headers = {
            "Range": f"bytes={start}-{end - 1}",
            "Authorization": f"{SCHEME} {self._tickets[object_id].hex()}",
        }
        connection.request("GET", PATH + object_id.hex(), headers=headers)
        answer = connection.getresponse()
        if answer.status == http.client.NOT_FOUND:
            raise CarryFault("REMOTE_REFUSED", object_id.hex())
        if answer.status != http.client.PARTIAL_CONTENT:
            raise CarryFault("REMOTE_GONE", f"status {answer.status}")
        return answer

    def _connection(self) -> "_Connection":
        with self._lock:
            if self._free:
                return self._free.pop()
        fault: OSError = ConnectionError("no endpoint")
        for endpoint in self._endpoints:
            where = urlsplit(endpoint)
            connection = _Connection(
                where.hostname or "", where.port, timeout=TIMEOUT_SECONDS, context=self._context
            )
            try:
                connection.connect()
            except OSError as failed:
                fault = failed
            else:
                return connection
        raise CarryFault("REMOTE_GONE", type(fault).__name__) from fault

    def close(self) -> None:
        """Every connection that is free is closed."""
        with self._lock:
            for connection in self._free:
                connection.close()
            self._free.clear()


class _Connection(http.client.HTTPSConnection):
    """A connection whose window opens with what has come over it."""

    def connect(self) -> None:
        super().connect()
        self.buffer = memoryview(bytearray(_PIECE_BYTES))
        self._came = 0
        self._open(_WINDOW_LEAST)

    def came(self, count: int) -> None:
        """So many more bytes have come."""
        self._came += count
        wanted = min(_WINDOW_LEAST + self._came // _WINDOW_SHARE, _WINDOW_MOST)
        if wanted >= 2 * self._window or wanted == _WINDOW_MOST > self._window:
            self._open(wanted)

    def _open(self, window: int) -> None:
        self._window = window
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
