"""Calls on the command line: a running node is answered by a code, a roster is changed by hand, and another machine hears when a node is silent."""

import http.server
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from contextlib import closing

import pytest

from .land import credentials
from .running import Running, copies, free_port, until
from .test_duty import PAGING, POLICY, ROSTER
from .test_json import holds

FIRST, SECOND = "Officer 1 (invented)", "Officer 2 (invented)"


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    place = tmp_path_factory.mktemp("calling")
    with pytest.MonkeyPatch.context() as patch:
        credentials(place, patch)
        made = copies(place)[0]
        config = made.folder / "longbien.toml"
        config.write_text(config.read_text("utf-8") + PAGING, "utf-8")
        (place / "roster").write_text(ROSTER.format(first=FIRST, second=SECOND), "utf-8")
        (place / "policy").write_text(POLICY, "utf-8")
        made.do("shift", "roster", "--set", place / "roster")
        made.do("page", "policy", "--set", place / "policy")
        yield made


def test_a_roster_is_changed_by_an_exception_and_by_a_swap(land):
    now = land.do("shift", "who")
    other = {FIRST: SECOND, SECOND: FIRST}[now["on_duty"]]
    span = ("--from", "2027-03-01T00:00:00Z", "--until", "2027-03-01T01:00:00Z")
    held = land.do("shift", "override", other, *span)
    holds("shift override", held)
    inside = ("shift", "who", "--at", "2027-03-01T00:30:00Z")
    assert land.do(*inside)["on_duty"] == other
    wrong = land.say("shift", "override", other, "--from", span[3], "--until", span[1])
    assert wrong.error == "DUTY_VALUE"
    assert land.say("shift", "override", "Nobody", *span).error == "PERSON_UNKNOWN"
    one, two = "2027-04-01T06:00:00Z", "2027-04-01T18:00:00Z"
    before = [land.do("shift", "who", "--at", at)["on_duty"] for at in (one, two)]
    assert land.say("shift", "swap", one, one).error == "SHIFT_SAME"
    holds("shift swap", land.do("shift", "swap", one, two))
    assert [land.do("shift", "who", "--at", at)["on_duty"] for at in (one, two)] == before[::-1]


def test_the_code_of_a_call_is_answered_once_at_the_command_line(land):
    for name in (FIRST, SECOND):
        land.do("page", "contact", name, "--channel", "mail", "--address", "one@example.org")
    running = Running(land)
    running.start()
    try:
        test = land.do("page", "test")
        code = until(lambda: called(land, test["page"]))
        assert land.say("page", "ack", "????").error == "CODE_WRONG"
        answered = land.do("page", "ack", f"ok {code.lower()}")
        holds("page ack", answered)
        assert (answered["page"], answered["stage"]) == (test["page"], "closed")
        assert answered["awake"] in {FIRST, SECOND}
        assert land.say("page", "ack", code).error == "PAGE_OVER"
    finally:
        running.stop()


def called(land, page: str) -> str:
    """The code that the node has called with, once it has."""
    with closing(sqlite3.connect(f"file:{land.folder / 'node.db'}?mode=ro", uri=True)) as store:
        row = store.execute("SELECT code FROM page_calls WHERE page = ?", (bytes.fromhex(page),)).fetchone()
    return "" if row is None else row[0]


class Ear(http.server.BaseHTTPRequestHandler):
    """Keeps what a gateway is posted."""

    heard: list[dict]

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is written between the dots of the tests."""


def test_another_machine_calls_when_it_hears_nothing_and_says_whom_it_cannot_call(land, tmp_path):
    Ear.heard = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear) as gateway:
        threading.Thread(target=gateway.serve_forever).start()
        folder, port = tmp_path / "watch", free_port()
        folder.mkdir()
        (folder / "secret").write_text("a secret of the gateway")
        text = (land.folder / "longbien.toml").read_text("utf-8")
        url = f"http://127.0.0.1:{gateway.server_port}/"
        more = f'webhook = "{url}"\nwebhook_secret_file = "secret"\nnetworks = ["127.0.0.0/8"]\n'
        (folder / "longbien.toml").write_text(text + more, "utf-8")
        words = ("page", "watch", "--folder", str(folder), "--listen", f"127.0.0.1:{port}")
        strange = land.say("page", "watch", "--listen", f"127.0.0.1:{port}", "--to", "siren:roof")
        assert strange.error == "CHANNEL_UNKNOWN"
        dog = subprocess.Popen(
            [sys.executable, "-m", "longbien", *words, "--to", "webhook:roof", "--silence-seconds", "1"],
            stdout=subprocess.PIPE,
        )
        try:
            assert dog.stdout.readline().startswith(b"watching")
            assert dog.stdout.readline() == b"called: sent\n"
            (call,) = Ear.heard
            assert (call["to"], call["urgent"]) == ("roof", True)
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", b"{}")) as reply:
                assert reply.status == 204
            dog.send_signal(signal.SIGINT)
            assert b"Traceback" not in dog.stdout.read()
        finally:
            dog.kill()
            dog.wait()
            dog.stdout.close()
            gateway.shutdown()
