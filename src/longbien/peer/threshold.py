"""The threshold: every connection from outside is looked at before a word is said, and shown to the door that it asks for.

What it knows: which protocol a TLS client names in its first message (ALPN, RFC 7301); the library reads it, from a copy. What it must
never know: keys of peers, or HTTP. Who asks for objects is shown to another process before TLS begins, so that gigabytes never pass
through the one that takes acts; everybody else is served here.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

# How long somebody may take to say what they want.
HELLO_SECONDS: Final = 10.0
# No client's first message is longer.
_HELLO_BYTES_MAX: Final = 1 << 15
_BACKLOG: Final = 2048
# When the system has no handles left, others give theirs back soon.
_REST_SECONDS: Final = 1.0


def listening(host: str, port: int) -> list[socket.socket]:
    """Sockets at every address of this name; raises OSError."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with contextlib.ExitStack() as stack:
        made = []
        for family, _kind, _protocol, _name, address in dict.fromkeys(found):
            made.append(stack.enter_context(socket.create_server(address, family=family, backlog=_BACKLOG)))
            made[-1].settimeout(0)
        stack.pop_all()
        return made


class Threshold:
    """`context` is that of the node's door, `protocol` what asks for the other door; `here` takes a connection over,
    `elsewhere` hands it on before it returns, and is called in a thread.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        context: ssl.SSLContext,
        protocol: str,
        *,
        here: Callable[[socket.socket], Awaitable[object]],
        elsewhere: Callable[[socket.socket], None],
    ) -> None:
        self._sockets = sockets
        self._context = context
        self._protocol = protocol
        self._here = here
        self._elsewhere = elsewhere
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for each in self._sockets:
                    group.create_task(self._accept(each))
        finally:
            for task in self._under_way:
                task.cancel()
            for each in self._sockets:
                each.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(_REST_SECONDS)
                continue
            connection.settimeout(0)
            task = loop.create_task(self._show(connection))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _show(self, connection: socket.socket) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                named = await self._named(connection)
            if named == self._protocol:
                connection.settimeout(None)
                await asyncio.to_thread(self._elsewhere, connection)
            elif named is not None:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await self._here(connection)
                return
        except (OSError, TimeoutError):
            # Whoever goes, dawdles or fails at TLS harms nobody but themselves.
            pass
        connection.close()

    async def _named(self, connection: socket.socket) -> str | None:
        """The protocol that a client names, "" for none; None when it went. Its message stays to be read."""
        seen = 0
        while seen < _HELLO_BYTES_MAX:
            # Wakes when there is more than was seen, or when there will be no more.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, seen + 1)
            await _readable(connection)
            hello = connection.recv(_HELLO_BYTES_MAX, socket.MSG_PEEK)
            if len(hello) <= seen:
                return None
            seen = len(hello)
            named = self._read(hello)
            if named is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
                return named
        return None

    def _read(self, hello: bytes) -> str | None:
        """What a first message names; None when it is not complete. A message that is none names nothing: the door will say why."""
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        copy = self._context.wrap_bio(coming, going, server_side=True)
        coming.write(hello)
        try:
            copy.do_handshake()
        except ssl.SSLWantReadError:
            if not going.pending:
                return None
        except ssl.SSLError:
            return ""
        return copy.selected_alpn_protocol() or ""


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(connection.fileno(), lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(connection.fileno())
