"""The door for sealed objects: ciphertext by byte range, for whoever shows the ticket of an object.

What it knows: HTTP ranges, and how many transfers one address may have at a time. What it must never know: keys, or what is in
an object. Whatever does not fit is 404, so that nobody learns which objects are here. Files are read by threads of their own,
a piece at a time, so that acts never wait behind evidence.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from longbien.carry import CarryFault
from longbien.carry.objects import OpenObject
from longbien.carry.pace import step_back
from longbien.evidence.ranges import Part, Unsatisfiable, asked
from longbien.evidence.sealed import OBJECT_BYTES
from longbien.evidence.ticket import TICKET_BYTES
from longbien.node import Node

T = TypeVar("T")

PATH: Final = "/longbien/1/objects/"
MEDIA_TYPE: Final = "application/octet-stream"
SCHEME: Final = "Longbien-Ticket"
# What one address may fetch at a time; a fetcher uses four lines.
LINES_MAX: Final = 8
READERS: Final = 2
_PIECE_BYTES: Final = 512 * 1024


class ObjectDoor:
    """The route, for one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._readers = ThreadPoolExecutor(READERS, "objects", initializer=step_back)
        self._lines: Counter[str] = Counter()
        self.route = Route(PATH + "{identifier}", self.answer, methods=["GET"])

    async def answer(self, request: Request) -> Response:
        """One range, or the whole object; 404 for everything that does not fit, 503 when one address asks for too much."""
        named = _bytes(request.path_params["identifier"], OBJECT_BYTES)
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        ticket = _bytes(shown, TICKET_BYTES) if scheme == SCHEME else None
        if named is None or ticket is None:
            return Response(status_code=404)
        address = request.client.host if request.client else ""
        if self._lines[address] >= LINES_MAX:
            return Response(status_code=503, headers={"Retry-After": "1"})
        try:
            reader = await self._read(partial(self._node.evidence.reading.hand_out, named, ticket))
        except CarryFault:
            # The store of objects does not answer: that passes, and says nothing about this object.
            return Response(status_code=503, headers={"Retry-After": "5"})
        if reader is None:
            return Response(status_code=404)
        part = asked(request.headers.get("range"), reader.size)
        if isinstance(part, Unsatisfiable):
            reader.__exit__(None, None, None)
            return Response(status_code=416, headers={"Content-Range": part.content_range})
        headers = {"Content-Length": str(part.end - part.start), "Accept-Ranges": "bytes"}
        if not part.whole:
            headers["Content-Range"] = part.content_range
        return StreamingResponse(
            self._pieces(reader, part, address),
            status_code=200 if part.whole else 206,
            headers=headers,
            media_type=MEDIA_TYPE,
        )

    async def _pieces(self, reader: OpenObject, part: Part, address: str) -> AsyncIterator[bytes]:
        """One piece is read while the one before is on its way; whatever ends the answer closes the object."""
        self._lines[address] += 1
        with contextlib.ExitStack() as stack:
            stack.callback(self._lines.subtract, [address])
            stack.enter_context(reader)
            for start in range(part.start, part.end, _PIECE_BYTES):
                end = min(start + _PIECE_BYTES, part.end)
                yield await self._read(partial(_piece, reader, start, end))

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)


def _piece(reader: OpenObject, start: int, end: int) -> bytes:
    piece = bytearray(end - start)
    reader.read_into(start, memoryview(piece))
    return bytes(piece)


def _bytes(text: str, size: int) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == size else None
