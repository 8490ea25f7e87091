"""Files on their way in: read while they come, kept under names of our own, never whole in memory and never shown.

What it knows: forms of several parts, tickets, and the intake of the node. What it must never do: say anything but "look there": its only
answer is a way back to the console, so a node may give it an origin of its own (`web.files_origin`), which holds no session and no page.
A page gives a ticket to somebody who may; the ticket works once, and who holds it is asked again whether they still may.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as Path_

from longbien.carry import CarryFault
from longbien.node import Broken, Denied
from longbien.node.evidence_work import take_in
from longbien.node.intake import HandedIn, Receiving, TooLarge
from longbien.node.noted import WORDS, brought
from longbien.store import StoreFault
from longbien.web import headers
from longbien.web.console import Console
from longbien.web.policy import WRITING
from longbien.wire.cbor import Malformed

TOGETHER_MAX: Final = 8
FIELD_MAX: Final = 4096
PARTS_MAX: Final = 64
# What is said of a file beside it; a form may hold a little more than its files.
FORM_OVER: Final = 1 << 20
PIECE_SECONDS: Final = 60.0
PIECE: Final = 1 << 20


class _Form:
    """A form of several parts while it comes: short fields are kept, files go to the intake. Raises CarryFault, `TooLarge`, `Malformed` FORM_UNREADABLE."""

    def __init__(self, console: Console, boundary: bytes) -> None:
        assert console.node.intake is not None
        self._intake = console.node.intake
        self.fields: dict[str, str] = {}
        self.files: list[tuple[bytes, HandedIn]] = []
        self._head: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._field, self._file_name, self._text = "", b"", b""
        self._receiving: Receiving | None = None
        self._parts = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._close,
            },
        )

    def write(self, piece: bytes) -> None:
        """The next bytes of the form."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise Malformed("FORM_UNREADABLE", "parts") from error

    def throw_away(self) -> None:
        """Nothing of it is wanted."""
        if self._receiving is not None:
            self._receiving.__exit__(None, None, None)
        for _, handed in self.files:
            self._intake.drop(handed)

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise Malformed("FORM_UNREADABLE", "too many parts")
        self._head = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._head[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _open(self) -> None:
        _, options = parse_options_header(self._head.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._file_name, self._text = options.get(b"filename", b""), b""
        if b"filename" in options:
            self._receiving = self._intake.receive()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._receiving is not None:
            self._receiving.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > FIELD_MAX:
            raise Malformed("FORM_UNREADABLE", "a field is too long")

    def _close(self) -> None:
        if self._receiving is None:
            self.fields[self._field] = self._text.decode("utf-8", "replace")
            return
        handed = self._receiving.finish()
        self._receiving.__exit__(None, None, None)
        self._receiving = None
        if self._file_name:
            self.files.append((self._file_name, handed))
        else:
            # A browser sends an empty part where nothing was chosen.
            self._intake.drop(handed)


@dataclass
class Files:
    """The door."""

    console: Console
    workers: ThreadPoolExecutor
    fatal: "asyncio.Future[BaseException]"
    open: int = 0

    def routes(self) -> tuple[Path_, ...]:
        """The one way in."""
        return (Path_("/files/{ticket}", self.receive, methods=["POST"]),)

    async def receive(self, request: Request) -> Response:
        """A form with files; the answer is the way back, with a code where nothing was kept."""
        loop = asyncio.get_running_loop()
        try:
            held = await loop.run_in_executor(self.workers, self._holder, request.path_params["ticket"])
            if held is None:
                return self._back("", "TICKET_OLD")
            person, bundle = held
            if self.open >= TOGETHER_MAX:
                return self._back(bundle.hex(), "WORKS_FULL")
            self.open += 1
            try:
                return self._back(bundle.hex(), await self._taken(request, person, bundle))
            finally:
                self.open -= 1
        except (StoreFault, Broken) as fault:
            if not self.fatal.done():
                self.fatal.set_result(fault)
            return Response("The node stopped. Nothing was kept.", status_code=503)

    async def _taken(self, request: Request, person: bytes, bundle: bytes) -> str:
        """What is said on the page to which it goes back: added, or a code."""
        media, options = parse_options_header(request.headers.get("content-type", ""))
        length = request.headers.get("content-length", "")
        intake = self.console.node.intake
        if media != b"multipart/form-data" or not options.get(b"boundary") or intake is None:
            return "FORM_UNREADABLE" if intake else "INTAKE_NONE"
        if length.isdigit() and int(length) > intake.most + FORM_OVER:
            return "UPLOAD_TOO_LARGE"
        loop = asyncio.get_running_loop()
        form = _Form(self.console, options[b"boundary"])
        kept = False
        try:
            await self._read(request, form)
            code = await loop.run_in_executor(self.workers, self._keep, form, person, bundle)
            kept = code == "added"
            return code
        except (CarryFault, Malformed, TooLarge) as fault:
            return fault.code
        except (TimeoutError, ClientDisconnect):
            return "FORM_UNREADABLE"
        finally:
            if not kept:
                form.throw_away()

    async def _read(self, request: Request, form: _Form) -> None:
        """Piece by piece: what is on its way is never more than one of them."""
        loop = asyncio.get_running_loop()
        stream = aiter(request.stream())
        waiting = bytearray()
        while True:
            try:
                piece = await asyncio.wait_for(anext(stream), PIECE_SECONDS)
            except StopAsyncIteration:
                break
            waiting += piece
            if len(waiting) >= PIECE:
                await loop.run_in_executor(self.workers, form.write, bytes(waiting))
                waiting.clear()
        await loop.run_in_executor(self.workers, form.write, bytes(waiting))

    def _keep(self, form: _Form, person: bytes, bundle: bytes) -> str:
        if not form.files:
            return "FILE_NONE"
        node, fields = self.console.node, form.fields
        given = [fields["digest"]] if fields.get("digest", "").strip() else []
        if given and len(form.files) > 1:
            # One digest is of one file.
            return "DIGEST_FORM"
        for name, handed in list(form.files):
            noted = brought(
                {word: fields.get(word, "") for word in WORDS},
                path=Path(),
                now=node.world.now(),
                name=name,
                digests=given,
                redacted=bool(fields.get("redacted")),
            )
            found = take_in(node, bundle, handed, noted, person=person)
            if isinstance(found, Denied):
                return found.code
            form.files.remove((name, handed))
        return "added"

    def _holder(self, ticket: str) -> tuple[bytes, bytes] | None:
        """Who holds the ticket, if this person may still write for the office that makes the bundle ready."""
        held = self.console.tickets.take(ticket)
        if held is None:
            return None
        person, bundle = held
        with self.console.node.store.transaction() as tx:
            officer, row = tx.desk.officer(person), tx.evidence.bundle(bundle)
        if officer is None or not officer.active or not WRITING.intersection(officer.roles):
            return None
        return held if row is not None and row.office == officer.office else None

    def _back(self, bundle: str, said: str) -> Response:
        setting = self.console.setting
        home = setting.origin if setting.files_origin else ""
        to = f"{home}/evidence/{bundle}?said={said}" if bundle else f"{home}/evidence?said={said}"
        return Response(status_code=303, headers={"Location": to, **headers.for_file(secure=setting.secure)})


def application(files: Files) -> Starlette:
    """The door on an origin of its own."""
    made = Starlette(routes=list(files.routes()))
    made.router.redirect_slashes = False
    return made
