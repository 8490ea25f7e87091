"""Whoever reads along hears of everything that happened, in order, once, and of nothing of a case."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from law import sample
from longbien.law.instants import DAY, HOUR
from longbien.node import events, hooks, tokens
from longbien.node.tokens import Scope
from longbien.web.api import app
from longbien.web.client import ApiProblem
from node.pair import NOW, OFFICE

from .served import Served, served

BODIES = sample.preservation(NOW)


@pytest.fixture
def api(monkeypatch) -> Iterator[Served]:
    monkeypatch.setattr(app, "LOOK_SECONDS", 0.02)
    with served() as made:
        yield made


class Listener:
    """One who listens to the stream."""

    def __init__(self, api: Served, token: str, query: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(api.address).netloc, timeout=30)
        sent = {"Authorization": f"Bearer {token}", **headers}
        self.connection.request("GET", f"/api/v1/events/stream{query}", headers=sent)
        self.reply = self.connection.getresponse()

    def block(self) -> dict[str, str]:
        """The next block of lines; a comment is under ""."""
        found: dict[str, str] = {}
        while line := self.reply.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            found[name] = value
        return found

    def close(self) -> None:
        self.reply.close()
        self.connection.close()


@pytest.mark.promise("P2")
def test_everything_that_happens_is_an_event_and_each_is_told_once(api):
    draft = api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    api.approve(draft)
    exchange = api.client.send(draft.draft).exchange
    api.two.deliver()
    api.client.write(exchange, "withdraw", BODIES["withdraw"], office=OFFICE)
    api.there.act("wrong_state", BODIES["wrong_state"], exchange=bytes.fromhex(exchange))
    api.here.act("withdraw", BODIES["withdraw"], exchange=bytes.fromhex(exchange))
    api.two.deliver()
    kinds = [event.kind for event in api.client.events().items]
    assert kinds == [
        events.DRAFTED,
        events.APPROVED,
        events.APPROVED,
        events.SENT,
        events.OPENED,
        events.DRAFTED,
        events.DRAFTED,
        events.APPROVED,
        events.APPROVED,
        events.SENT,
        events.REFUSED,
        events.PLACED,
    ]
    first = api.client.events(limit=5)
    rest = api.client.events(after=first.next)
    numbers = [event.number for event in (*first.items, *rest.items)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(kinds)
    assert api.client.events(after=rest.next).items == ()
    assert set(kinds) <= set(events.KINDS)
    told = json.dumps([str(event) for event in api.client.events().items])
    for secret in ("VN-2026", "hospital", "received", "misdirected", "RU"):
        assert secret not in told


def test_a_clock_that_ran_out_is_an_event(api):
    api.approve(draft := api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE))
    api.client.send(draft.draft)
    api.two.deliver()
    api.here.clock.now += 2 * HOUR
    before = api.client.events().next
    api.here.node.clockwork.tick()
    assert [event.kind for event in api.client.events(after=before).items] == [events.DUE]


def test_a_stream_tells_what_happens_and_goes_on_where_it_stopped(api):
    token = api.token(Scope.EVENTS)
    listener = Listener(api, token)
    assert listener.reply.headers["Content-Type"].startswith("text/event-stream")
    assert listener.block() == {"retry": "5000"}
    api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    block = listener.block()
    told = json.loads(block["data"])
    assert block["event"] == events.DRAFTED
    assert (told["type"], told["specversion"], told["source"]) == (
        f"org.longbien.{events.DRAFTED}",
        "1.0",
        "urn:longbien:VN",
    )
    assert set(told["data"]) == {"exchange", "subject"}
    listener.close()
    api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    for listener in (
        Listener(api, token, **{"Last-Event-ID": block["id"]}),
        Listener(api, token, f"?after={block['id']}"),
    ):
        listener.block()
        assert int(listener.block()["id"]) == int(block["id"]) + 1
        listener.close()


def test_a_stream_ends_with_its_token(api, monkeypatch):
    monkeypatch.setattr(app, "SILENCE", 2)
    made = tokens.make(api.here.node, name="short", scopes=[Scope.EVENTS])
    listener = Listener(api, made.text)
    listener.block()
    assert "" in listener.block()
    tokens.revoke(api.here.node, made.row.id)
    while listener.block():
        pass
    assert listener.reply.read() == b""
    listener.close()


def test_a_stream_is_refused_like_any_other_route(api, monkeypatch):
    for token, status in ((api.token(Scope.LAW), 403), ("nothing", 401)):
        listener = Listener(api, token)
        assert listener.reply.status == status
        listener.close()
    monkeypatch.setattr(app, "LISTENERS_MAX", 0)
    listener = Listener(api, api.token(Scope.EVENTS))
    assert listener.reply.status == 429
    listener.close()


def test_what_happened_long_ago_is_told_no_more_and_says_so(api):
    for _ in range(3):
        api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    first = api.client.events().items[0].number
    api.here.clock.now += (hooks.KEPT_DAYS + 1) * DAY
    hooks.tidy(api.here.node)
    (left,) = api.client.events().items
    assert left.number == first + 2
    assert api.client.events(after=first + 1).items == (left,)
    with pytest.raises(ApiProblem, match="410 EVENTS_GONE"):
        api.client.events(after=first)
