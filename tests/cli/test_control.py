"""The door of a running node: wrong questions hurt nobody, long work says how far it is, a node that goes away is said so."""

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr

import pytest
import uvicorn

from longbien.cli import control, show
from longbien.cli.asked import CommandRefused
from longbien.cli.control import Control, NodeGone, application, ask
from longbien.cli.failing import Exit, failure_of
from longbien.node.config import read_config
from longbien.store import StoreFault
from node.pair import pair

CONFIG = """
[node]
party = "RU"
mode = "demo"
[peer]
listen = "127.0.0.1:1"
[approval]
relying_party = "node.example"
origin = "https://node.example"
software_passkeys = true
"""


async def behind_a_socket(folder, node, work):
    """Runs `work(config)` while the door of a node is open; what the node would stop with comes back beside its result."""
    (folder / "longbien.toml").write_text(CONFIG)
    config = read_config(folder)
    fatal = asyncio.get_running_loop().create_future()
    with ThreadPoolExecutor(2) as workers:
        settings = uvicorn.Config(
            application(node, workers, fatal), uds=str(config.socket), log_level="critical", lifespan="off"
        )
        server = uvicorn.Server(settings)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            return await work(config), fatal.result() if fatal.done() else None
        finally:
            server.should_exit = True
            await serving


@pytest.fixture
def node():
    return pair().ru.node


@pytest.mark.promise("P13")
def test_wrong_questions_are_refused_one_by_one_and_the_node_goes_on(tmp_path, node):
    async def work(config):
        codes = []
        async with Control(config) as door:
            for command, arguments in (
                ("nonsense", {}),
                ("show", {}),
                ("show", {"exchange": 7}),
                ("list", {"limit": "many"}),
                ("pin", {"chain": "zz", "fingerprint": "", "assertions": []}),
                ("pin-challenge", {"party": 1, "fingerprint": "00"}),
                ("draft", {"procedure": "preservation", "to": [], "office": "p247", "body": {}}),
                ("draft", {"procedure": "preservation", "to": "RU", "office": "p247", "body": []}),
                (
                    "draft",
                    {
                        "procedure": "preservation",
                        "to": ["VN"],
                        "office": "p247",
                        "body": {"a": {"$hex": "z"}},
                    },
                ),
                ("approve", {"draft": "00", "assertion": "00"}),
                ("pouch-settle", {"pouch": "00"}),
                ("send-all", {"drafts": ["z"]}),
                ("send-all", {"drafts": ["00"] * 257}),
            ):
                try:
                    await door.do(command, arguments)
                except CommandRefused as refused:
                    codes.append(refused.code)
            for raw in (b"", b"[]", b"{}", b'{"command": 1, "arguments": {}}', b"[" * 100_000):
                async with door._session.post("http://node/do", data=raw) as reply:
                    codes.append((await reply.json())["code"])
            return codes, await door.do("status", {})

    (codes, status), fatal = asyncio.run(behind_a_socket(tmp_path, node, work))
    assert codes == [
        "COMMAND_UNKNOWN",
        "ARGUMENT_MISSING",
        *["ARGUMENT_INVALID"] * 4,
        "PARTIES_WRONG",
        "ARGUMENT_INVALID",
        "BODY_HEX",
        "FIELD_TYPE",
        "FIELD_TYPE",
        *["ARGUMENT_INVALID"] * 7,
    ]
    assert (status["party"], fatal) == ("RU", None)


def test_long_work_says_how_far_it_is_while_it_works_and_short_work_does_not(tmp_path, node, monkeypatch):
    monkeypatch.setattr(control, "TELL_SECONDS", 0.01)
    heard = threading.Event()
    told: list[tuple[int, int]] = []

    def verify(asked, given, tell):
        tell(1, 2)
        assert heard.wait(30), "the progress came before the end"
        return whole_verify(asked, given, tell)

    whole_verify = control.LONG["verify"]
    monkeypatch.setitem(control.LONG, "verify", verify)

    def tell(done: int, whole: int) -> None:
        told.append((done, whole))
        if done:
            heard.set()

    async def work(config):
        async with Control(config) as door:
            await door.do("status", {}, tell)
            assert told == []
            return await door.do("verify", {}, tell)

    result, _ = asyncio.run(behind_a_socket(tmp_path, node, work))
    assert result["ok"]
    assert (1, 2) in told


@pytest.mark.promise("P13")
def test_a_fault_of_the_store_stops_the_node_and_the_question_is_not_answered_as_if_done(
    tmp_path, node, monkeypatch
):
    def fail(*_):
        raise StoreFault("STORE_WRITE_FAILED", "no space")

    monkeypatch.setattr(node.store, "transaction", fail)

    async def work(config):
        async with Control(config) as door:
            for command in ("status", "verify"):
                with pytest.raises(CommandRefused) as refused:
                    await door.do(command, {})
                assert refused.value.code == "NODE_STOPPED"
        return failure_of(refused.value)

    failure, fatal = asyncio.run(behind_a_socket(tmp_path, node, work))
    assert isinstance(fatal, StoreFault)
    assert (failure.exit, "may have been" in failure.sent) == (Exit.STOPPED, True)


def test_a_node_that_goes_away_while_it_works_is_said_so(tmp_path):
    (tmp_path / "longbien.toml").write_text(CONFIG)
    config = read_config(tmp_path)

    async def hang_up(reader, writer):
        await reader.readline()
        writer.close()

    async def listen(ready, stop):
        async with await asyncio.start_unix_server(hang_up, path=str(config.socket)):
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.01)

    ready, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(listen(ready, stop)))
    thread.start()
    ready.wait()
    try:
        with pytest.raises(NodeGone) as gone:
            ask(config, "send", {"draft": "00"}, lambda: "")
    finally:
        stop.set()
        thread.join()
    failure = failure_of(gone.value)
    assert (failure.code, failure.exit) == ("NODE_GONE", Exit.STOPPED)
    assert "or not" in failure.sent


def test_what_nobody_foresaw_is_one_line_with_its_place_and_no_traceback(capsys):
    try:
        raise ZeroDivisionError("a fault\nof the program")
    except ZeroDivisionError as error:
        code = show.failure(failure_of(error), as_json=False)
    shown = capsys.readouterr().err
    assert code == Exit.STOPPED
    assert "ZeroDivisionError: a fault of the program (test_control.py:" in shown
    assert "Traceback" not in shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_a_person_at_a_terminal_alone():
    for stream, wanted, seen in (
        (Terminal(), True, True),
        (Terminal(), False, False),
        (io.StringIO(), True, False),
    ):
        with redirect_stderr(stream), show.Progress("verify", wanted=wanted) as tell:
            tell(0, 0)
            tell(1, 200)
            tell(200, 200)
        assert ("200 of 200  100 %" in stream.getvalue()) is seen
        assert bool(stream.getvalue()) is seen


def test_progress_of_bytes_shows_a_rate_and_the_time_left(monkeypatch):
    seconds = iter(range(100))
    monkeypatch.setattr(show.time, "monotonic", lambda: float(next(seconds)))
    stream = Terminal()
    with redirect_stderr(stream), show.Progress("evidence-fetch", wanted=True, in_bytes=True) as tell:
        tell(0, 400 << 20)
        tell(100 << 20, 400 << 20)
        tell(0, 1 << 20)
    assert "100.0 of 400.0 MiB  25.0 MiB/s  0:12 left  25 %" in stream.getvalue()
    assert "0.0 of 1.0 MiB" in stream.getvalue()
