"""Signing in by an identity provider: the real way over TLS, and whatever a provider or a stranger may make of it."""

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import ECKey

from longbien.cli.outward import provider
from longbien.node.config import ConfigFault, read_config
from longbien.node.people import HOUR_MS
from longbien.web.app import application
from longbien.web.console import Console, Setting
from longbien.web.oidc import Provider
from longbien.web.outgoing import NotReached, Outgoing
from longbien.web.policy import Level
from node.pair import OFFICE, side
from paging.servers import certificate

from .asgi import ORIGIN, Browser, Fatal, SameThread, browser
from .provider import CLIENT, SECRET, IdentityProvider, Told

HERE = (ipaddress.ip_network("127.0.0.0/8"),)
NAME = "Lawyer (invented)"


@pytest.fixture(scope="module")
def vn():
    made = side("VN", "sqlite://")
    made.node.people.add(name=NAME, office=OFFICE, roles=["lawyer"], by=bytes(16))
    return made


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("provider"))


@pytest.fixture
def there(vn, pem):
    made = IdentityProvider(pem, vn.clock.now)
    yield made
    made.close()


@pytest.fixture
def at(vn, there, pem) -> Browser:
    return come(vn, there, Outgoing(HERE, pem))


def come(vn, there, outgoing, **changes) -> Browser:
    settings = {
        "issuer": there.issuer,
        "client": CLIENT,
        "secret": SECRET,
        "claim": "sub",
        "people": {"subject-1": NAME, "subject-2": "Nobody of this name"},
    }
    named = Provider(**{**settings, **changes})
    setting = Setting(
        origin=ORIGIN, relying_party="node.example", mode="live", provider=named, outgoing=outgoing
    )
    console = Console(vn.node, setting)
    return Browser(console=console, app=application(console, SameThread(), Fatal()))


def left(at) -> tuple[str, str]:
    """Where the browser was sent, and what it keeps meanwhile."""
    said = at.get("/sign-in/provider")
    at.cookie = ""
    assert said.status == 303, said.words
    name, _, rest = said.headers["set-cookie"].partition("=")
    assert name == "__Host-longbien-asking"
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(rest.split("; "))
    return said.to, f"{name}={rest.partition(';')[0]}"


def back(at, there, **changes):
    to, kept = left(at)
    query = there.visited(to)
    return at.get(f"/sign-in/back?{changes.get('query', query)}", cookie=changes.get("cookie", kept))


def refused(said, words: str) -> None:
    assert said.status == 422, (said.status, said.to)
    assert words in said.words
    assert "__Host-longbien=" not in said.headers.get("set-cookie", "")


def test_a_person_comes_in_with_the_offices_account_reads_and_writes_and_does_not_sign(vn, at, there):
    assert "Sign in with your office" in at.get("/sign-in").words
    said = back(at, there)
    assert (said.status, said.to) == (303, "/"), said.words
    session = at.console.sessions.find(at.cookie)
    assert session.officer.name == NAME
    assert session.row.level == Level.CODE
    assert at.get("/queue").status == 200
    assert at.post("/passkey", {"credential": "{}"}, token="").status == 403
    form = there.asked[0]
    assert form["grant_type"] == "authorization_code"
    assert form["authorization"].startswith("Basic ")
    with vn.store.transaction() as tx:
        look = tx.people.looks(limit=5)
    assert ("come-back", session.officer.person, 303) in [(one.route, one.person, one.status) for one in look]


def test_without_a_provider_there_is_no_such_way(vn):
    plain = browser(vn.node, mode="live")
    assert "your office" not in plain.get("/sign-in").words
    assert plain.get("/sign-in/provider").status == 404
    assert plain.get("/sign-in/back?code=x&state=y").status == 404


def test_the_question_binds_state_nonce_and_verifier_and_goes_to_the_provider_alone(at, there):
    first, second = left(at)[0], left(at)[0]
    one, other = (dict(parse_qsl(urlsplit(to).query)) for to in (first, second))
    assert first.startswith(f"{there.issuer}/authorize?")
    assert one["redirect_uri"] == f"{ORIGIN}/sign-in/back"
    assert one["scope"] == "openid"
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) >= 43
        assert one[name] != other[name]


@pytest.mark.parametrize(
    "told",
    [
        {"claims": {"iss": "https://other.example"}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"nonce": "of another question"}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": "never"}},
        {"claims": {"iat": 1}},
        {"claims": {"iat": 1 << 40}},
        {"drop": ("nonce",)},
        {"drop": ("exp",)},
        {"drop": ("iat",)},
        {"drop": ("aud",)},
        {"drop": ("sub",)},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}},
        {"key": ECKey.generate_key("P-256", {"kid": "one"})},
        {"key": ECKey.generate_key("P-256", {"kid": "unknown"}), "header": {"kid": "unknown"}},
    ],
    ids=lambda told: " ".join(f"{name} {'another' if name == 'key' else told[name]}" for name in told),
)
def test_a_token_that_does_not_hold_signs_nobody_in(at, there, told):
    there.told = Told(now=there.told.now, **told)
    refused(back(at, there), "What your office's sign-in service says of you does not hold.")


def test_an_answer_counts_once_in_the_browser_that_asked_and_not_for_long(vn, at, there):
    to, kept = left(at)
    query = there.visited(to)
    other = left(at)[1]
    for cookie in ("", other, kept[:-2] + "00"):
        refused(at.get(f"/sign-in/back?{query}", cookie=cookie), "does not belong to this browser")
    assert at.get(f"/sign-in/back?{query}", cookie=kept).status == 303
    at.cookie = ""
    refused(at.get(f"/sign-in/back?{query}", cookie=kept), "does not belong to this browser")
    to, kept = left(at)
    query = there.visited(to)
    vn.clock.now += HOUR_MS
    refused(at.get(f"/sign-in/back?{query}", cookie=kept), "took too long")
    for state in ("", "zz", "00" * 56):
        refused(at.get(f"/sign-in/back?code=x&state={state}", cookie=kept), "does not belong")


def test_another_issuer_a_refusal_and_a_code_of_somebody_else_let_nobody_in(at, there):
    to, kept = left(at)
    query = there.visited(to).replace(there.issuer, "https://other.example")
    refused(at.get(f"/sign-in/back?{query}", cookie=kept), "something that does not hold")
    to, kept = left(at)
    state = dict(parse_qsl(urlsplit(to).query))["state"]
    refused(at.get(f"/sign-in/back?error=access_denied&state={state}", cookie=kept), "let nobody in")
    stolen = there.visited(left(at)[0]).partition("&")[0]
    to, kept = left(at)
    state = dict(parse_qsl(urlsplit(to).query))["state"]
    refused(at.get(f"/sign-in/back?{stolen}&state={state}", cookie=kept), "something that does not hold")


@pytest.mark.parametrize("subject", ["subject-2", "subject-3", "", 7, None])
def test_a_provider_makes_no_people(vn, at, there, subject):
    with vn.store.transaction() as tx:
        before = tx.desk.officers()
    there.told = Told(now=there.told.now, claims={"sub": subject, "roles": ["operator"], "name": NAME})
    said = back(at, there)
    assert said.status == 422
    with vn.store.transaction() as tx:
        assert tx.desk.officers() == before


def test_who_has_left_the_office_does_not_come_in_this_way_either(vn, at, there):
    with vn.store.transaction() as tx:
        person = next(one.person for one in tx.desk.officers() if one.name == NAME)
    vn.node.people.change(person, roles=["lawyer"], active=False, by=bytes(16))
    refused(back(at, there), "belongs to nobody who may sign in here")
    vn.node.people.change(person, roles=["lawyer"], active=True, by=bytes(16))


def test_a_description_of_another_issuer_is_not_believed(at, there):
    there.told = Told(now=there.told.now, issuer="https://other.example")
    refused(at.get("/sign-in/provider"), "something that does not hold")


def test_a_new_key_of_the_provider_is_fetched(vn, at, there):
    assert back(at, there).status == 303
    at.cookie = ""
    there.key = ECKey.generate_key("P-256", {"kid": "two"})
    there.told = Told(now=there.told.now, header={"kid": "two"})
    refused(back(at, there), "does not hold")
    vn.clock.now += 2 * 60_000
    there.told = Told(now=vn.clock.now, header={"kid": "two"})
    assert back(at, there).status == 303


def test_whoever_tries_too_often_waits(vn, at, there):
    vn.clock.now += HOUR_MS
    for _ in range(10):
        at.get("/sign-in/back?code=x&state=00")
    assert at.get("/sign-in/back?code=x&state=00").status == 429
    assert at.get("/sign-in/provider").status == 429
    vn.clock.now += HOUR_MS


def test_the_node_goes_to_no_private_address_that_nobody_named_and_follows_nobody(vn, there, pem):
    refused(come(vn, there, Outgoing((), pem)).get("/sign-in/provider"), "does not answer")
    refused(come(vn, there, Outgoing(HERE)).get("/sign-in/provider"), "does not answer")
    there.told = Told(now=there.told.now, redirect=f"{there.issuer}/elsewhere")
    refused(come(vn, there, Outgoing(HERE, pem)).get("/sign-in/provider"), "something that does not hold")
    there.told = Told(now=there.told.now, large=True)
    refused(come(vn, there, Outgoing(HERE, pem)).get("/sign-in/provider"), "does not answer")


@pytest.mark.parametrize(
    ("url", "inside", "code"),
    [
        ("http://127.0.0.1/", HERE, "OUT_ADDRESS"),
        ("https://user@127.0.0.1/", HERE, "OUT_ADDRESS"),
        ("https://127.0.0.1:1/", (), "OUT_ADDRESS"),
        ("https://localhost:1/", (), "OUT_ADDRESS"),
        ("https://[::1]:1/", (), "OUT_ADDRESS"),
        ("https://169.254.169.254/", (), "OUT_ADDRESS"),
        ("https://[::ffff:10.0.0.1]/", (), "OUT_ADDRESS"),
        ("file:///etc/passwd", HERE, "OUT_ADDRESS"),
        ("https://127.0.0.1:99999/", HERE, "OUT_ADDRESS"),
        ("https://127.0.0.1:1/", HERE, "OUT_UNREACHABLE"),
        ("https://nowhere.invalid/", (), "OUT_UNREACHABLE"),
    ],
)
def test_an_address_is_checked_before_anything_is_said_to_it(url, inside, code):
    with pytest.raises(NotReached) as info:
        Outgoing(inside).ask(url)
    assert info.value.code == code


def test_the_provider_is_the_one_of_the_configuration_and_a_mistake_has_its_key(tmp_path):
    base = '[node]\nparty = "XA"\nmode = "live"\n[peer]\nlisten = "127.0.0.1:1"\n'
    base += '[approval]\nrelying_party = "a.example"\norigin = "https://a.example"\n[oidc]\n'
    good = {
        "issuer": '"https://login.example/realm"',
        "client": f'"{CLIENT}"',
        "secret_file": '"secret"',
        "people_file": '"people.toml"',
        "networks": '["10.1.0.0/16"]',
    }

    def made(**changes):
        lines = {**good, **changes}
        text = base + "".join(f"{key} = {value}\n" for key, value in lines.items() if value)
        (tmp_path / "longbien.toml").write_text(text)
        return provider(read_config(tmp_path))

    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "people.toml").write_text(f'"subject-1" = "{NAME}"\n')
    found = made()["provider"]
    assert (found.issuer, found.client, found.secret, found.claim) == (
        "https://login.example/realm",
        CLIENT,
        SECRET,
        "sub",
    )
    assert found.people == {"subject-1": NAME}
    for changes, said in (
        ({"issuer": '"http://login.example"'}, "oidc.issuer"),
        ({"issuer": ""}, "oidc.issuer"),
        ({"client": ""}, "oidc.client"),
        ({"secret_file": ""}, "oidc.secret_file"),
        ({"secret_file": '"nowhere"'}, "CONFIG_SECRET"),
        ({"people_file": '"nowhere"'}, "oidc.people_file"),
        ({"networks": '["here"]'}, "oidc.networks"),
        ({"isuer": '"x"'}, "isuer"),
    ):
        with pytest.raises(ConfigFault, match=re.escape(said)):
            made(**changes)
