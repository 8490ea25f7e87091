"""A console asked as a browser would, without a browser and without a socket: cookies, forms, redirects."""

import asyncio
import json
import re
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from longbien.node import Assertion, Node
from longbien.web.app import application
from longbien.web.console import Console, Setting
from longbien.web.policy import Level

ORIGIN = "https://node.example"
TOKEN = re.compile(r'name="form" value="([0-9a-f]{64})"')


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def to(self) -> str:
        return self.headers.get("location", "")

    @property
    def words(self) -> str:
        """What a reader sees, without tags."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())


class SameThread(ThreadPoolExecutor):
    """Work is done where it is asked for, so that a test sees every fault at once."""

    def submit(self, work, /, *args, **kwargs):
        from concurrent.futures import Future

        done = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed on
            done.set_exception(error)
        return done


@dataclass
class Browser:
    """One person's browser at one console."""

    console: Console
    app: object
    cookie: str = ""
    language: str = "en"
    headers: dict[str, str] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    token: str = ""
    jar: str = "__Host-longbien"

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, form=(), *, token: str | None = None, **headers: str) -> Answer:
        pairs = [*(form.items() if isinstance(form, dict) else form)]
        pairs.append(("form", self.token if token is None else token))
        return self._ask("POST", path, urlencode(pairs).encode(), {"origin": ORIGIN, **headers})

    def send(self, path: str, fields=(), files=(), **headers: str) -> Answer:
        """A form of several parts, as a browser packs it."""
        body = b""
        for name, value in fields:
            body += b'--xYx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (
                name.encode(),
                value.encode(),
            )
        for name, content in files:
            head = f'--xYx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        media = {"content-type": "multipart/form-data; boundary=xYx"}
        return self._ask("POST", path, body + b"--xYx--\r\n", media | headers)

    def upload(self, path: str, name: str, raw: bytes, *, cut: int = 0, **headers: str) -> Answer:
        """A form with a token and a file; `cut` bytes of its end do not come."""
        around = b"--xYx\r\nContent-Disposition: form-data; name="
        body = around + b'"form"\r\n\r\n' + self.token.encode() + b"\r\n"
        body += around + f'"file"; filename="{name}"\r\n\r\n'.encode() + raw + b"\r\n--xYx--\r\n"
        media = {"origin": ORIGIN, "content-type": "multipart/form-data; boundary=xYx"}
        return self._ask("POST", path, body[: len(body) - cut], media | headers)

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, (answer.status, answer.words[:400])
        return self.get(answer.to)

    def sign_in(self, person: bytes, level: int = Level.PASSKEY) -> None:
        """As if a ceremony had gone well; the ceremonies have tests of their own."""
        from longbien.web.door import masked

        self.cookie = self.console.sessions.begin(person, level=level)
        session = self.console.sessions.find(self.cookie)
        self.token = masked(session.token, bytes(16))

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        given = {"accept-language": self.language, **self.headers, **headers}
        if self.cookie:
            given["cookie"] = f"{self.jar}={self.cookie}"
        answer = asyncio.run(called(self.app, method, path, body, given))
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0].partition("=")[2].strip('"')
        return answer


async def called(app, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    """What an application answers."""
    plain, _, query = path.partition("?")
    given = {"host": "node.example", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": plain,
        "raw_path": plain.encode(),
        "root_path": "",
        "scheme": "https",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("192.0.2.7", 40000),
        "server": ("node.example", 443),
    }
    said: list[dict] = []
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        found = next(asked, None)
        if found is None:
            # A browser that has said everything stays and listens.
            await asyncio.Event().wait()
        return found

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    start = next(item for item in said if item["type"] == "http.response.start")
    found = b"".join(item.get("body", b"") for item in said if item["type"] == "http.response.body")
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(status=start["status"], headers=named, body=found)


def as_browser(made: Assertion) -> str:
    """An assertion as a browser gives it."""
    texts = {
        name: urlsafe_b64encode(getattr(made, name)).decode().rstrip("=")
        for name in ("credential", "client_data", "authenticator_data", "signature")
    }
    return json.dumps(
        {
            "id": texts["credential"],
            "rawId": texts["credential"],
            "type": "public-key",
            "response": {
                "clientDataJSON": texts["client_data"],
                "authenticatorData": texts["authenticator_data"],
                "signature": texts["signature"],
            },
        }
    )


class Fatal:
    """What must stop the node fails the test."""

    def done(self) -> bool:
        return False

    def set_result(self, error: BaseException) -> None:
        raise error


def browser(node: Node, *, mode: str = "demo", samples=None, **more) -> Browser:
    setting = Setting(origin=ORIGIN, relying_party="node.example", mode=mode, samples=samples, **more)
    console = Console(node, setting)
    return Browser(console=console, app=application(console, SameThread(), Fatal()))
