"""The door for sealed objects: ranges for who has the ticket, 404 for everybody else, and bounded lines."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from longbien.evidence.ticket import ticket_of
from longbien.peer import object_door, server
from node.evidence import files, made_ready
from node.pair import pair


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A node, the ciphertext of one object of it, its identifier and its ticket."""
    folder: Path = tmp_path_factory.mktemp("kept")
    side = pair(folder=folder).ru
    signed = made_ready(side, *files(folder, log=b"a line\n" * 200_000), to=["VN"])
    with side.store.transaction() as tx:
        (item,) = tx.evidence.items(signed.manifest)
        key = side.node.evidence.vault.open(tx.evidence.secrets([item.object])[item.object]).key
    raw = side.node.evidence.objects.incoming.path(item.object).read_bytes()
    return side.node, raw, item.object.hex(), ticket_of(key, item.object).hex()


async def asked(node, name: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET."""
    sent: list[dict] = []
    waiting = asyncio.Event()

    async def receive() -> dict:
        await waiting.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": object_door.PATH + name,
        "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
        "query_string": b"",
        "root_path": "",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
    }
    with ThreadPoolExecutor(1) as workers:
        fatal: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        await server.application(node, workers, fatal)(scope, receive, send)
    found = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_ticket_gets_the_range_that_it_asks_for(kept):
    node, raw, name, ticket = kept
    shown = {"authorization": f"Longbien-Ticket {ticket}"}
    status, headers, body = asyncio.run(asked(node, name, **shown, range="bytes=5-1048580"))
    assert (status, body) == (206, raw[5:1_048_581])
    assert headers["content-range"] == f"bytes 5-1048580/{len(raw)}"
    assert asyncio.run(asked(node, name, **shown))[::2] == (200, raw)
    assert asyncio.run(asked(node, name, **shown, range=f"bytes={len(raw)}-"))[0] == 416


@pytest.mark.parametrize(
    ("name", "authorization"),
    [
        ("", ""),
        ("", "Longbien-Ticket " + "00" * 32),
        ("", "Bearer {ticket}"),
        ("", "Longbien-Ticket {ticket}00"),
        ("00" * 16, "Longbien-Ticket {ticket}"),
        ("..%2f..%2fkeys", "Longbien-Ticket {ticket}"),
        ("xyz", "Longbien-Ticket {ticket}"),
    ],
)
def test_whatever_does_not_fit_looks_like_nothing_at_all(kept, name, authorization):
    node, _raw, right, ticket = kept
    found = asyncio.run(asked(node, name or right, authorization=authorization.format(ticket=ticket)))
    assert found[0] == 404 and found[2] in {b"", b"Not Found"}


def test_one_address_has_so_many_lines_and_no_more(kept, monkeypatch):
    node, _raw, name, ticket = kept
    monkeypatch.setattr(object_door, "LINES_MAX", 0)
    found = asyncio.run(asked(node, name, authorization=f"Longbien-Ticket {ticket}"))
    assert found[0] == 503 and found[1]["retry-after"] == "1"
