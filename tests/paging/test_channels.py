"""Channels against servers on this machine: a message arrives whole and signed, or there is a code why not."""

import asyncio
import base64
import hmac
import json
import socket
import tomllib
from urllib.parse import urlsplit

import pytest

from longbien.node.config import FILE, ConfigFault, read_config
from longbien.node.pages import Due
from longbien.node.raising import KINDS, cause
from longbien.paging.apprise import Apprise
from longbien.paging.channels import channels
from longbien.paging.driver import Driver, Message, NotSent, sent_in_time, trust
from longbien.paging.mail import Mail, Server
from longbien.paging.posting import Way
from longbien.paging.push import Ntfy
from longbien.paging.texts import LANGUAGES, Sender, message, words
from longbien.paging.watchdog import AGAIN, Watchdog
from longbien.paging.webhook import Webhook
from longbien.store.page_rows import CallRow

from .servers import HERE, MailServer, Posted, certificate

CALL = Message(
    id="0f" * 16,
    address="officer@example.org",
    title="DEMO · VN · A request has arrived",
    text="mã 7F3K",
    link="https://vn.example/",
    urgent=True,
    at=1_795_374_000_000,
)


@pytest.fixture
def pem(tmp_path):
    return certificate(tmp_path)


def mail(port: int, pem=None, tls: str = "starttls") -> Mail:
    return Mail(
        Server(
            host="127.0.0.1",
            port=port,
            tls=tls,
            sender="node@example.org",
            user="",
            password="",
            context=trust(pem),
        )
    )


async def code_of(driver: Driver, call: Message = CALL, seconds: float = 20) -> str:
    try:
        await sent_in_time(driver, call, seconds)
    except NotSent as failed:
        return failed.code
    return ""


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_arrives_over_tls_with_the_same_identifier_at_every_try(pem, tls):
    async def play() -> None:
        async with MailServer(pem).running(implicit=tls == "implicit") as server:
            assert [await code_of(mail(server.port, pem, tls)) for _ in range(2)] == ["", ""]
            one, other = server.mails
            assert one["Message-ID"] == other["Message-ID"] == f"<{CALL.id}@longbien.invalid>"
            assert (one["To"], one["Subject"]) == (CALL.address, CALL.title)
            assert CALL.text in one.get_content()

    asyncio.run(play())


def test_mail_is_never_handed_to_a_server_that_nobody_vouches_for_or_that_has_no_tls(pem):
    async def play() -> None:
        async with MailServer(pem).running() as server, MailServer(None).running() as plain:
            assert await code_of(mail(server.port)) == "CHANNEL_TLS"
            assert await code_of(mail(plain.port, pem)) == "CHANNEL_TLS"
            assert server.mails == plain.mails == []

    asyncio.run(play())


def test_each_way_in_which_mail_fails_has_its_code(pem):
    async def play() -> None:
        async with MailServer(pem, refuses=True).running() as server:
            assert await code_of(mail(server.port, pem)) == "ADDRESS_REFUSED"
        async with MailServer(pem, mute=True).running() as server:
            assert await code_of(mail(server.port, pem), seconds=0.2) == "CHANNEL_SLOW"
        assert await code_of(mail(server.port, pem)) == "CHANNEL_UNREACHABLE"

    asyncio.run(play())


def test_push_carries_topic_priority_link_and_the_identifier(pem):
    async def play() -> None:
        async with Posted().running() as server:
            assert await code_of(Ntfy(server.url, "secret", HERE)) == ""
            body = json.loads(server.bodies[0])
            assert body["topic"] == CALL.address
            assert (body["priority"], body["click"], body["sequence_id"]) == (5, CALL.link, CALL.id)
            assert server.headers[0]["authorization"] == "Bearer secret"

    asyncio.run(play())


def test_a_webhook_is_signed_over_identifier_time_and_body():
    async def play() -> None:
        async with Posted().running() as server:
            assert await code_of(Webhook(server.url, b"key", HERE)) == ""
            (body,), (headers,) = server.bodies, server.headers
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.digest(b"key", signed, "sha256")).decode()
            assert headers["webhook-signature"] == f"v1,{wanted}"
            assert headers["webhook-id"] == CALL.id
            assert json.loads(body)["to"] == CALL.address

    asyncio.run(play())


class Names:
    """Names that mean this machine, counted."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def getaddrinfo(self, host, port, **_):
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.addresses]


def test_no_call_goes_into_a_network_that_the_operator_has_not_named(monkeypatch):
    """A name is looked up once, every address of it is checked, and the connection goes to what was checked."""

    async def play() -> None:
        public = Way(context=trust(None))
        async with Posted().running() as server:
            port = urlsplit(server.url).port
            named = f"http://push.example:{port}/"
            for addresses, way, url, code in (
                (("127.0.0.1",), public, server.url, "CHANNEL_ADDRESS"),
                ((), public, f"http://[::1]:{port}/", "CHANNEL_ADDRESS"),
                (("127.0.0.1",), public, named, "CHANNEL_ADDRESS"),
                (("93.184.215.14", "169.254.169.254"), public, named, "CHANNEL_ADDRESS"),
                (("10.0.0.1",), HERE, named, "CHANNEL_ADDRESS"),
                (("127.0.0.1",), HERE, named, ""),
            ):
                names = Names(*addresses)
                monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)
                assert await code_of(Ntfy(url, "", way)) == code
                assert names.asked == (["push.example"] if url == named else [])
            assert len(server.bodies) == 1, "nothing was sent where nothing may go"

    asyncio.run(play())


@pytest.mark.parametrize(
    ("status", "code"), [(500, "CHANNEL_REFUSED"), (302, "CHANNEL_REFUSED"), (307, "CHANNEL_REFUSED")]
)
def test_an_answer_that_is_no_yes_is_a_no_and_no_redirection_is_followed(status, code):
    async def play() -> None:
        async with Posted(status).running() as server:
            for driver in (Ntfy(server.url, "", HERE), Webhook(server.url, b"key", HERE)):
                assert await code_of(driver) == code
            assert len(server.bodies) == 2
        assert await code_of(Ntfy(server.url, "", HERE)) == "CHANNEL_UNREACHABLE"

    asyncio.run(play())


def test_without_an_address_or_without_the_optional_part_there_is_a_code():
    async def play() -> None:
        nobody = Message(id="1", address="", title="", text="", link="", urgent=False, at=0)
        assert await code_of(Apprise(), nobody) == "ADDRESS_NONE"
        assert await code_of(Apprise()) == "APPRISE_MISSING"

    asyncio.run(play())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_in_each_language_has_kind_age_and_code_and_nothing_of_a_case(language):
    assert words()[language].keys() == words()["en"].keys()
    sender = Sender(mode="exercise", name="VN", link="https://vn.example/")
    for kind in KINDS:
        exchange = bytes(range(16))
        page = cause(kind, "a cause", 0, exchange=exchange, urgency="urgent", office="p247")
        call = CallRow(
            id=b"i" * 16,
            page=page.id,
            step=1,
            person=b"p" * 16,
            channel="mail",
            code="7F3K",
            made_at=0,
            next_at=0,
        )
        due = Due(call=call, page=page, address="a@example.org", language=language, count=4, awake="An")
        made = message(due, sender, 12 * 60_000)
        said = f"{made.title} {made.text} {made.link}"
        assert made.title.startswith("EXERCISE · VN · ")
        assert "7F3K" in said
        assert "12" in said
        assert "An" in said
        assert exchange.hex() not in said
        assert exchange.hex()[:8] not in said
        assert "{" not in said


def test_a_watchdog_calls_when_the_node_is_silent_again_after_a_while_and_not_when_it_beats():
    class Kept:
        name = "kept"

        def __init__(self) -> None:
            self.broken = False
            self.calls: list[Message] = []

        async def send(self, message: Message) -> None:
            if self.broken:
                raise NotSent("CHANNEL_UNREACHABLE")
            self.calls.append(message)

    async def play() -> None:
        now = 0
        kept = Kept()
        sender = Sender(mode="live", name="VN", link="https://vn.example/")
        dog = Watchdog([(kept, "a")], sender, silence=180_000, language="vi", now=lambda: now)
        now = 179_999
        assert await dog.look() == ()
        now += 1
        kept.broken = True
        assert await dog.look() == ("CHANNEL_UNREACHABLE",)
        kept.broken = False
        assert await dog.look() == ("",)
        assert await dog.look() == ()
        now += AGAIN
        assert await dog.look() == ("",)
        dog.beat()
        assert await dog.look() == ()
        assert [call.title for call in kept.calls] == [f"LIVE · VN · {words()['vi']['silent']}"] * 2

    asyncio.run(play())


BASE = """
[node]
party = "VN"
mode = "demo"
[peer]
listen = "127.0.0.1:1"
[approval]
relying_party = "vn.example"
origin = "https://vn.example"
[paging]
"""
GOOD = """
smtp = "mail.example:587"
mail_from = "node@example.org"
ntfy = "https://push.example"
webhook = "https://sms.example/hook"
webhook_secret_file = "secret"
apprise = true
heartbeat = "http://127.0.0.1:9/"
"""


def test_the_channels_are_those_that_the_configuration_names(tmp_path):
    (tmp_path / FILE).write_text(BASE + GOOD)
    (tmp_path / "secret").write_text("key\n")
    assert [driver.name for driver in channels(read_config(tmp_path).paging)] == [
        "mail",
        "ntfy",
        "webhook",
        "apprise",
    ]
    (tmp_path / "secret").unlink()
    with pytest.raises(ConfigFault) as fault:
        channels(read_config(tmp_path).paging)
    assert fault.value.code == "CONFIG_SECRET"


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (GOOD.replace("smtp =", "smpt ="), "CONFIG_KEY_UNKNOWN", "did you mean smtp?"),
        (GOOD.replace("587", "smtp"), "CONFIG_VALUE", "paging.smtp"),
        (GOOD + 'smtp_tls = "none"', "CONFIG_VALUE", "on this machine only"),
        (GOOD + 'smtp_tls = "ssl"', "CONFIG_VALUE", "implicit"),
        (GOOD.replace("node@example.org", ""), "CONFIG_KEY_MISSING", "mail_from"),
        (GOOD.replace("https://push", "http://push"), "CONFIG_VALUE", "paging.ntfy"),
        (GOOD.replace("http://127.0.0.1:9/", "http://example/"), "CONFIG_VALUE", "paging.heartbeat"),
        (GOOD.replace("webhook_secret_file", "#"), "CONFIG_KEY_MISSING", "webhook_secret_file"),
        (GOOD + "heartbeat_seconds = 0", "CONFIG_VALUE", "heartbeat_seconds"),
        (GOOD + 'networks = ["here"]', "CONFIG_VALUE", "paging.networks"),
        (GOOD.replace("true", '"yes"'), "CONFIG_TYPE", "apprise"),
    ],
)
def test_a_mistake_in_the_section_has_a_code_and_a_name(tmp_path, wrong, code, said):
    assert tomllib.loads(BASE + wrong)
    (tmp_path / FILE).write_text(BASE + wrong)
    with pytest.raises(ConfigFault) as fault:
        read_config(tmp_path)
    assert fault.value.code == code
    assert said in fault.value.detail
