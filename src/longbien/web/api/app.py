"""The API over HTTP: the table on one side, sockets on the other.

What it knows: limits, headers, and how an answer that goes on is written. What it must never know: what a route does. Whatever must stop the
node stops it (P13); a fault of one route is told with a reference and stops nothing.
"""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from longbien.carry import CarryFault
from longbien.node import Broken
from longbien.node.hooks import cloud_event
from longbien.node.intake import PIECE, HandedIn, Intake, TooLarge
from longbien.store import StoreFault
from longbien.store.event_rows import EventRow
from longbien.web.api.answers import Answer, Call, problem
from longbien.web.api.api import Api
from longbien.web.api.door import ApiDoor, Came
from longbien.web.api.openapi import BASE, document
from longbien.web.api.shapes import PinWanted
from longbien.web.api.table import ROUTES, Route
from longbien.web.headers import for_file

BODY_MAX: Final = 2 << 20
PAPERS_MAX: Final = 5 << 20
BODY_SECONDS: Final = 60.0
LISTENERS_MAX: Final = 64
LOOK_SECONDS: Final = 1.0
# A line that says nothing keeps proxies from closing; and whoever listens must still be allowed to.
SILENCE: Final = 15
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# A browser passes over what is said of TLS where there is none (RFC 6797 §8.1).
ALWAYS: Final = for_file(secure=True)

Handler = Callable[[Request], Awaitable[Response]]


def routes(
    api: Api, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
) -> tuple[BaseRoute, ...]:
    """The routes of the API, for whoever serves them. What must stop the node is put into `fatal`."""
    socket = _Socket(api, workers, fatal)
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    return (
        Path(f"{BASE}/openapi.json", socket.openapi),
        *(Path(BASE + path, socket.of(methods), methods=METHODS) for path, methods in by_path.items()),
        Path(f"{BASE}/{{rest:path}}", socket.nothing, methods=METHODS),
        Path(BASE, socket.nothing, methods=METHODS),
    )


class _Socket:
    """`ApiDoor` seen from HTTP."""

    def __init__(self, api: Api, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]") -> None:
        self._api = api
        self._door = ApiDoor(api)
        self._workers = workers
        self._fatal = fatal
        self._listeners = 0

    async def openapi(self, _: Request) -> Response:
        """The document that describes the rest."""
        return Response(document(), media_type="application/json", headers=ALWAYS)

    async def nothing(self, _: Request) -> Response:
        """An address that the table does not have."""
        return _response(problem("NOT_THERE", "GET /api/v1/openapi.json has every address"))

    def of(self, methods: dict[str, Route]) -> Handler:
        """The handler of one path."""
        allowed = ", ".join(sorted({*methods, *({"HEAD"} if "GET" in methods else ())}))

        async def handler(request: Request) -> Response:
            route = methods.get("GET" if request.method == "HEAD" else request.method)
            if route is None:
                return _response(problem("METHOD_OTHER", allowed, {"Allow": allowed}))
            if route.upload:
                return await self._upload(request, route)
            try:
                body = await asyncio.wait_for(_body(request, route), BODY_SECONDS)
            except (TimeoutError, ClientDisconnect):
                return _response(problem("BODY_SYNTAX", "the body did not come in time"))
            if body is None:
                return _response(problem("BODY_TOO_LARGE", "the body is too large"))
            came = _came(request, body)
            if route.stream and request.method == "GET":
                return await self._stream(request, route, came)
            return await self._run(lambda: _response(self._door.answer(route, came)), request)

        return handler

    async def _upload(self, request: Request, route: Route) -> Response:
        """A body that is a file: who may not, is told so before the first byte; what is not taken is thrown away."""
        loop, intake = asyncio.get_running_loop(), self._api.node.intake
        came = _came(request, b"")
        found = await loop.run_in_executor(self._workers, self._door.admitted, route, came)
        if isinstance(found, Answer):
            return _response(found)
        if intake is None:
            return _response(problem("INTAKE_NONE", "no place for files is configured"))
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > intake.most:
            return _response(problem("UPLOAD_TOO_LARGE", f"at most {intake.most} bytes"))
        try:
            handed = await self._received(request, intake)
        except (CarryFault, TooLarge) as fault:
            return _response(problem(fault.code, fault.detail))
        except (TimeoutError, ClientDisconnect):
            return _response(problem("BODY_SYNTAX", "the body did not come in time"))
        whole = replace(came, handed=handed)

        def work() -> Response:
            answer = self._door.answer(route, whole)
            if answer.status != 201 or "Idempotency-Replayed" in answer.headers:
                intake.drop(handed)
            return _response(answer)

        return await self._run(work, request)

    async def _received(self, request: Request, intake: Intake) -> HandedIn:
        """Piece by piece: what is on its way is never more than one of them."""
        loop = asyncio.get_running_loop()
        stream, waiting = aiter(request.stream()), bytearray()
        with intake.receive() as receiving:
            while True:
                try:
                    waiting += await asyncio.wait_for(anext(stream), BODY_SECONDS)
                except StopAsyncIteration:
                    break
                if len(waiting) >= PIECE:
                    await loop.run_in_executor(self._workers, receiving.write, bytes(waiting))
                    waiting.clear()
            await loop.run_in_executor(self._workers, receiving.write, bytes(waiting))
            return await loop.run_in_executor(self._workers, receiving.finish)

    async def _run(self, work: Callable[[], Response], request: Request) -> Response:
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._workers, self._guarded, work, request
            )
        except (StoreFault, Broken) as error:
            if not self._fatal.done():
                self._fatal.set_result(error)
            return _response(problem("NODE_STOPPED", "nothing is decided before it was started again"))

    def _guarded(self, work: Callable[[], Response], request: Request) -> Response:
        try:
            return work()
        except (StoreFault, Broken):
            raise
        except Exception:  # noqa: BLE001 - one route that fails stops nothing else
            reference = self._api.node.world.entropy(4).hex()
            sys.stderr.write(
                f"api {reference} {request.method} {request.url.path!a}\n{traceback.format_exc()}"
            )
            return _response(replace(problem("UNEXPECTED", reference), status=500))

    # An answer that goes on.

    async def _stream(self, request: Request, route: Route, came: Came) -> Response:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._workers, self._door.admitted, route, came)
        if isinstance(found, Answer):
            return _response(found)
        if self._listeners >= LISTENERS_MAX:
            return _response(problem("RATE_EXCEEDED", "too many listen already", {"Retry-After": "60"}))
        asked = request.headers.get("last-event-id", "")
        after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else found.query.after
        if not asked and "after" not in request.query_params:
            after = (await loop.run_in_executor(self._workers, self._bounds))[1]
        return StreamingResponse(
            self._told(found, route, came, after), media_type="text/event-stream", headers=ALWAYS
        )

    async def _told(self, call: Call, route: Route, came: Came, after: int) -> AsyncIterator[bytes]:
        """Event by event, for as long as the token counts."""
        loop = asyncio.get_running_loop()
        self._listeners += 1
        silent = 0
        try:
            yield b"retry: 5000\n\n"
            while True:
                found = await loop.run_in_executor(self._workers, self._after, after)
                for row in found:
                    after = row.number
                    yield _event(row, call.api.node.party)
                silent = 0 if found else silent + 1
                if not found:
                    await asyncio.sleep(LOOK_SECONDS)
                if silent >= SILENCE:
                    silent = 0
                    yield b": still here\n\n"
                    again = await loop.run_in_executor(self._workers, self._door.admitted, route, came)
                    if isinstance(again, Answer):
                        return
        except (StoreFault, Broken) as error:
            if not self._fatal.done():
                self._fatal.set_result(error)
        finally:
            self._listeners -= 1

    def _after(self, number: int) -> tuple[EventRow, ...]:
        with self._api.node.store.transaction() as tx:
            return tx.events.after(number, limit=100)

    def _bounds(self) -> tuple[int, int]:
        with self._api.node.store.transaction() as tx:
            return tx.events.bounds()


async def _body(request: Request, route: Route) -> bytes | None:
    most = PAPERS_MAX if route.body is PinWanted else BODY_MAX
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)


def _came(request: Request, body: bytes) -> Came:
    headers = request.headers
    return Came(
        path=dict(request.path_params),
        query=request.query_params.multi_items(),
        body=body,
        media=headers.get("content-type", ""),
        authorization=headers.get("authorization", ""),
        address=request.client.host if request.client else "",
        if_match=headers.get("if-match", ""),
        if_none_match=headers.get("if-none-match", ""),
        key=headers.get("idempotency-key"),
    )


def _response(answer: Answer) -> Response:
    headers = {**ALWAYS, **answer.headers}
    if answer.status in {204, 304}:
        return Response(status_code=answer.status, headers=headers)
    if answer.pieces is not None:
        return StreamingResponse(answer.pieces, media_type=answer.media, headers=headers)
    return Response(answer.body, status_code=answer.status, media_type=_media(answer.media), headers=headers)


def _media(media: str) -> str:
    return f"{media}; charset=utf-8" if media == "text/calendar" else media


def _event(row: EventRow, party: str) -> bytes:
    data = msgspec.json.encode(cloud_event(row, party=party))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (row.number, row.kind.encode(), data)
