"""A message of HTTP has one end, and nothing comes through behind it: bytes on a real socket before the server that a node runs."""

import socket

import pytest

from node.pair import side

from .driven import served

HEAD = "POST /code HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SECOND = "GET /static/smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    with served(side("VN", "sqlite://")) as console:
        yield int(console.origin.rpartition(":")[2])


def answers(port: int, sent: str) -> list[str]:
    """The first line of every answer, until the server closes."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(sent.encode())
        got = b""
        while part := line.recv(65536):
            got += part
    return [text.partition(b"\r\n")[0].decode() for text in got.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    "heads",
    [
        "Content-Length: 4\r\nContent-Length: 60\r\n\r\nabcd",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Content-Length: +4\r\n\r\nabcd",
        "Content-Length: 0x4\r\n\r\nabcd",
        "Content-Length : 4\r\n\r\nabcd",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ],
)
def test_a_message_with_two_ends_is_refused(port, heads):
    """The second message is never taken for one of its own."""
    said = answers(port, HEAD + heads + SECOND)
    assert [line for line in said if line.startswith("404")] == [], said
    assert [line.partition(" ")[0] for line in said] == ["400"]


def test_two_whole_messages_are_two(port):
    body = "code=AAAA"
    said = answers(port, f"{HEAD}Content-Length: {len(body)}\r\n\r\n{body}{SECOND}")
    assert [line.partition(" ")[0] for line in said] == ["403", "404"]
