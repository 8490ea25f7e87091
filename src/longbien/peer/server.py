"""The door for peers: a route that takes a request and gives the sealed answer. Sealed objects have a door of their own (`object_door`).

What it knows: HTTP and its limits. What it must never know: what a request holds. A body that is too large is cut off while
it comes in; a peer that is slow holds up nobody but itself.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from longbien.node import Node, NotAdmitted
from longbien.node.delivery import REQUEST_BYTES_MAX
from longbien.peer.object_line import PATH as OBJECTS

PATH = "/longbien/1/envelopes"
MEDIA_TYPE = "application/vnd.longbien.request+cbor"
# The time that a peer has to send a request; the slowest line that we support carries 4 MiB in ten minutes.
BODY_SECONDS = 600.0


def application(node: Node, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]") -> Starlette:
    """The ASGI application of one node. An exception that must stop the node is put into `fatal` (P13)."""

    async def envelopes(request: Request) -> Response:
        try:
            body = await asyncio.wait_for(_body(request), BODY_SECONDS)
        except TimeoutError:
            return _problem(408, "REQUEST_TOO_SLOW")
        if body is None:
            return _problem(413, "REQUEST_TOO_LARGE")
        try:
            answer = await asyncio.get_running_loop().run_in_executor(workers, node.reception.receive, body)
        except NotAdmitted as refusal:
            return _problem(403 if refusal.code == "PEER_NOT_PINNED" else 400, refusal.code)
        except Exception as error:  # noqa: BLE001 - whatever it is, the node must not carry on
            if not fatal.done():
                fatal.set_result(error)
            return _problem(503, "NODE_STOPPED")
        return Response(answer, media_type=MEDIA_TYPE)

    async def misdirected(_: Request) -> Response:
        return _problem(421, "OBJECTS_ELSEWHERE")

    return Starlette(
        routes=[
            Route(PATH, envelopes, methods=["POST"]),
            Route(OBJECTS + "{identifier}", misdirected, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > 2 * REQUEST_BYTES_MAX:
            return None
        parts.append(part)
    return b"".join(parts)


def _problem(status: int, code: str) -> JSONResponse:
    """RFC 9457, with the stable code as its title."""
    return JSONResponse(
        {"title": code, "status": status}, status_code=status, media_type="application/problem+json"
    )
