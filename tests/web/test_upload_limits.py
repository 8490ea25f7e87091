"""How many files may come, how slowly, and how much of one is ever in memory: the door for files under people who mean no good."""

import asyncio
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from longbien.web import files
from longbien.web.files import PARTS_MAX, TOGETHER_MAX, Files, application

from .asgi import Fatal, SameThread
from .test_evidence import both, exchange, way_in, world

__all__ = ["both", "exchange", "world"]

HEAD = b'--xYx\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
END = b"\r\n--xYx--\r\n"
MIB = 1 << 20


@pytest.fixture
def place(world, exchange):
    """Somebody who may hand files in, the door, the page of the lot, and what lies in the intake."""
    who = world.at("RU", "lawyer")
    door = Files(who.console, SameThread(), Fatal())
    lot = who.post(f"/x/{exchange.hex()}/evidence").to
    folder = world.two.ru.node.world.intake / "in"
    return who, door, lot, lambda: sorted(path.name for path in folder.iterdir())


def said(door: Files, path: str, pieces: Iterable[bytes], *, ends: bool = True) -> str:
    """The code with which the door sends back who sends these pieces, and then says nothing more unless it `ends`."""
    coming = iter(pieces)
    headers: dict[bytes, bytes] = {}

    async def receive() -> dict[str, object]:
        piece = next(coming, None)
        if piece is None and not ends:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: dict[str, object]) -> None:
        headers.update(message.get("headers", ()))

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(b"content-type", b"multipart/form-data; boundary=xYx")],
    }
    asyncio.run(application(door)(scope, receive, send))
    return headers[b"location"].decode().partition("said=")[2]


def test_a_large_file_goes_to_the_disk_piece_by_piece(place):
    who, door, lot, kept = place
    size, before = 48 * MIB, kept()

    def pieces() -> Iterator[bytes]:
        yield HEAD
        for _ in range(size // (64 << 10)):
            yield bytes(64 << 10)
        yield END

    tracemalloc.start()
    try:
        assert said(door, way_in(who.get(lot)), pieces()) == "added"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * MIB
    assert len(kept()) == len(before) + 1


def test_who_sends_nothing_more_is_waited_for_only_so_long(place, monkeypatch):
    who, door, lot, kept = place
    before = kept()
    monkeypatch.setattr(files, "PIECE_SECONDS", 0.05)
    assert said(door, way_in(who.get(lot)), [HEAD, b"half of it"], ends=False) == "FORM_UNREADABLE"
    assert kept() == before
    assert door.open == 0, "its place is free again"


def test_a_form_has_only_so_many_parts_and_the_door_only_so_many_forms(place):
    who, door, lot, kept = place
    before = kept()
    many = [*([HEAD + b"x\r\n"] * (PARTS_MAX + 1)), END.removeprefix(b"\r\n")]
    assert said(door, way_in(who.get(lot)), many) == "FORM_UNREADABLE"
    assert kept() == before
    door.open = TOGETHER_MAX
    assert said(door, way_in(who.get(lot)), [HEAD, b"x", END]) == "WORKS_FULL"
    door.open = TOGETHER_MAX - 1
    assert said(door, way_in(who.get(lot)), [HEAD, b"x", END]) == "added"


def test_a_file_that_grows_past_the_limit_without_saying_its_size_is_cut_there(place, world):
    who, door, lot, kept = place
    before = kept()
    world.two.ru.node.intake.most = 2 * MIB
    came = 0

    def endless() -> Iterator[bytes]:
        nonlocal came
        yield HEAD
        while True:
            came += MIB
            yield bytes(MIB)

    assert said(door, way_in(who.get(lot)), endless()) == "UPLOAD_TOO_LARGE"
    assert came <= 4 * MIB, "nobody reads on"
    assert kept() == before
