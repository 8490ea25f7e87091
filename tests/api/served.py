"""Two nodes, one of them with its API on a real port, and a client of it."""

import asyncio
import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from longbien.exercise.passkey import SoftPasskey
from longbien.interop import figures
from longbien.node import Assertion, Denied, tokens
from longbien.web.api import shapes
from longbien.web.api.api import Api
from longbien.web.api.app import routes
from longbien.web.api.pace import Pace
from longbien.web.client import Client
from node.pair import Pair, Side, pair


@dataclass
class Served:
    """`here` answers on `address`; `client` has every scope."""

    two: Pair
    here: Side
    there: Side
    address: str
    client: Client
    fatal: "asyncio.Future[BaseException]"
    others: list[Client] = field(default_factory=list)

    def token(self, *scopes: str, **how) -> str:
        made = tokens.make(self.here.node, name="test", scopes=scopes, **how)
        assert not isinstance(made, Denied), made
        return made.text

    def as_(self, *scopes: str, **how) -> Client:
        return self.with_(self.token(*scopes, **how))

    def with_(self, token: str) -> Client:
        self.others.append(Client(self.address, token))
        return self.others[-1]

    def approve(self, draft: shapes.Draft, persons: int = 2) -> None:
        for assertion in self.here.sign(bytes.fromhex(draft.challenge), persons):
            self.client.approve(draft.draft, shown(assertion))


def shown(assertion: Assertion) -> shapes.PasskeyAssertion:
    """An assertion as a browser gives it."""
    return shapes.PasskeyAssertion(
        id=_text(assertion.credential),
        response=shapes.AssertionResponse(
            client_data=_text(assertion.client_data),
            authenticator_data=_text(assertion.authenticator_data),
            signature=_text(assertion.signature),
        ),
    )


def stranger(side: Side) -> SoftPasskey:
    """A passkey that nobody enrolled."""
    known = side.officers[0]
    return SoftPasskey(
        credential=b"nobody's passkey",
        secret=b"\x07" * 32,
        relying_party=known.relying_party,
        origin=known.origin,
    )


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@contextmanager
def served(
    urls=("sqlite://", "sqlite://"),
    *,
    burst: int = 100_000,
    strangers: int = 100_000,
    folder: Path | None = None,
    outside=None,
) -> Iterator[Served]:
    """The API of VN, for as long as the block runs."""
    two = pair(urls, folder=folder)
    workers = ThreadPoolExecutor(4)
    api = Api(
        node=two.vn.node,
        figures=figures.as_json,
        calendar=lambda clocks, now, language: f"{len(clocks)} {now} {language}".encode(),
        agenda=lambda found, now: f"{len(found)} {now}".encode(),
        each=Pace(burst=burst, each_second=burst / 4),
        strangers=Pace(burst=strangers, each_second=strangers / 4),
        outside=None if outside is None else outside(two),
    )
    ready = threading.Event()
    running: dict = {}

    async def main() -> None:
        running["fatal"] = asyncio.get_running_loop().create_future()
        app = Starlette(routes=list(routes(api, workers, running["fatal"])))
        config = uvicorn.Config(
            app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=2
        )
        server = running["server"] = uvicorn.Server(config)
        server.capture_signals = _nothing
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        running["port"] = server.servers[0].sockets[0].getsockname()[1]
        ready.set()
        await serving

    token = tokens.make(two.vn.node, name="everything", scopes=tuple(tokens.TOGETHER))
    assert not isinstance(token, Denied)
    # From here on a thread runs that only the end of the block stops.
    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    ready.wait()
    address = f"http://127.0.0.1:{running['port']}"
    client = Client(address, token.text)
    made = Served(two=two, here=two.vn, there=two.ru, address=address, client=client, fatal=running["fatal"])
    try:
        yield made
    finally:
        for each in (client, *made.others):
            each.close()
        running["server"].should_exit = True
        thread.join()
        workers.shutdown()
        two.vn.store.close()
        two.ru.store.close()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
