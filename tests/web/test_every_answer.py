"""What holds for every answer of the console and the API, whatever was asked: headers, types, methods, and who believes whom."""

import re

import pytest

from longbien.node import tokens
from longbien.web import render
from longbien.web.api.api import Api
from longbien.web.api.app import BODY_MAX
from longbien.web.api.app import routes as api_routes
from longbien.web.api.openapi import BASE
from longbien.web.api.pace import Pace
from longbien.web.api.table import ROUTES as PROGRAMS
from longbien.web.app import BODY_BYTES_MAX, application
from longbien.web.assets import by_address
from longbien.web.headers import YEAR
from longbien.web.policy import Level
from longbien.web.table import ROUTES

from .asgi import Browser, Fatal, SameThread
from .land import Land, land

FILLED = {
    "code": "AAAA",
    "party": "VN",
    "act": "redirect",
    "procedure": "preservation",
    "leaf": "1",
    "event": "1",
    "task": "1",
    "hook": "0" * 16,
    "statement": "0" * 64,
}


@pytest.fixture(scope="module")
def world() -> Land:
    made = land()
    yield made
    made.close()


@pytest.fixture(scope="module")
def here(world) -> Browser:
    """A console with its API; everybody has every role, so that every page is reached."""
    at = world.at("RU", "duty", samples=False)
    pace = Pace(burst=1 << 30, each_second=1000.0)
    api = Api(
        node=world.two.ru.node,
        figures=lambda _: {},
        calendar=lambda *_: b"",
        agenda=lambda *_: b"",
        each=pace,
        strangers=pace,
    )
    beside = api_routes(api, SameThread(), Fatal())
    at.app = application(at.console, SameThread(), Fatal(), beside=beside)
    with world.two.ru.store.transaction() as tx:
        everything = ("duty", "lawyer", "approver", "auditor", "operator")
        tx.desk.change_officer(world.people["RU", "duty"], active=True, roles=everything)
    return at


@pytest.fixture(scope="module")
def answers(world, here):
    """One answer of every route, signed in and not, of a part of the console, of addresses that are none, of every refusal of a form."""
    exchange = world.opened().hex()
    token = tokens.make(world.two.ru.node, name="all", scopes=tuple(tokens.TOGETHER))
    bearer = {"authorization": f"Bearer {token.text}"}
    found = {}
    cookie = here.cookie
    for route in ROUTES:
        path = _path(route.path, exchange)
        for signed_in in (True, False):
            if route.name == "sign-out":
                continue
            here.cookie = cookie if signed_in else ""
            said = here.post(path, token="") if route.method == "POST" else here.get(path)
            found[f"{route.name} {signed_in}"] = said
    here.cookie = ""
    for route in PROGRAMS:
        if not route.stream:
            path = BASE + _path(route.path, exchange)
            found[f"api {route.name}"] = here._ask(route.method, path, b"", bearer)
            found[f"api {route.name} refused"] = here._ask(route.method, path, b"{", {})
    found["api document"] = here.get(f"{BASE}/openapi.json")
    found["api nowhere"] = here.get(f"{BASE}/nowhere")
    found["nowhere"] = here.get("/nowhere")
    found["method"] = here._ask("PUT", "/queue", b"", {})
    found["large"] = here._ask("POST", "/code", b"x" * (BODY_BYTES_MAX + 1), {})
    for name in by_address():
        found[f"asset {name}"] = here.get(f"/static/{name}")
    here.cookie = cookie
    return found


def _path(path: str, exchange: str) -> str:
    for part in [item[1:-1].partition(":")[0] for item in path.split("/") if item.startswith("{")]:
        path = path.replace(f"{{{part}}}", exchange if part == "exchange" else FILLED.get(part, "0" * 32))
    return path


def test_every_answer_is_taken_for_what_it_says_and_is_framed_by_nobody(answers):
    for name, said in answers.items():
        headers = said.headers
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["referrer-policy"] == "no-referrer", name
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; "), name
        assert "frame-ancestors 'none'" in policy, name
        assert "base-uri 'none'" in policy, name
        assert "unsafe" not in policy, name


def test_every_answer_asks_for_tls_for_a_year_and_more_under_every_name(answers):
    for name, said in answers.items():
        age, rest = said.headers["strict-transport-security"].split("; ")
        assert int(age.removeprefix("max-age=")) >= YEAR, name
        assert rest == "includeSubDomains", name


def test_every_body_has_its_type_with_its_letters(answers):
    for name, said in answers.items():
        if not said.body:
            continue
        media, _, charset = said.headers["content-type"].partition("; charset=")
        assert media in {
            "text/html",
            "text/css",
            "text/csv",
            "text/calendar",
            "text/javascript",
            "image/svg+xml",
            "application/json",
            "application/problem+json",
            "application/schema+json",
            "application/vnd.longbien.record+cbor",
            "application/vnd.longbien.receipt+cbor",
        }, (name, media)
        assert charset == "utf-8" or media.startswith("application/") or media == "image/svg+xml", name


def test_nothing_is_kept_by_a_browser_or_a_proxy_but_the_parts_of_the_console_itself(answers):
    for name, said in answers.items():
        kept = said.headers["cache-control"]
        assert kept == "no-store" or name.startswith("asset "), name


def test_no_other_site_is_allowed_to_read_an_answer(world, here, answers):
    for name, said in answers.items():
        assert not [header for header in said.headers if header.startswith("access-control-")], name
    asked = here._ask(
        "OPTIONS",
        f"{BASE}/exchanges",
        b"",
        {"origin": "https://evil.example", "access-control-request-method": "GET"},
    )
    assert asked.status == 405
    assert not [header for header in asked.headers if header.startswith("access-control-")]


def test_no_answer_leads_to_another_host(answers):
    """A redirection is a path of the console itself, whatever was asked."""
    led = [(name, said.to) for name, said in answers.items() if said.to]
    assert len(led) > 20
    for name, to in led:
        assert to.startswith("/"), name
        assert not to.startswith(("//", "/\\")), name


@pytest.mark.parametrize("path", ["/queue/", f"{BASE}/health/", "//evil.example/queue", "/sign-in/"])
def test_a_slash_too_many_leads_nowhere(here, path):
    said = here.get(path, host="evil.example")
    assert said.status == 404
    assert said.to == ""


def test_no_answer_tells_which_programs_made_it(answers):
    for name, said in answers.items():
        assert "server" not in said.headers, name
        assert "x-powered-by" not in said.headers, name
        for word in (b"Traceback", b"site-packages", b"sqlalchemy", b"SELECT "):
            assert word not in said.body, (name, word)


@pytest.mark.parametrize("path", ["/", "/queue", f"{BASE}/health", "/static/console.css"])
def test_no_request_is_sent_back_as_it_came(here, path):
    said = here._ask("TRACE", path, b"", {"x-secret": "told-to-nobody"})
    assert said.status in {404, 405}
    assert b"told-to-nobody" not in said.body


@pytest.mark.parametrize("path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/.git/config"])
def test_no_folder_and_no_file_of_the_machine_is_shown(here, path):
    assert here.get(path).status == 404


def test_looking_changes_nothing():
    """What changes something is no GET, so that neither a link nor a picture of another site does it."""
    assert {route.method for route in ROUTES} == {"GET", "POST"}
    changing = ("begin", "write", "send", "sign", "drop", "take", "add", "change", "end", "remove", "set")
    for route in (*ROUTES, *PROGRAMS):
        if route.name.partition("-")[0] in changing and route.name != "sign-in":
            assert route.method != "GET", route.name


def test_a_header_that_a_stranger_writes_changes_neither_address_nor_host_nor_scheme(world):
    at = world.at("RU", "duty", samples=False)
    at.cookie = ""
    for number in range(10):
        at.post("/code", {"code": "AAAA"}, **{"x-forwarded-for": f"192.0.2.{number}"})
    lying = {"x-forwarded-for": "198.51.100.9", "forwarded": "for=198.51.100.9", "x-real-ip": "198.51.100.9"}
    assert at.post("/code", {"code": "AAAA"}, **lying).status == 429
    host = at.get("/queue", **{"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"})
    assert host.to == "/sign-in?next=/queue"


def test_a_field_that_comes_twice_is_taken_once_by_people_and_refused_to_programs(world, here):
    page = here.get("/queue?view=everything&view=sent").text
    assert page.count('aria-current="true"') <= 1 or 'aria-current="page"' in page
    token = tokens.make(world.two.ru.node, name="twice", scopes=tuple(tokens.TOGETHER))
    said = here._ask(
        "GET", f"{BASE}/exchanges?view=sent&view=mine", b"", {"authorization": f"Bearer {token.text}"}
    )
    assert said.status == 400
    assert "PARAMETER_INVALID" in said.text


def test_signing_out_leaves_nothing_in_the_browser(world):
    at = world.at("RU", "lawyer", samples=False)
    said = at.post("/sign-out")
    assert said.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in said.headers["set-cookie"]
    assert all(store not in by_address() for store in ("localStorage",))
    ours = b"".join(
        part.plain for name, part in by_address().items() if name.startswith(("console", "passkey"))
    )
    for store in (
        b"localStorage",
        b"sessionStorage",
        b"indexedDB",
        b"document.cookie",
        b"eval(",
        b"innerHTML",
    ):
        assert store not in ours, store


def test_whoever_comes_in_and_whoever_does_not_is_written_down(world):
    at = world.at("RU", "duty", samples=False)
    at.cookie = ""
    before = _looks(world)
    at.post("/code", {"code": "AAAA"})
    at.post("/sign-in", {"credential": "{}"})
    code = world.two.ru.node.people.invite(world.people["RU", "duty"], "enter").code
    assert at.post("/code", {"code": code}).status == 303
    found = [
        (look.route, look.person, look.status) for look in reversed(_looks(world)[: -len(before) or None])
    ]
    assert found[:3] == [
        ("use-code", bytes(16), 422),
        ("enter", bytes(16), 422),
        ("use-code", world.people["RU", "duty"], 303),
    ]


def test_a_person_sees_where_else_the_own_name_is_signed_in_and_ends_it(world):
    first, second = (world.at("RU", "investigator", samples=False) for _ in range(2))
    page = second.get("/profile")
    assert "Another browser, since" in page.words
    assert second.follow(second.post("/profile/sessions")).words.count("You are signed in here only.") == 1
    assert first.get("/profile").status == 303, "over"
    assert "Another browser, since" not in second.get("/profile").words


def _looks(world):
    with world.two.ru.store.transaction() as tx:
        return list(tx.people.looks(limit=1000))


def test_every_file_that_is_given_out_has_a_name_of_ours(answers):
    """A person saves what is no page, under a name in which nobody else wrote a letter."""
    given = {
        name: said.headers["content-disposition"]
        for name, said in answers.items()
        if "content-disposition" in said.headers
    }
    assert len(given) >= 2
    for name, said in given.items():
        assert re.fullmatch(r'attachment; filename="[0-9a-z-]+\.(csv|ics|html|lb)"', said), (name, said)


def test_every_page_of_somebody_who_is_signed_in_has_a_way_out(answers):
    pages = [
        (name, said)
        for name, said in answers.items()
        if name.endswith(" True") and said.headers.get("content-type", "").startswith("text/html")
        if "<html" in said.text
    ]
    assert len(pages) > 15
    for name, said in pages:
        assert 'action="/sign-out"' in said.text, name


def test_whoever_leaves_or_changes_is_signed_out_at_once(world):
    at = world.at("RU", "analyst", samples=False)
    person = world.people["RU", "analyst"]
    people = world.two.ru.node.people
    for active in (False, True):
        people.change(person, roles=["analyst"], active=active, by=bytes(16))
        assert at.get("/profile").status == 303
    at.sign_in(person)
    assert at.get("/profile").status == 200


def test_a_session_by_code_adds_no_key(world):
    at = world.at("RU", "investigator", samples=False)
    at.sign_in(world.people["RU", "investigator"], level=Level.CODE)
    said = at.post("/passkey", {"credential": "{}"})
    assert said.status == 403
    assert "sign in with your passkey" in said.words


def test_a_refusal_is_written_down_with_who_was_refused_what(world):
    at = world.at("RU", "investigator", samples=False)
    person = world.people["RU", "investigator"]
    at.get("/people")
    at.post("/sign-out", token="00" * 32)
    assert [(look.route, look.person, look.status) for look in _looks(world)[:2]] == [
        ("sign-out", person, 403),
        ("people", person, 403),
    ]


def test_a_fault_is_told_with_a_reference_and_forges_no_line_of_the_journal(world, monkeypatch, capsys):
    at = world.at("RU", "investigator", samples=False)
    monkeypatch.setattr(render, "page", _once_broken(render.page))
    said = at.get("/code/AA\x1b[2K\nforged")
    assert said.status == 500
    assert "ZeroDivisionError" not in said.text
    first, second, *rest = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"console [0-9a-f]{8} GET '/code/AA\\x1b\[2K(\\n)?forged'", first), first
    assert second.startswith("Traceback")
    assert "ZeroDivisionError" in rest[-1]
    assert first.split()[1] in said.text


def _once_broken(page):
    broken = iter([True])

    def laid_out(*given):
        if next(broken, False):
            raise ZeroDivisionError
        return page(*given)

    return laid_out


def test_what_is_too_large_is_refused_before_it_is_whole(here, answers):
    assert answers["large"].status == 400
    token = tokens.make(here.console.node, name="large", scopes=tuple(tokens.TOGETHER))
    bearer = {"authorization": f"Bearer {token.text}", "content-type": "application/json"}
    said = here._ask("POST", f"{BASE}/drafts", b"x" * (BODY_MAX + 1), bearer)
    assert said.status == 413
    assert "BODY_TOO_LARGE" in said.text
