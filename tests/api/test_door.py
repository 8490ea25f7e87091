"""Who may ask what, how fast, how often, and what everybody is told who may not."""

import http.client
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from law import sample
from longbien.law.instants import DAY, HOUR
from longbien.node import Broken, Denied, tokens
from longbien.node.tokens import Scope
from longbien.store.schema import tokens as table_of_tokens
from longbien.web.api import shapes
from longbien.web.api.openapi import document
from longbien.web.api.pace import Pace
from longbien.web.api.table import PARTS, ROUTES, Door, Route
from longbien.web.client import ApiProblem
from node.pair import NOW, OFFICE

from .served import Served, served

BODIES = sample.preservation(NOW)
# What stands in a path where any will do.
SAMPLES = {
    "exchange": "0" * 32,
    "saved": "0" * 32,
    "draft": "0" * 32,
    "statement": "0" * 64,
    "procedure": "preservation",
    "act": "open",
    "leaf": "0",
    "hook": "0" * 16,
    "event": "1",
    "manifest": "0" * 32,
    "work": "0" * 32,
    "case": "0" * 32,
    "task": "1",
    "place": "1",
    "order": "0" * 32,
    "course": "0" * 32,
    "training": "0" * 32,
    "office": OFFICE,
    "swap": "0" * 32,
    "page": "0" * 32,
    "handover": "0" * 64,
    "exercise": "0" * 32,
}


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served() as made:
        yield made


def ask(api: Served, method: str, path: str, body: object = None, **headers: str):
    """Status, headers and body of one question over a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(api.address).netloc, timeout=30)
    raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if raw is not None:
        sent.setdefault("Content-Type", "application/json")
    try:
        connection.request(method, path if path.startswith("/api") else f"/api/v1{path}", raw, sent)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def code(body: bytes) -> str:
    told = json.loads(body)
    assert set(told) == {"type", "title", "status", "code", "detail"}
    return told["code"]


def filled(route: Route) -> str:
    return route.path.format_map(SAMPLES)


def test_every_route_is_refused_without_a_token_and_with_every_scope_but_its_own(api):
    """The whole matrix of routes and scopes, each cell really asked."""
    held = {scope: api.token(scope) for scope in Scope}
    cells = 0
    for route in ROUTES:
        if route.policy is Door.PUBLIC or route.stream:
            continue
        for scope, token in {None: "", **held}.items():
            headers = {} if scope is None else bearer(token)
            body = b"{}" if route.body is not None else None
            status, _, told = ask(api, route.method, filled(route), body, If_Match="*", **headers)
            cells += 1
            where = (route.name, scope)
            if route.policy is Door.PASSKEY:
                wanted = "BODY_INVALID" if scope is None else "TOKEN_CANNOT_APPROVE"
                assert (code(told), status) == (wanted, 422 if scope is None else 403), where
            elif scope is None:
                assert (status, code(told)) == (401, "TOKEN_MISSING"), where
            elif route.policy is not Door.TOKEN and scope is not route.policy:
                assert (status, code(told)) == (403, "SCOPE_MISSING"), where
            else:
                assert status not in {401, 403}, where
    assert cells == (len(ROUTES) - 2) * (len(Scope) + 1)


def test_a_route_without_a_policy_cannot_be_made():
    with pytest.raises(TypeError, match="policy"):
        Route(name="x", method="GET", path="/x", handler=lambda call: None, about="")
    assert {name for route in ROUTES for name in route.parts} == set(PARTS)
    assert len({(route.method, route.path) for route in ROUTES}) == len({route.name for route in ROUTES})


def test_a_token_ends_is_revoked_and_comes_from_where_it_may(api):
    node, clock = api.here.node, api.here.clock
    ends = api.token(Scope.LAW, days=1)
    made = tokens.make(node, name="short", scopes=[Scope.LAW])
    assert not isinstance(made, Denied)
    far = api.token(Scope.LAW, networks=["192.0.2.0/24", "2001:db8::/32"])
    near = api.token(Scope.LAW, networks=["127.0.0.0/8"])
    for token, wanted in ((ends, 200), (made.text, 200), (far, 403), (near, 200), (ends[:-1], 401)):
        assert ask(api, "GET", "/token", **bearer(token))[0] == wanted
    clock.now += DAY
    try:
        assert code(ask(api, "GET", "/token", **bearer(ends))[2]) == "TOKEN_EXPIRED"
    finally:
        clock.now -= DAY
    assert tokens.revoke(node, made.row.id) is None
    assert code(ask(api, "GET", "/token", **bearer(made.text))[2]) == "TOKEN_REVOKED"
    assert tokens.revoke(node, "0" * 16) == Denied(code="TOKEN_UNKNOWN", detail="0" * 16)
    assert {row.id for row in tokens.tokens(node)} >= {made.row.id}


def test_it_is_kept_which_token_looked_at_which_case(api):
    made = tokens.make(api.here.node, name="reader", scopes=[Scope.CASES_READ, Scope.LAW])
    assert not isinstance(made, Denied)
    for path in ("/exchanges", f"/exchanges/{'0' * 32}", "/exchanges/XYZ", "/law/procedures", "/statistics"):
        ask(api, "GET", path, **bearer(made.text))
    with api.here.store.transaction() as tx:
        looks = tx.people.looks(person=bytes.fromhex(made.row.id))
    assert [(look.route, look.exchange, look.status) for look in reversed(looks)] == [
        ("api:exchanges", None, 200),
        ("api:exchange", bytes(16), 404),
        ("api:exchange", None, 400),
    ]


def test_nothing_that_is_kept_is_a_token(api):
    token = api.token(Scope.LAW)
    with api.here.store._engine.connect() as connection:
        rows = connection.execute(table_of_tokens.select()).all()
        connection.rollback()
    assert not any(token.removeprefix("lbt_") in repr(row) for row in rows)
    assert tokens.hashed(token) in {row.hash for row in rows}


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"scopes": []}, "SCOPE_UNKNOWN"),
        ({"scopes": ["cases:approve"]}, "SCOPE_UNKNOWN"),
        ({"name": ""}, "TOKEN_NAME"),
        ({"name": "a\nb"}, "TOKEN_NAME"),
        ({"office": "nowhere"}, "OFFICE_UNKNOWN"),
        ({"networks": ["10.0.0.1/8"]}, "NETWORK_INVALID"),
        ({"days": 0}, "TOKEN_DAYS"),
        ({"days": 367}, "TOKEN_DAYS"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(api, how, wanted):
    made = tokens.make(api.here.node, **{"name": "x", "scopes": [Scope.LAW], **how})
    assert isinstance(made, Denied)
    assert made.code == wanted


@pytest.mark.promise("P3")
def test_a_question_with_a_key_happens_once_and_gets_the_same_answer(api):
    token = api.token(Scope.CASES_DRAFT, Scope.CASES_READ)
    wanted = {"office": OFFICE, "procedure": "preservation", "to": ["RU"], "body": BODIES["open"]}
    before = len(api.client.drafts())
    first = ask(api, "POST", "/drafts", wanted, Idempotency_Key="one", **bearer(token))
    again = ask(api, "POST", "/drafts", wanted, Idempotency_Key="one", **bearer(token))
    assert (first[0], again[0]) == (201, 201)
    assert first[2] == again[2]
    assert first[1]["Location"] == again[1]["Location"]
    assert again[1]["Idempotency-Replayed"] == "true"
    assert len(api.client.drafts()) == before + 1
    other = ask(api, "POST", "/drafts", {**wanted, "to": []}, Idempotency_Key="one", **bearer(token))
    assert (other[0], code(other[2])) == (422, "IDEMPOTENCY_OTHER")
    # A "no" is an answer like any other.
    for _ in range(2):
        no = ask(api, "POST", "/drafts", {**wanted, "to": ["XA"]}, Idempotency_Key="two", **bearer(token))
        assert (no[0], code(no[2])) == (422, "PEER_NOT_PINNED")
    # Another token's key is another key, and after a day a key is new again.
    stranger = api.token(Scope.CASES_DRAFT)
    assert ask(api, "POST", "/drafts", wanted, Idempotency_Key="one", **bearer(stranger))[2] != first[2]
    api.here.clock.now += DAY + HOUR
    try:
        late = ask(api, "POST", "/drafts", wanted, Idempotency_Key="one", **bearer(token))
        assert late[2] != first[2]
    finally:
        api.here.clock.now -= DAY + HOUR
    for key in ("a b", "a" * 256):
        wrong = ask(api, "POST", "/drafts", wanted, Idempotency_Key=key, **bearer(token))
        assert (wrong[0], code(wrong[2])) == (400, "PARAMETER_INVALID")


@pytest.mark.promise("P3")
def test_the_same_key_asked_at_once_by_several_happens_once(api):
    token = api.token(Scope.CASES_DRAFT)
    wanted = {"office": OFFICE, "procedure": "preservation", "to": ["RU"], "body": BODIES["open"]}
    before = len(api.client.drafts())
    statuses: list[int] = []

    def one() -> None:
        statuses.append(ask(api, "POST", "/drafts", wanted, Idempotency_Key="both", **bearer(token))[0])

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert len(api.client.drafts()) == before + 1


def test_what_somebody_has_already_is_not_sent_again(api):
    token = bearer(api.token(Scope.LAW))
    status, headers, body = ask(api, "GET", "/law/procedures", **token)
    assert status == 200
    tag = headers["ETag"]
    assert ask(api, "GET", "/law/procedures", If_None_Match=tag, **token)[::2] == (304, b"")
    assert ask(api, "GET", "/law/procedures", If_None_Match=f'"x", W/{tag}', **token)[0] == 304
    assert ask(api, "GET", "/law/procedures?language=fr", If_None_Match=tag, **token)[0] == 200
    head = ask(api, "HEAD", "/law/procedures", **token)
    assert (head[0], head[2], head[1]["ETag"]) == (200, b"", tag)
    assert int(head[1]["Content-Length"]) == len(body)
    for name, wanted in (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):
        assert headers[name] == wanted


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "wanted"),
    [
        ("GET", "/nowhere", None, {}, 404, "NOT_THERE"),
        ("GET", "/api/v1", None, {}, 404, "NOT_THERE"),
        ("PATCH", "/drafts", None, {}, 405, "METHOD_OTHER"),
        ("TRACE", "/health", None, {}, 405, "METHOD_OTHER"),
        ("GET", "/exchanges?view=yours", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/exchanges?limit=0", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/exchanges?limit=1&limit=2", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/exchanges?colour=red", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/exchanges?updated_since=2026-11-22T19:00:00", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/exchanges?cursor=mine", None, {}, 400, "CURSOR_INVALID"),
        ("GET", "/exchanges/XYZ", None, {}, 400, "PARAMETER_INVALID"),
        ("GET", "/law/procedures/nothing", None, {}, 404, "PROCEDURE_UNKNOWN"),
        ("GET", "/law/procedures/preservation/acts/dance/schema", None, {}, 404, "NOT_THERE"),
        ("GET", f"/acts/{'0' * 64}", None, {}, 404, "STATEMENT_UNKNOWN"),
        ("GET", f"/exchanges/{'0' * 32}/record", None, {}, 404, "EXCHANGE_UNKNOWN"),
        ("POST", f"/drafts/{'0' * 32}/send", None, {}, 404, "DRAFT_UNKNOWN"),
        ("POST", "/drafts", b"{", {}, 400, "BODY_SYNTAX"),
        ("POST", "/drafts", b"\xff", {}, 400, "BODY_SYNTAX"),
        ("POST", "/drafts", b'{"office":"x","body":{"a":' + b"[" * 100_000, {}, 400, "BODY_SYNTAX"),
        ("POST", "/drafts", b"[]", {}, 422, "BODY_INVALID"),
        ("POST", "/drafts", b"{}", {"Content_Type": "text/plain"}, 415, "MEDIA_TYPE"),
        ("POST", "/drafts", {"office": "x", "body": {}, "colour": 1}, {}, 422, "BODY_INVALID"),
        ("POST", "/drafts", {"office": "x", "body": {}}, {}, 422, "BODY_INVALID"),
        ("POST", "/drafts", {"office": "x", "body": {"a": 1.5}, "exchange": "0" * 32}, {}, 422, "BODY_FLOAT"),
        ("POST", "/drafts", {"office": "x", "body": {}, "exchange": "0" * 32}, {}, 404, "EXCHANGE_UNKNOWN"),
        ("POST", "/drafts", {"office": "x", "body": {}, "procedure": "dance"}, {}, 422, "RULES_UNKNOWN"),
        ("PUT", f"/exchanges/{'0' * 32}/handling", {}, {}, 428, "IF_MATCH_MISSING"),
        ("PUT", f"/exchanges/{'0' * 32}/handling", {}, {"If_Match": '"x"'}, 412, "CHANGED_MEANWHILE"),
        ("POST", "/drafts", b"x" * (3 << 20), {}, 413, "BODY_TOO_LARGE"),
    ],
)
def test_everybody_is_told_what_is_wrong_and_nothing_is_done(
    api, method, path, body, headers, status, wanted
):
    got = ask(api, method, path, body, **{**bearer(api.token(*tokens.TOGETHER)), **headers})
    assert got[0] == status
    assert got[1]["Content-Type"] == "application/problem+json"
    assert code(got[2]) == wanted
    if status == 405:
        assert "GET" in got[1]["Allow"] or "POST" in got[1]["Allow"]


def test_what_is_wrong_in_a_body_is_named_and_never_repeated(api):
    body = {"office": "x", "body": {}, "exchange": "a secret that nobody should read again"}
    got = ask(api, "POST", "/drafts", body, **bearer(api.token(Scope.CASES_DRAFT)))
    assert json.loads(got[2])["detail"] == "exchange"
    assert b"secret" not in got[2]


def test_the_document_names_every_route_and_needs_no_token(api):
    status, _, raw = ask(api, "GET", "/openapi.json")
    assert (status, raw) == (200, document())
    told = json.loads(raw)
    assert told["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert named == {(route.method, route.path) for route in ROUTES}
    for route in ROUTES:
        operation = told["paths"][route.path][route.method.lower()]
        assert operation["x-policy"] == str(route.policy)
        assert ("security" in operation) == (route.policy not in {Door.PUBLIC, Door.PASSKEY})
    assert ask(api, "GET", "/health")[2] == b'{"status":"ok"}'


def test_who_asks_too_fast_is_told_when_to_come_again():
    with served(burst=4, strangers=2) as api:
        slow, other = api.token(Scope.LAW), api.token(Scope.LAW)
        statuses = [ask(api, "GET", "/token", **bearer(slow))[0] for _ in range(5)]
        assert statuses == [200] * 4 + [429]
        status, headers, body = ask(api, "GET", "/token", **bearer(slow))
        assert (status, code(body), headers["Retry-After"]) == (429, "RATE_EXCEEDED", "1")
        # Nobody pays for another's haste, and whoever guesses tokens guesses slowly.
        assert ask(api, "GET", "/token", **bearer(other))[0] == 200
        guesses = [ask(api, "GET", "/token", **bearer(f"lbt_{number}"))[0] for number in range(4)]
        assert guesses == [401, 401, 429, 429]
        api.here.clock.now += 2000
        assert ask(api, "GET", "/token", **bearer(slow))[0] == 200


def test_a_bucket_fills_steadily_and_never_over_its_rim():
    pace = Pace(burst=2, each_second=0.5)
    assert [pace.ask("a", 0).allowed for _ in range(3)] == [True, True, False]
    assert pace.ask("a", 1000).seconds == 1
    assert pace.ask("a", 2000).allowed
    assert [pace.ask("a", 10**9).allowed for _ in range(3)] == [True, True, False]
    # A clock that was set back takes nothing and gives nothing.
    assert not pace.ask("a", 0).allowed


@pytest.mark.promise("P13")
def test_a_fault_of_one_route_stops_nothing_and_a_broken_node_stops(monkeypatch, capsys):
    with served() as api:
        monkeypatch.setattr(type(api.here.node.directory), "parties", property(lambda _: 1 / 0))
        status, _, body = ask(api, "GET", "/parties", **bearer(api.token(Scope.DIRECTORY)))
        assert (status, code(body)) == (500, "UNEXPECTED")
        assert "ZeroDivisionError" in capsys.readouterr().err
        monkeypatch.undo()
        assert api.client.parties()

        def broken(_):
            raise Broken("TRIED")

        monkeypatch.setattr(type(api.here.node.directory), "parties", property(broken))
        status, _, body = ask(api, "GET", "/parties", **bearer(api.token(Scope.DIRECTORY)))
        assert (status, code(body)) == (503, "NODE_STOPPED")
        assert isinstance(api.fatal.result(), Broken)


def test_a_client_repeats_only_what_happens_once(api, monkeypatch):
    client = api.as_(*tokens.TOGETHER)
    asked: list[str] = []
    request = http.client.HTTPConnection.request

    def lost(self, method, path, *rest):
        asked.append(method)
        request(self, method, path, *rest)
        if len(asked) == 1:
            # The node did it, and the answer is lost.
            self.getresponse().read()
            self.close()
            raise ConnectionResetError

    before = len(api.client.drafts())
    monkeypatch.setattr(http.client.HTTPConnection, "request", lost)
    draft = client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    monkeypatch.undo()
    assert asked == ["POST", "POST"]
    assert len(api.client.drafts()) == before + 1
    assert api.client.draft(draft.draft) == draft
    monkeypatch.setattr(
        http.client.HTTPConnection, "request", lambda *_: (_ for _ in ()).throw(ConnectionRefusedError)
    )
    with pytest.raises(ConnectionRefusedError):
        client.set_handling("0" * 32, shapes.HandlingWanted(), "*")
    with pytest.raises(ConnectionRefusedError):
        client.node()
    monkeypatch.undo()
    with pytest.raises(ApiProblem, match="404"):
        client.draft("0" * 32)
