"""The console as an ASGI application: HTTP on one side, `door` on the other.

What it knows: limits, cookies, headers, packing. What it must never know: what a page says. A request is read whole, answered in a worker
thread and written whole. What must stop the node stops it (P13); a fault of a page is told to its reader with a reference and to
the log with what it was, and stops nothing.
"""

import asyncio
import gzip
import sys
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from longbien.node import Broken, orders
from longbien.store import StoreFault
from longbien.web import headers, render, words
from longbien.web.asked import Asked, Reply, refused
from longbien.web.assets import by_address
from longbien.web.console import Console
from longbien.web.door import Came, Door
from longbien.web.files import Files
from longbien.web.portal.door import PortalDoor
from longbien.web.portal.table import ROUTES as PORTAL_ROUTES
from longbien.web.portal.table import PortalRoute
from longbien.web.receiving import received
from longbien.web.table import ROUTES, Route

BODY_BYTES_MAX: Final = 1 << 20
BODY_SECONDS: Final = 120.0
FIELDS_MAX: Final = 5000
# Behind the name of the session's cookie: what a browser keeps while it is away to be signed in.
ASKING: Final = "-asking"
# A screen on a wall is switched on again without anybody who knows its token; the token has an end of its own.
BOARD_SECONDS: Final = 366 * 86_400
# Below this size packing costs more than it saves.
PACKED_MIN: Final = 600

Handler = Callable[[Request], Awaitable[Response]]


def application(
    console: Console,
    workers: ThreadPoolExecutor,
    fatal: "asyncio.Future[BaseException]",
    beside: tuple[BaseRoute, ...] = (),
) -> Starlette:
    """The application; `beside` are further routes, such as those of the API. What must stop the node is put into `fatal`."""
    door = _Door(console, workers, fatal)
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    paths: list[BaseRoute] = [
        Path(path, door.of(methods), methods=list(methods)) for path, methods in by_path.items()
    ]
    static = Path("/static/{name}", door.asset)
    # Files come to an origin of their own where the operator gave them one.
    files = () if console.setting.files_origin else Files(console, workers, fatal).routes()
    made = Starlette(
        routes=[static, *files, *beside, *_portal(console, workers, fatal), *paths],
        exception_handlers={HTTPException: door.lost},  # type: ignore[dict-item]  # narrower than Exception on purpose
    )
    # An address with a slash too many would lead to whatever host the request names.
    made.router.redirect_slashes = False
    return made


def _portal(
    console: Console, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
) -> list[BaseRoute]:
    """The routes of providers, behind a door and a cookie of their own."""
    door = _PortalDoor(console, workers, fatal)
    by_path: dict[str, dict[str, PortalRoute]] = {}
    for route in PORTAL_ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    return [Path(path, door.of_portal(methods), methods=list(methods)) for path, methods in by_path.items()]


class _Door:
    """`door.Door` seen from HTTP."""

    kind = ""

    def __init__(
        self, console: Console, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
    ) -> None:
        self._console = console
        self._door = Door(console)
        self._workers = workers
        self._fatal = fatal
        secure = console.setting.secure
        # Without TLS this is a demonstration on one machine, where two consoles differ by their ports only and cookies do not.
        port = urlsplit(console.setting.origin).port
        self._cookie = f"__Host-longbien{self.kind}" if secure else f"longbien{self.kind}-{port}"
        self._board = f"{self._cookie}-wallboard"
        self._secure = secure

    def of(self, methods: dict[str, Route]) -> Handler:
        """The handler of one path."""

        async def handler(request: Request) -> Response:
            method = "GET" if request.method == "HEAD" else request.method
            if methods[method].upload and _brings_file(request):
                return await self._with_file(methods[method], request)
            try:
                form = await asyncio.wait_for(_form(request), BODY_SECONDS) if method == "POST" else ()
            except TimeoutError:
                form = None
            asked = self._asked(request, form or ())
            if form is None:
                return await self._run(lambda: (asked, refused("FORM_UNREADABLE", asked)), asked, request)
            return await self._run(
                lambda: self._door.answer(methods[method], asked, self._came(request)), asked, request
            )

        return handler

    async def _with_file(self, route: Route, request: Request) -> Response:
        """A form with a file: whoever may not send one is told so before the first byte of it is read."""
        asked, came, loop = self._asked(request, ()), self._came(request), asyncio.get_running_loop()
        if not await loop.run_in_executor(self._workers, self._door.admits, route, came):
            return await self._run(lambda: self._door.answer(route, asked, came), asked, request)
        try:
            found = await asyncio.wait_for(received(request, route.upload), BODY_SECONDS)
        except TimeoutError:
            found = None
        if found is None:
            known = asked
            return await self._run(lambda: (known, refused("UPLOAD_LARGE", known)), asked, request)
        form, upload = found
        asked = replace(asked, form=form, upload=upload)
        try:
            return await self._run(lambda: self._door.answer(route, asked, came), asked, request)
        finally:
            if upload is not None:
                upload.file.close()

    async def asset(self, request: Request) -> Response:
        """A part of the console itself."""
        found = by_address().get(request.path_params["name"])
        if found is None:
            return await self.lost(request, HTTPException(404))
        packed = "gzip" in request.headers.get("accept-encoding", "")
        more = {"Content-Encoding": "gzip"} if packed else {}
        return Response(
            found.packed if packed else found.plain,
            media_type=found.media,
            headers={**headers.for_asset(secure=self._secure), "Vary": "Accept-Encoding", **more},
        )

    async def lost(self, request: Request, error: HTTPException) -> Response:
        """An address or a method that the table does not have."""
        asked = self._asked(request, ())
        code = "METHOD_OTHER" if error.status_code == 405 else "NOT_THERE"
        came = self._came(request)

        def answer() -> tuple[Asked, Reply]:
            session = self._console.sessions.find(came.cookie) if came.cookie else None
            return self._door.recognised(asked, session), refused(code, asked)

        return await self._run(answer, asked, request)

    async def _run(
        self, answer: Callable[[], tuple[Asked, Reply]], asked: Asked, request: Request
    ) -> Response:
        loop = asyncio.get_running_loop()
        packed = "gzip" in request.headers.get("accept-encoding", "")
        try:
            return await loop.run_in_executor(self._workers, self._response, answer, asked, packed)
        except (StoreFault, Broken) as error:
            if not self._fatal.done():
                self._fatal.set_result(error)
            return Response("The node stopped. Nothing was sent. Tell its operator.", status_code=503)

    def _response(self, answer: Callable[[], tuple[Asked, Reply]], asked: Asked, packed: bool) -> Response:
        try:
            asked, reply = answer()
            made = self._made(asked, reply, packed)
        except (StoreFault, Broken):
            raise
        except Exception:  # noqa: BLE001 - a page that cannot be made stops nothing else
            reference = self._console.node.world.entropy(4).hex()
            sys.stderr.write(f"console {reference} {asked.method} {asked.path!a}\n{traceback.format_exc()}")
            reply = refused("UNEXPECTED", asked, reference)
            made = self._made(replace(asked, session=None), reply, packed)
        if reply.asking is not None:
            self._set_cookie(made, reply.asking, name=self._cookie + ASKING)
        if reply.enter is not None:
            self._set_cookie(made, reply.enter)
            if not reply.enter:
                made.headers["Clear-Site-Data"] = headers.CLEARED
        if reply.board is not None:
            self._set_cookie(made, reply.board, self._board, lasts=BOARD_SECONDS)
        return made

    def _made(self, asked: Asked, reply: Reply, packed: bool) -> Response:
        if reply.to:
            return Response(
                status_code=303, headers={"Location": reply.to, **headers.for_file(secure=self._secure)}
            )
        if reply.pieces is not None:
            return StreamingResponse(
                reply.pieces,
                media_type=reply.media,
                headers={
                    **headers.for_file(secure=self._secure),
                    "Content-Disposition": f'attachment; filename="{reply.name}"',
                },
            )
        if reply.media or not reply.page:
            more = {"Content-Disposition": f'attachment; filename="{reply.name}"'} if reply.name else {}
            return Response(
                reply.raw,
                status_code=reply.status,
                media_type=reply.media or None,
                headers={**headers.for_file(secure=self._secure), **more},
            )
        nonce = self._console.node.world.entropy(16).hex()
        body = render.page(self._console, asked, reply, nonce).encode()
        more = headers.for_page(nonce, secure=self._secure, files=self._console.setting.files_origin)
        if packed and len(body) >= PACKED_MIN:
            body = gzip.compress(body, 6, mtime=0)
            more["Content-Encoding"] = "gzip"
        return Response(body, status_code=reply.status, media_type="text/html", headers=more)

    def _asked(self, request: Request, form: tuple[tuple[str, str], ...]) -> Asked:
        accepts = request.headers.get("accept-language", "")
        query = tuple(parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=FIELDS_MAX))
        wanted = dict(query).get("language", "")
        return Asked(
            method=request.method,
            path=request.url.path,
            params=request.path_params,
            query=query,
            form=form,
            language=words.chosen(wanted, accepts, live=self._console.setting.live),
            client=request.client.host if request.client else "",
            asking=request.cookies.get(self._cookie + ASKING, ""),
        )

    def _came(self, request: Request) -> Came:
        return Came(
            origin=request.headers.get("origin", ""),
            site=request.headers.get("sec-fetch-site", ""),
            cookie=request.cookies.get(self._cookie, ""),
            board=request.cookies.get(self._board, ""),
        )

    def _set_cookie(
        self, response: Response, identifier: str, name: str = "", *, lasts: int | None = None
    ) -> None:
        response.set_cookie(
            name or self._cookie,
            identifier,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
            max_age=lasts if identifier else 0,
        )


class _PortalDoor(_Door):
    """`portal.door.PortalDoor` seen from HTTP."""

    kind = "-provider"

    def __init__(
        self, console: Console, workers: ThreadPoolExecutor, fatal: "asyncio.Future[BaseException]"
    ) -> None:
        super().__init__(console, workers, fatal)
        self._portal = PortalDoor(console)

    def of_portal(self, methods: dict[str, PortalRoute]) -> Handler:
        """The handler of one path."""

        async def handler(request: Request) -> Response:
            route = methods["GET" if request.method == "HEAD" else request.method]
            came, asked = self._came(request), self._asked(request, ())
            if route.upload:
                return await self._taken(route, request, came)
            form: tuple[tuple[str, str], ...] | None = ()
            if route.method == "POST":
                try:
                    form = await asyncio.wait_for(_form(request), BODY_SECONDS)
                except TimeoutError:
                    form = None
            if form is None:
                return await self._run(lambda: (asked, refused("FORM_UNREADABLE", asked)), asked, request)
            asked = replace(asked, form=form)
            return await self._run(lambda: self._portal.answer(route, asked, came), asked, request)

        return handler

    async def _taken(self, route: PortalRoute, request: Request, came: Came) -> Response:
        """A file: whoever may not send one is told so before the first byte of it is read."""
        asked, loop = self._asked(request, ()), asyncio.get_running_loop()
        if not await loop.run_in_executor(self._workers, self._portal.admits, route, asked, came):
            return await self._run(lambda: (asked, refused("NOT_THERE", asked)), asked, request)
        found = await received(request, orders.FILE_BYTES_MAX)
        if found is None:
            return await self._run(lambda: (asked, refused("UPLOAD_LARGE", asked)), asked, request)
        form, upload = found
        asked = replace(asked, form=form, upload=upload)
        try:
            return await self._run(lambda: self._portal.answer(route, asked, came), asked, request)
        finally:
            if upload is not None:
                upload.file.close()


def _brings_file(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


async def _form(request: Request) -> tuple[tuple[str, str], ...] | None:
    """The fields of a form, `None` when it is too large or no form."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES_MAX:
            return None
        parts.append(part)
    try:
        return tuple(
            parse_qsl(
                b"".join(parts).decode("utf-8"),
                keep_blank_values=True,
                strict_parsing=size > 0,
                max_num_fields=FIELDS_MAX,
            )
        )
    except ValueError:
        return None
