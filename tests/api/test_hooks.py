"""Hooks against a real receiver with a real certificate: told once, signed, repeated, logged; and never told inside this network unasked."""

import asyncio
import base64
import contextlib
import datetime as dt
import hmac
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from law import sample
from longbien.node import Denied, events, hooks
from longbien.node.hooks import PAUSES
from longbien.node.reach import permitted
from longbien.web import crier as room
from longbien.web.client import ApiProblem
from longbien.web.crier import Crier, Reach
from node.pair import NOW, OFFICE

from .served import Served, served

BODIES = sample.preservation(NOW)
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass
class Receiver:
    """An HTTPS server that answers what it is told to, and keeps what came."""

    port: int = 0
    certificate: Path = Path()
    answers: list[int] = field(default_factory=list)
    letters: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    # Whoever waits for this, answers nothing before.
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/told"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for localhost that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def receiver(certificate) -> Iterator[Receiver]:
    made = Receiver(certificate=certificate)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.letters.append((dict(self.headers), body))
            made.goes_on.wait()
            status = made.answers.pop(0) if made.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", made.url)
            self.send_header("Content-Length", "0")
            with contextlib.suppress(OSError):
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # Who does not believe the certificate hangs up, and that is no fault of this server.
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api() -> Iterator[Served]:
    with served() as made:
        yield made


def go(api: Served, receiver: Receiver, *, inside=HERE, believed: bool = True) -> int:
    """One round of the crier."""
    with ThreadPoolExecutor(2) as workers:
        crier = Crier(
            api.here.node,
            workers,
            Reach(inside=inside, authorities=receiver.certificate if believed else None),
        )
        return asyncio.run(_round(crier, receiver))


async def _round(crier: Crier, receiver: Receiver) -> int:
    """A round; then whoever was waited for goes on, until every connection is put away."""
    found = await crier.round()
    receiver.goes_on.set()
    # The loop's own pipe stays.
    while len(asyncio.get_running_loop()._selector.get_map()) > 1:
        await asyncio.sleep(0.005)
    return found


def write(api: Served) -> None:
    api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)


@pytest.mark.promise("P2")
def test_a_receiver_is_told_what_happened_in_a_letter_that_it_can_check(api, receiver):
    made = api.client.add_hook(receiver.url)
    write(api)
    assert go(api, receiver) == 1
    ((headers, body),) = receiver.letters
    # By the rules of Standard Webhooks, written here a second time.
    secret = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert int(headers["webhook-timestamp"]) == NOW // 1000
    told = json.loads(body)
    event = api.client.events().items[-1]
    assert told == {
        "specversion": "1.0",
        "id": headers["webhook-id"],
        "source": "urn:longbien:VN",
        "type": "org.longbien.draft.made",
        "time": "2026-11-22T19:00:00Z",
        "datacontenttype": "application/json",
        "data": {"exchange": event.exchange, "subject": event.subject},
    }
    assert go(api, receiver) == 0
    (logged,) = api.client.hook_log(made.hook.hook)
    assert (logged.state, logged.status, logged.tries) == ("told", 204, 1)
    assert made.secret not in str(api.client.hooks())


def test_a_hook_hears_of_the_kinds_that_it_asked_for_and_of_nothing_before_it(api, receiver):
    write(api)
    made = api.client.add_hook(receiver.url, [events.APPROVED])
    draft = api.client.open("preservation", ["RU"], BODIES["open"], office=OFFICE)
    api.approve(draft, 1)
    assert go(api, receiver) == 1
    assert json.loads(receiver.letters[0][1])["type"] == "org.longbien.draft.approved"
    api.client.remove_hook(made.hook.hook)
    write(api)
    assert go(api, receiver) == 0
    with pytest.raises(ApiProblem, match="404 HOOK_UNKNOWN"):
        api.client.hook_log(made.hook.hook)


@pytest.mark.promise("P2")
def test_what_was_not_heard_is_told_again_and_in_the_end_given_up_and_can_be_replayed(api, receiver):
    made = api.client.add_hook(receiver.url)
    hook = made.hook.hook
    write(api)
    receiver.answers = [500, 302, *[503] * len(PAUSES)]
    for tries, pause in enumerate(PAUSES, start=1):
        assert go(api, receiver) == 1
        (logged,) = api.client.hook_log(hook)
        assert (logged.state, logged.tries, logged.reason) == ("waiting", tries, "HOOK_STATUS")
        # Not before its time.
        api.here.clock.now += pause - 1
        assert go(api, receiver) == 0
        api.here.clock.now += 1
    assert go(api, receiver) == 1
    (logged,) = api.client.hook_log(hook)
    assert (logged.state, logged.next_try_at) == ("given_up", None)
    # No letter went where a redirect pointed, and the same identifier came every time.
    assert len(receiver.letters) == len(PAUSES) + 1
    assert len({headers["webhook-id"] for headers, _ in receiver.letters}) == 1
    api.client.replay(hook, logged.event)
    receiver.answers.clear()
    assert go(api, receiver) == 1
    assert api.client.hook_log(hook)[0].state == "told"
    with pytest.raises(ApiProblem, match="404 EVENT_UNKNOWN"):
        api.client.replay(hook, 10**6)


def test_a_hook_that_is_gone_is_told_nothing_more_until_somebody_tries_it(api, receiver):
    made = api.client.add_hook(receiver.url)
    write(api)
    receiver.answers = [410]
    assert go(api, receiver) == 1
    assert api.client.hooks()[0].stopped == "HOOK_GONE"
    write(api)
    assert go(api, receiver) == 0
    event = api.client.try_hook(made.hook.hook)
    assert go(api, receiver) == 2
    first, *together = [json.loads(body)["type"] for _, body in receiver.letters]
    assert first == "org.longbien.draft.made"
    # What leaves together may come in any order.
    assert sorted(together) == ["org.longbien.draft.made", "org.longbien.hook.test"]
    assert event in [told.event for told in api.client.hook_log(made.hook.hook)]


@pytest.mark.parametrize(
    ("url", "inside", "authorities", "reason"),
    [
        ("https://localhost:{port}/", (), True, "HOOK_ADDRESS"),
        ("https://127.0.0.1:{port}/", (), True, "HOOK_ADDRESS"),
        ("https://[::1]:{port}/", (), True, "HOOK_ADDRESS"),
        ("https://127.1:{port}/", (), True, "HOOK_UNREACHABLE"),
        ("https://[::ffff:127.0.0.1]:{port}/", (), True, "HOOK_ADDRESS"),
        ("https://169.254.169.254/latest/meta-data", HERE, True, "HOOK_ADDRESS"),
        ("https://localhost:{port}/", HERE, False, "HOOK_TLS"),
        ("https://127.0.0.1:{port}/", HERE, True, "HOOK_TLS"),
        ("https://localhost:1/", HERE, True, "HOOK_UNREACHABLE"),
        ("https://nowhere.invalid/", HERE, True, "HOOK_UNREACHABLE"),
    ],
)
def test_the_crier_goes_nowhere_that_nobody_named(api, receiver, url, inside, authorities, reason):
    made = api.client.add_hook(url.format(port=receiver.port))
    write(api)
    assert go(api, receiver, inside=inside, believed=authorities) == 1
    (logged,) = api.client.hook_log(made.hook.hook)
    assert (logged.state, logged.reason, logged.status) == ("waiting", reason, 0)
    assert receiver.letters == []


def test_a_receiver_that_takes_its_time_is_left_alone(api, receiver, monkeypatch):
    monkeypatch.setattr(room, "TRY_SECONDS", 0.3)
    made = api.client.add_hook(receiver.url)
    write(api)
    receiver.goes_on.clear()
    go(api, receiver)
    assert api.client.hook_log(made.hook.hook)[0].reason == "HOOK_TOO_SLOW"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("nowhere", False),
    ],
)
def test_an_address_is_public_or_named_whatever_it_is_wrapped_in(address, public):
    assert permitted(address, ()) is public
    assert permitted("10.0.0.1", (ip_network("10.0.0.0/8"),))
    assert permitted("::ffff:10.0.0.1", (ip_network("10.0.0.0/8"),))


@pytest.mark.parametrize(
    ("url", "kinds", "code"),
    [
        ("http://example.org/", (), "HOOK_URL"),
        ("https:///path", (), "HOOK_URL"),
        ("https://user:word@example.org/", (), "HOOK_URL"),
        ("https://example.org:99999/", (), "HOOK_URL"),
        ("https://example.org/\r\nHost: x", (), "HOOK_URL"),
        ("https://[::1/", (), "HOOK_URL"),
        ("https://example.org/", ("everything",), "EVENT_KIND_UNKNOWN"),
        ("https://example.org/", ("hook.test",), "EVENT_KIND_UNKNOWN"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused(api, url, kinds, code):
    refused = hooks.add(api.here.node, url=url, kinds=kinds)
    assert isinstance(refused, Denied)
    assert refused.code == code
