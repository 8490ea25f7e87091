"""The door for peers: every bad request is answered with a status and a code, and a failing store stops the node with one."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy

from longbien.node.delivery import REQUEST_BYTES_MAX, encode_request
from longbien.peer import server
from longbien.store import StoreFault
from node.pair import pair


async def answer(
    node, parts: Sequence[bytes], *, path: str = server.PATH, method: str = "POST", pause: float = 0.0
) -> tuple[int, dict, BaseException | None]:
    """Status, problem and what would stop the node, for a body that comes in parts."""
    sent: list[dict] = []
    coming = list(parts)
    fatal: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def receive() -> dict:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming)}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [],
        "query_string": b"",
        "root_path": "",
        "http_version": "1.1",
    }
    with ThreadPoolExecutor(1) as workers:
        await server.application(node, workers, fatal)(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    problem = json.loads(body) if body.startswith(b"{") else {}
    return sent[0]["status"], problem, fatal.result() if fatal.done() else None


@pytest.fixture(scope="module")
def node():
    return pair().ru.node


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([b""], 400, "CBOR_TRUNCATED"),
        ([b"\x81" * 1000], 400, "CBOR_DEPTH"),
        ([b"<html>"], 400, "CBOR_INVALID"),
        ([bytes(1 << 20)] * 9, 413, "REQUEST_TOO_LARGE"),
        ([encode_request("KZ", (), [b"\x00"])], 403, "PEER_NOT_PINNED"),
    ],
)
def test_a_request_that_is_none_gets_a_problem_with_its_code(node, parts, status, code):
    found, problem, fatal = asyncio.run(answer(node, parts))
    assert (found, problem.get("title"), problem.get("status"), fatal) == (status, code, status, None)


@pytest.mark.promise("P11")
def test_a_peer_that_sends_too_slowly_is_let_go(node, monkeypatch):
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)
    found, problem, fatal = asyncio.run(answer(node, [b"a"] * 99, pause=0.02))
    assert (found, problem["title"], fatal) == (408, "REQUEST_TOO_SLOW", None)


def test_there_is_one_way_in_and_no_other(node):
    assert asyncio.run(answer(node, [b""], path="/"))[0] == 404
    assert asyncio.run(answer(node, [b""], method="GET"))[0] == 405


@pytest.mark.promise("P13")
def test_a_failing_store_is_told_to_the_peer_with_a_code_and_stops_the_node(monkeypatch):
    two = pair()

    def fail() -> None:
        raise sqlalchemy.exc.OperationalError("COMMIT", {}, Exception("server closed the connection"))

    with two.vn.store.transaction() as tx:
        row = two.vn.node.clockwork._row("RU", "descriptor", two.vn.node.directory.own.digest, two.vn.clock())
        tx.outbox.add([row])
    ((peer, lane, _),) = two.vn.node.delivery.lanes()
    body = two.vn.node.delivery.collect(peer, lane).body
    assert len(body) < REQUEST_BYTES_MAX
    monkeypatch.setattr(two.ru.store, "_before_commit", fail)
    status, problem, fatal = asyncio.run(answer(two.ru.node, [body]))
    assert (status, problem["title"]) == (503, "NODE_STOPPED")
    assert isinstance(fatal, StoreFault)
