"""The threshold: who asks for objects is shown to the other door with every byte unread, everybody else is served here."""

import asyncio
import contextlib
import itertools
import socket
import ssl

import pytest
import uvloop

from longbien.peer import threshold
from longbien.peer.object_line import PROTOCOL
from longbien.peer.threshold import Threshold, listening
from longbien.peer.tls import client_context, server_context
from node.pair import pair


@pytest.fixture(scope="module")
def contexts():
    """What RU shows at its door, and what VN comes with."""
    two = pair()
    naming = server_context(two.ru.node)
    naming.set_alpn_protocols([PROTOCOL])
    return naming, client_context(two.vn.node, "RU")


def hello(context: ssl.SSLContext, *protocols: str) -> bytes:
    """The first message of a client that names these protocols."""
    if protocols:
        context.set_alpn_protocols(protocols)
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(coming, going).do_handshake()
    return going.read()


async def shown(naming: ssl.SSLContext, parts: list[bytes], *, end: bool = False) -> tuple[str, bytes]:
    """Which door somebody came to, and what was still to be read there."""
    met: asyncio.Queue[tuple[str, socket.socket]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def here(connection: socket.socket) -> None:
        await met.put(("here", connection))

    def elsewhere(connection: socket.socket) -> None:
        loop.call_soon_threadsafe(met.put_nowait, ("elsewhere", connection.dup()))

    (listener,) = listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    running = asyncio.create_task(
        Threshold([listener], naming, PROTOCOL, here=here, elsewhere=elsewhere).run()
    )
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(0)
        for part in parts:
            await loop.sock_sendall(client, part)
            await asyncio.sleep(0)
        if end:
            client.shutdown(socket.SHUT_WR)
            # What was not read comes back as a reset.
            with contextlib.suppress(ConnectionResetError):
                assert await loop.sock_recv(client, 1) == b""
            found = "nowhere", b""
        else:
            door, connection = await met.get()
            with connection:
                connection.settimeout(30)
                raw = b""
                while len(raw) < sum(map(len, parts)):
                    raw += await asyncio.to_thread(connection.recv, 1 << 16)
            found = door, raw
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return found


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("cut", [[], [1], [5, 100], list(range(50, 500, 50))])
def test_who_asks_for_objects_is_shown_elsewhere_however_the_message_is_cut(contexts, run, cut):
    raw = hello(contexts[1], "h2", PROTOCOL)
    places = [0, *cut, len(raw)]
    parts = [raw[start:end] for start, end in itertools.pairwise(places)]
    assert run(shown(contexts[0], parts)) == ("elsewhere", raw)


@pytest.mark.parametrize("protocols", [("http/1.1",), ("longbien-objects/2",), ()])
def test_everybody_else_is_served_here(protocols):
    two = pair()
    naming = server_context(two.ru.node)
    naming.set_alpn_protocols([PROTOCOL])
    raw = hello(client_context(two.vn.node, "RU"), *protocols)
    assert asyncio.run(shown(naming, [raw])) == ("here", raw)


@pytest.mark.promise("P11")
@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", bytes(40_000), b"\x16\x03\x01\x00\x05hello"])
def test_what_is_no_tls_is_left_to_the_door_that_says_so(contexts, raw):
    assert asyncio.run(shown(contexts[0], [raw]))[0] == "here"


@pytest.mark.promise("P11")
def test_who_goes_in_the_middle_of_a_word_is_let_go(contexts):
    raw = hello(contexts[1], PROTOCOL)
    assert asyncio.run(shown(contexts[0], [raw[:60]], end=True)) == ("nowhere", b"")


@pytest.mark.promise("P11")
def test_who_says_nothing_is_let_go(contexts, monkeypatch):
    monkeypatch.setattr(threshold, "HELLO_SECONDS", 0.05)

    async def silent() -> bytes:
        (listener,) = listening("127.0.0.1", 0)
        never = asyncio.get_running_loop().create_future
        running = asyncio.create_task(
            Threshold([listener], contexts[0], PROTOCOL, here=lambda _: never(), elsewhere=print).run()
        )
        with socket.create_connection(listener.getsockname()) as client:
            client.settimeout(0)
            found = await asyncio.get_running_loop().sock_recv(client, 1)
        running.cancel()
        return found

    assert asyncio.run(silent()) == b""
