"""The door for sealed objects: ranges for who has the ticket, 404 for everybody else, and bounded lines."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from longbien.carry import CarryFault
from longbien.carry.place import place_at
from longbien.evidence.ticket import ticket_of
from longbien.peer import object_door
from longbien.peer.object_door import ObjectDoor
from node.evidence import files, made_ready
from node.pair import pair


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A door of a node, the ciphertext of one object of it, its identifier and its ticket."""
    folder: Path = tmp_path_factory.mktemp("kept")
    side = pair(folder=folder).ru
    signed = made_ready(side, *files(folder, log=b"a line\n" * 200_000), to=["VN"])
    with side.store.transaction() as tx:
        (item,) = tx.evidence.items(signed.manifest)
        key = side.node.evidence.vault.open(tx.evidence.secrets([item.object])[item.object]).key
    incoming = side.node.evidence.objects.incoming
    door = ObjectDoor(place_at(incoming.folder, "", direct=True), side.node.evidence.reading.opens_to)
    return door, incoming.path(item.object), item.object.hex(), ticket_of(key, item.object).hex()


class Line(HTTPConnection):
    """A client at one end of a line whose other end the door serves."""

    def __init__(self, door: ObjectDoor) -> None:
        super().__init__("door")
        self.sock, its = socket.socketpair()
        self.served = Thread(target=self._serve, args=(door, its))
        self.served.start()

    def _serve(self, door: ObjectDoor, its: socket.socket) -> None:
        with its:
            door.serve(its, "192.0.2.1")

    def ask(self, name: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self.request("GET", object_door.PATH + name, headers=headers)
        answer = self.getresponse()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()


@pytest.fixture
def line(kept) -> Iterator[Line]:
    made = Line(kept[0])
    yield made
    made.close()
    made.served.join()


def test_a_ticket_gets_the_range_that_it_asks_for_one_after_the_other(kept, line):
    _door, path, name, ticket = kept
    raw = path.read_bytes()
    shown = {"authorization": f"Longbien-Ticket {ticket}"}
    status, headers, body = line.ask(name, **shown, range="bytes=5-1048580")
    assert (status, body) == (206, raw[5:1_048_581])
    assert headers["content-range"] == f"bytes 5-1048580/{len(raw)}"
    assert line.ask(name, **shown)[::2] == (200, raw)
    assert line.ask(name, **shown, range=f"bytes={len(raw)}-")[0] == 416
    assert line.ask(name, **shown, range="bytes=0-1048575")[2] == raw[: 1 << 20]


@pytest.mark.parametrize(
    ("name", "authorization"),
    [
        ("", ""),
        ("", "Longbien-Ticket " + "00" * 32),
        ("", "Bearer {ticket}"),
        ("", "Longbien-Ticket {ticket}00"),
        ("00" * 16, "Longbien-Ticket {ticket}"),
        ("..%2f..%2fkeys", "Longbien-Ticket {ticket}"),
        ("../../keys", "Longbien-Ticket {ticket}"),
        ("xyz", "Longbien-Ticket {ticket}"),
    ],
)
def test_whatever_does_not_fit_looks_like_nothing_at_all(kept, line, name, authorization):
    _door, _path, right, ticket = kept
    found = line.ask(name or right, authorization=authorization.format(ticket=ticket))
    assert (found[0], found[2]) == (404, b"")


def test_only_reading_is_served(kept, line):
    _door, _path, name, ticket = kept
    line.request(
        "PUT", object_door.PATH + name, b"bytes", headers={"authorization": f"Longbien-Ticket {ticket}"}
    )
    assert line.getresponse().status == 404


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01 and so on\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET /" + b"a" * 40_000, b""]
)
def test_whoever_does_not_speak_http_is_let_go(kept, line, said):
    line.sock.sendall(said)
    line.sock.shutdown(socket.SHUT_WR)
    line.served.join(30)
    assert not line.served.is_alive()


def test_one_address_has_so_many_lines_and_no_more(kept, line, monkeypatch):
    _door, _path, name, ticket = kept
    monkeypatch.setattr(object_door, "LINES_MAX", 0)
    found = line.ask(name, authorization=f"Longbien-Ticket {ticket}")
    assert found[0] == 503 and found[1]["retry-after"] == "1"


def test_a_store_that_does_not_answer_is_busy_and_an_object_that_vanishes_is_none(kept, line, monkeypatch):
    door, path, name, ticket = kept
    shown = {"authorization": f"Longbien-Ticket {ticket}"}

    def gone(_object: bytes) -> None:
        raise CarryFault("STORE_GONE", "no route")

    with monkeypatch.context() as patch:
        patch.setattr(door._place, "open", gone)
        found = line.ask(name, **shown)
        assert found[0] == 503 and found[1]["retry-after"] == "5"
    hidden = path.rename(path.with_suffix(".hidden"))
    assert line.ask(name, **shown)[0] == 404
    hidden.rename(path)
    assert line.ask(name, **shown, range="bytes=0-4")[0] == 206


def test_an_object_that_is_cut_while_it_is_sent_ends_the_line_and_never_lies(kept, line, monkeypatch):
    door, path, name, ticket = kept
    raw = path.read_bytes()
    monkeypatch.setattr(object_door, "_PIECE_BYTES", 4096)
    true = door._place.open

    def cut(object_id: bytes):
        reader = true(object_id)
        path.write_bytes(raw[:8192])
        return reader

    monkeypatch.setattr(door._place, "open", cut)
    line.request("GET", object_door.PATH + name, headers={"authorization": f"Longbien-Ticket {ticket}"})
    answer = line.getresponse()
    assert answer.status == 200
    assert answer.fp.read() == raw[:8192]
    path.write_bytes(raw)
