"""Sealed objects from another node's door, by range, over connections that believe its pinned certificate and no other.

What it knows: HTTP, and how little may wait in a socket. What it must never know: keys; it is handed tickets. Threads share it:
each takes a connection that is free, and gives it back when an answer was read to its end.
"""

import http.client
import socket
from collections.abc import Iterator
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from longbien.carry import CarryFault
from longbien.node import Node
from longbien.node.evidence.reading import Tickets
from longbien.peer.object_door import PATH, SCHEME
from longbien.peer.tls import client_context

TIMEOUT_SECONDS: Final = 30.0
# What has been sent and not been read is lost when a process is killed, and sent again: it is kept small.
RECEIVE_BYTES: Final = 1 << 20
_PIECE_BYTES: Final = 256 * 1024


class ObjectLine:
    """The `Remote` of one peer, for objects whose tickets are known."""

    def __init__(self, node: Node, peer: str, tickets: Tickets) -> None:
        self._endpoints = node.directory.descriptor(peer).endpoints
        self._context = client_context(node, peer)
        self._tickets = tickets
        self._free: list[http.client.HTTPSConnection] = []
        self._lock = Lock()

    def read_range(self, object_id: bytes, start: int, end: int) -> Iterator[bytes]:
        """See `Remote.read_range`.

        Raises CarryFault: REMOTE_GONE (not reached, busy, broken off), REMOTE_REFUSED (the door does not open: the object
        is deleted there, or the key is not that of this object).
        """
        connection = self._connection()
        try:
            answer = self._ask(connection, object_id, start, end)
            while piece := answer.read(_PIECE_BYTES):
                yield piece
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
        self, connection: http.client.HTTPSConnection, object_id: bytes, start: int, end: int
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

    def _connection(self) -> http.client.HTTPSConnection:
        with self._lock:
            if self._free:
                return self._free.pop()
        fault: OSError = ConnectionError("no endpoint")
        for endpoint in self._endpoints:
            where = urlsplit(endpoint)
            connection = http.client.HTTPSConnection(
                where.hostname or "", where.port, timeout=TIMEOUT_SECONDS, context=self._context
            )
            try:
                _connect(connection)
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


def _connect(connection: http.client.HTTPSConnection) -> None:
    connection.connect()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
