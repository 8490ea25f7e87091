"""The door for sealed objects: ciphertext by byte range, for whoever shows the ticket of an object.

What it knows: HTTP, ranges, how many transfers one address may have at a time, and where objects lie. What it must never know:
keys, what is in an object, or which tickets are right: it asks. Whatever does not fit is 404, so that nobody learns which objects are
here. One thread serves one connection, from the disk into the socket and nothing between.
"""

import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Final, TypeAlias

import h11

from longbien.carry import CarryFault
from longbien.carry.direct import chunk_buffer
from longbien.carry.objects import OpenObject
from longbien.carry.place import Place
from longbien.evidence.ranges import Part, Unsatisfiable, asked
from longbien.evidence.sealed import OBJECT_BYTES
from longbien.evidence.ticket import TICKET_BYTES
from longbien.peer.object_line import PATH, SCHEME

MEDIA_TYPE: Final = b"application/octet-stream"
# What one address may fetch at a time; a fetcher uses four lines.
LINES_MAX: Final = 8
# How long a line may be still, between questions or while nobody reads from it.
STILL_SECONDS: Final = 60.0
_HEAD_BYTES_MAX: Final = 16 * 1024
# A read of the disk: long enough to be worth it, short enough to keep the line busy.
_PIECE_BYTES: Final = 512 * 1024
# What waits here to be sent is lost when the line is cut, and sent again.
_WAITING_BYTES: Final = 128 * 1024
# Linux, tcp(7); this version of Python has a name for it on some systems only.
_NOTSENT_LOWAT: Final = 25

MayHave: TypeAlias = Callable[[bytes, bytes], bool]
"""Whether this object is here for who shows this ticket."""
_Headers: TypeAlias = Sequence[tuple[str, str]]


class ObjectDoor:
    """Serves lines that are open already, each in the thread of its caller."""

    def __init__(self, place: Place, may_have: MayHave) -> None:
        self._place = place
        self._may_have = may_have
        self._lines: Counter[str] = Counter()
        self._lock = Lock()

    def serve(self, line: socket.socket, address: str) -> None:
        """Question after question until the other side goes, is still for too long, or does not speak HTTP."""
        line.settimeout(STILL_SECONDS)
        if line.family != socket.AF_UNIX:
            line.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, _WAITING_BYTES)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES_MAX)
        buffer = chunk_buffer()
        try:
            while (request := _next_request(talk, line)) is not None:
                self._answer(talk, line, request, address, buffer)
                if talk.our_state is not h11.DONE or talk.their_state is not h11.DONE:
                    return
                talk.start_next_cycle()
        except (h11.ProtocolError, CarryFault, OSError):
            # Whoever does not speak HTTP, or goes away, or whose object vanishes while it is read: the line ends, and nothing else.
            return

    def _answer(
        self,
        talk: h11.Connection,
        line: socket.socket,
        request: h11.Request,
        address: str,
        buffer: memoryview,
    ) -> None:
        named, ticket = _named(request)
        if named is None or ticket is None or request.method != b"GET":
            return _say(talk, line, 404)
        with self._counted(address) as count:
            if count > LINES_MAX:
                return _say(talk, line, 503, [("Retry-After", "1")])
            if not self._may_have(named, ticket):
                return _say(talk, line, 404)
            try:
                reader = self._place.open(named)
            except CarryFault as fault:
                if fault.code == "OBJECT_ABSENT":
                    return _say(talk, line, 404)
                # The store of objects does not answer: that passes, and says nothing about this object.
                return _say(talk, line, 503, [("Retry-After", "5")])
            with reader:
                return self._part(talk, line, request, reader, buffer)

    def _part(
        self,
        talk: h11.Connection,
        line: socket.socket,
        request: h11.Request,
        reader: OpenObject,
        buffer: memoryview,
    ) -> None:
        part = asked(_header(request, b"range"), reader.size)
        if isinstance(part, Unsatisfiable):
            return _say(talk, line, 416, [("Content-Range", part.content_range)])
        head = [("Content-Length", str(part.end - part.start)), ("Accept-Ranges", "bytes")]
        if not part.whole:
            head.append(("Content-Range", part.content_range))
        _send(talk, line, h11.Response(status_code=200 if part.whole else 206, headers=head))
        for piece in _pieces(reader, part, buffer):
            # The library hands on whatever has a length.
            _send(talk, line, h11.Data(data=piece))  # type: ignore[arg-type]
        return _send(talk, line, h11.EndOfMessage())

    @contextmanager
    def _counted(self, address: str) -> Iterator[int]:
        """How many answers are on their way to this address now, with this one."""
        with self._lock:
            self._lines[address] += 1
            count = self._lines[address]
        try:
            yield count
        finally:
            with self._lock:
                self._lines[address] -= 1
                if not self._lines[address]:
                    del self._lines[address]


def _next_request(talk: h11.Connection, line: socket.socket) -> h11.Request | None:
    """The head of the next question, whose body, if it has one, has been read; None when there will be none."""
    request = None
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            talk.receive_data(line.recv(_HEAD_BYTES_MAX))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.EndOfMessage):
            return request
        elif not isinstance(event, h11.Data):
            return None


def _pieces(reader: OpenObject, part: Part, buffer: memoryview) -> Iterator[memoryview]:
    for start in range(part.start, part.end, _PIECE_BYTES):
        piece = buffer[: min(_PIECE_BYTES, part.end - start)]
        reader.read_into(start, piece)
        yield piece


def _say(talk: h11.Connection, line: socket.socket, status: int, headers: _Headers = ()) -> None:
    _send(talk, line, h11.Response(status_code=status, headers=[*headers, ("Content-Length", "0")]))
    _send(talk, line, h11.EndOfMessage())


def _send(
    talk: h11.Connection, line: socket.socket, event: h11.Response | h11.Data | h11.EndOfMessage
) -> None:
    for data in talk.send_with_data_passthrough(event) or ():
        line.sendall(data)


def _named(request: h11.Request) -> tuple[bytes | None, bytes | None]:
    """The object and the ticket of a question, where they have the form of one."""
    path = request.target.decode("ascii", "replace")
    scheme, _, shown = (_header(request, b"authorization") or "").partition(" ")
    named = _bytes(path.removeprefix(PATH), OBJECT_BYTES) if path.startswith(PATH) else None
    return named, _bytes(shown, TICKET_BYTES) if scheme == SCHEME else None


def _header(request: h11.Request, name: bytes) -> str | None:
    return next((value.decode("ascii", "replace") for key, value in request.headers if key == name), None)


def _bytes(text: str, size: int) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == size else None
