"""Orders to providers: two officers order, the provider compares a code, asks, answers with files and has a receipt; and sees nothing else."""

import hashlib
import io
import os
from itertools import product

import pytest

from longbien.carry import FolderStore
from longbien.carry.place import Place
from longbien.exercise.passkey import SoftPasskey
from longbien.node import Denied, Node, orders, providers
from longbien.web.portal.table import ROUTES, Access
from longbien.web.portal.visits import IDLE, Visits
from longbien.wire import cbor, statement

from .asgi import ORIGIN, TOKEN, Browser
from .land import Land, land

WISH = {
    "kind": "produce",
    "reference": "P-2026-17",
    "basis": "Code of Criminal Procedure, Art. 9; judge of the district court (illustrative)",
    "text": "Connections of 198.51.100.23 from 2026-11-10T00:00:00Z to 2026-11-15T00:00:00Z.",
    "due": "2026-12-01T12:00",
}


@pytest.fixture
def world(tmp_path):
    made = land()
    side = made.two.ru
    side.node.evidence.objects = Place(FolderStore(tmp_path / "objects"))
    yield made
    made.close()


def portal(world: Land, person: bytes | None, level: int = providers.INSIDE) -> Browser:
    """A browser of a person of a provider, as if a ceremony had gone well."""
    found = world.at("RU", "duty")
    found.cookie = found.token = ""
    found.jar = "__Host-longbien-provider"
    if person is not None:
        from longbien.web.door import masked

        found.cookie = Visits(world.two.ru.node).begin(person, level=level, language="en")
        visit = Visits(world.two.ru.node).find(found.cookie)
        found.token = masked(visit.token, bytes(16))
    return found


def firm(node: Node, name: str) -> tuple[bytes, bytes]:
    provider = providers.add_provider(node, name, by=bytes(16))
    invited = providers.invite(node, provider.id, f"Desk of {name} (invented)", by=bytes(16))
    return provider.id, invited.person


def ordered(world: Land, provider: bytes, **changes) -> str:
    """An order that two officers signed; its path."""
    writer, signer = world.at("RU", "lawyer"), world.at("RU", "duty")
    written = writer.post("/orders", {**WISH, "provider": provider.hex(), **changes})
    assert written.status == 303, written.words[-600:]
    assert signer.post(f"{written.to}/issue").to.endswith("said=issued")
    return written.to


def test_an_order_needs_a_second_officer_and_says_nothing_of_the_request(world):
    node = world.two.ru.node
    provider, person = firm(node, "Hosting One")
    request = world.opened(case_ref="SECRET-1")
    writer, desk = world.at("RU", "lawyer"), portal(world, person)
    written = writer.post("/orders", {**WISH, "provider": provider.hex(), "exchange": request.hex()})
    here = written.to
    assert "Waits for a second signature" in writer.get(here).words
    assert desk.get(f"/provider{here}").status == 404, "what is not signed is not there"
    alone = writer.post(f"{here}/issue")
    assert alone.status == 422
    assert "A different person must sign" in alone.words
    for somebody in ("investigator", "operator"):
        assert world.at("RU", somebody).post(f"{here}/issue").status == 403
    assert world.at("RU", "approver").post(f"{here}/issue").status == 303
    page = desk.get(f"/provider{here}")
    assert WISH["text"] in page.text
    signed = statement.parse(desk.get(f"/provider{here}/order.cose").body)
    assert cbor.decode(signed.payload)["text"] == WISH["text"]
    row = orders.for_provider(node, Visits(node).find(desk.cookie).person, bytes.fromhex(here[8:]))
    assert orders.code(row) in page.words
    assert orders.code(row) in world.at("RU", "duty").get(here).words
    for answer in (page, desk.get("/provider")):
        for hidden in ("SECRET-1", request.hex(), request.hex()[:8], "VN", "Viet Nam"):
            assert hidden not in answer.text
    assert request not in signed.raw


def test_the_provider_compares_asks_answers_and_has_a_receipt_that_names_every_byte(world):
    node = world.two.ru.node
    provider, person = firm(node, "Hosting One")
    here = ordered(world, provider)
    desk, officer, there = portal(world, person), world.at("RU", "lawyer"), f"/provider{here}"
    assert "not seen yet" in officer.get(here).words
    desk.get(there)
    assert "not seen yet" not in officer.get(here).words
    assert desk.post(f"{there}/heard").status == 303
    assert "the provider has compared it" in officer.get(here).words
    assert desk.post(f"{there}/ask", {"text": " "}).status == 422
    assert desk.post(f"{there}/ask", {"text": "Which time zone?"}).status == 303
    assert "asks something" in officer.get("/orders").words
    officer.post(f"{here}/say", {"text": "UTC, as it says."})
    assert "the office has said something" in desk.get("/provider").words
    assert desk.post(f"{there}/answer", {"text": ""}).status == 422, "neither words nor files"
    plain = os.urandom(2_500_000)
    sent = desk.upload(f"{there}/files", "../lo<g>s\u202e.csv", plain)
    assert sent.to.endswith("said=taken"), sent.words[-500:]
    assert hashlib.sha256(plain).hexdigest() in desk.get(there).text
    assert desk.post(f"{there}/answer", {"text": "All that we have."}).status == 303
    receipt = cbor.decode(statement.parse(desk.get(f"{there}/receipt.cose").body).payload)
    assert receipt["files"] == [
        {"name": "lo_g_s_.csv", "size": len(plain), "sha256": hashlib.sha256(plain).digest()}
    ]
    assert receipt["order"] == cbor.digest(desk.get(f"{there}/order.cose").body)
    got = officer.get(f"{here}/files/1")
    assert got.body == plain
    assert got.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in got.headers["content-security-policy"]
    assert desk.upload(f"{there}/files", "late.csv", b"x").status == 404
    assert officer.post(f"{here}/close", {"why": "Taken as answered."}).status == 303
    assert "Taken as answered." in desk.get(there).words
    assert desk.post(f"{there}/ask", {"text": "And now?"}).status == 422


def test_every_route_of_the_portal_is_for_the_own_provider_and_for_nobody_else(world):
    """The whole table: no visit, a first code, another firm, the own firm; an officer's cookie opens nothing here, and theirs nothing there."""
    node = world.two.ru.node
    provider, person = firm(node, "Hosting One")
    other, stranger = firm(node, "Hosting Two")
    here = ordered(world, provider)
    ordered(world, other, reference="OTHER-9")
    officer = world.at("RU", "duty")
    visitors = {
        None: portal(world, None),
        "first": portal(world, person, providers.ENROL),
        "stranger": portal(world, stranger),
        "own": portal(world, person),
    }
    wrong, cells = [], 0
    for route, (who, browser) in product(ROUTES, visitors.items()):
        if route.name in {"provider-sign-out", "provider-receipt", "provider-upload"}:
            continue
        path = route.path.replace("{order}", here[8:]).replace("{code}", "AAAA")
        said = browser.post(path) if route.method == "POST" else browser.get(path)
        reached = not (
            said.to == "/provider/sign-in" and route.access > Access.PUBLIC
        ) and said.status not in {403, 404}
        about_order = "{order}" in route.path
        level = {None: -1, "first": 0, "stranger": 1, "own": 1}[who]
        may = level >= route.access and not (about_order and who == "stranger")
        cells += 1
        if reached is not may:
            wrong.append((route.name, who, said.status))
        if who == "stranger":
            assert "P-2026-17" not in said.text
            assert "Hosting One" not in said.text
    assert wrong == []
    assert cells == 4 * (len(ROUTES) - 3)
    for who in (None, "first", "stranger"):
        assert visitors[who].upload(f"/provider{here}/files", "x", b"x").status == 404
    jar = visitors["own"]
    jar.jar = "__Host-longbien"
    for path in ("/queue", "/directory", "/orders", "/providers", "/profile", "/"):
        assert jar.get(path).to.startswith("/sign-in"), path
    officer.jar = "__Host-longbien-provider"
    assert officer.get("/provider").to == "/provider/sign-in"


def test_a_person_of_a_provider_comes_in_by_a_code_and_a_passkey_that_is_nobodys_among_officers(world):
    operator, node = world.at("RU", "operator"), world.two.ru.node
    operator.post("/providers", {"name": "Hosting One"})
    assert operator.post("/providers", {"name": "Hosting One"}).status == 422
    with node.store.transaction() as tx:
        (provider,) = tx.orders.providers()
    invited = operator.post(f"/providers/{provider.id.hex()}/people", {"name": "Desk (invented)"})
    code = invited.text.split('class="code big">')[1].split("<")[0]
    desk = portal(world, None)
    assert desk.post("/provider/code", {"code": "WRONG"}).status == 422
    assert desk.post("/provider/code", {"code": code.lower()}).to == "/provider/passkey"
    assert desk.get("/provider").status == 403, "a first code opens nothing but the way to a passkey"
    desk.token = TOKEN.search(desk.get("/provider/passkey").text)[1]
    assert portal(world, None).post("/provider/code", {"code": code}).status == 422, "it works once"
    with node.store.transaction() as tx:
        (person,) = tx.orders.people()
    key = SoftPasskey(
        credential=os.urandom(16), secret=os.urandom(32), relying_party="node.example", origin=ORIGIN
    )
    held = {"credential": key.credential, "public_key": key.public_key, "sign_count": 0}
    assert not isinstance(providers.bring(node, person.person, **held), Denied)
    assert providers.bring(node, person.person, **held).code == "PASSKEY_KNOWN"
    challenge = os.urandom(32)
    assert providers.entered(node, key.sign(challenge, 1), challenge) == person
    drafted = node.desk.draft_act(
        exchange=world.opened(), name="acknowledge", office="p247", body={"own_reference": "X"}
    )
    assert node.desk.approve(drafted.id, key.sign(drafted.digest, 2)).code == "PASSKEY_UNKNOWN"
    order = ordered(world, provider.id)
    assert orders.issue(node, bytes.fromhex(order[8:]), key.sign(challenge, 3)).code == "ORDER_ISSUED"
    inside = portal(world, person.person)
    shown = inside.post("/provider/other-browser")
    second = portal(world, None)
    again = shown.text.split('class="code big">')[1].split("<")[0]
    assert second.post("/provider/code", {"code": again}).to == "/provider"
    operator.post(f"/providers/people/{person.person.hex()}/end")
    assert inside.get("/provider").to == "/provider/sign-in"
    assert providers.entered(node, key.sign(challenge, 4), challenge).code == "PASSKEY_UNKNOWN"


def test_a_visit_ends_when_nothing_happens_and_a_foreign_form_does_nothing(world):
    node = world.two.ru.node
    provider, person = firm(node, "Hosting One")
    here = ordered(world, provider)
    desk = portal(world, person)
    assert desk.post(f"/provider{here}/ask", {"text": "x"}, token="00" * 32).status == 403
    assert desk.post(f"/provider{here}/ask", {"text": "x"}, origin="https://elsewhere.example").status == 403
    assert desk.upload(f"/provider{here}/files", "x", b"x", origin="https://elsewhere.example").status == 404
    assert 'dir="rtl"' in desk.get("/provider?language=ar").text
    assert 'dir="rtl"' in desk.get("/provider").text, "the language stays"
    world.two.ru.clock.now += IDLE
    assert desk.get("/provider").to == "/provider/sign-in"


def test_what_is_too_large_or_not_whole_is_refused_and_leaves_nothing(world, monkeypatch):
    node = world.two.ru.node
    provider, person = firm(node, "Hosting One")
    here = ordered(world, provider)
    desk, there = portal(world, person), f"/provider{here}"
    monkeypatch.setattr(orders, "FILE_BYTES_MAX", 1000)
    assert desk.upload(f"{there}/files", "large", bytes(3 << 20)).status == 413
    assert desk.upload(f"{there}/files", "large", bytes(2000)).status == 422
    assert desk.upload(f"{there}/files", "empty", b"").status == 422
    assert desk.upload(f"{there}/files", "small", b"x", cut=30).status == 422
    row = orders.for_provider(node, Visits(node).find(desk.cookie).person, bytes.fromhex(here[8:]))
    with node.store.transaction() as tx:
        assert tx.orders.files(row.id) == ()
    taken = orders.take_file(node, row, name="a", file=io.BytesIO(b"abc"), size=3, by=person)
    assert b"".join(orders.read_file(node, taken)) == b"abc"
    node.evidence.objects = None
    assert desk.upload(f"{there}/files", "small", b"x").status == 422
    assert "A file" not in desk.get(there).words


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"provider": "00" * 16}, "no such provider"),
        ({"kind": "seize"}, "Choose what is ordered"),
        ({"text": " "}, "Say what is ordered"),
        ({"due": "2020-01-01T00:00"}, "still to come"),
        ({"due": "soon"}, "still to come"),
        ({"exchange": "00" * 16}, "no such request"),
        ({"exchange": "zz"}, "no such request"),
    ],
)
def test_an_order_that_is_not_whole_is_refused_and_keeps_what_was_typed(world, change, code):
    provider, _ = firm(world.two.ru.node, "Hosting One")
    said = world.at("RU", "lawyer").post("/orders", {**WISH, "provider": provider.hex(), **change})
    assert said.status == 422
    assert code in said.words
    assert WISH["basis"] in said.words
