"""A pager between a node and servers on this machine: whoever hangs stops nobody else, and nobody is called after the acknowledgement."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from longbien.node import Sent, pages
from longbien.node.raising import HEALTH
from longbien.paging.driver import trust
from longbien.paging.mail import Mail, Server
from longbien.paging.pager import Heartbeat, Pager
from longbien.paging.push import Ntfy
from longbien.paging.texts import Sender
from node.pair import Pair, pair
from node.test_pages import BODIES, opening, ready

from .servers import HERE, MailServer, Posted, certificate

SENDER = Sender(mode="demo", name="RU", link="https://ru.example/")
# Long enough for a machine that does something else; nothing waits for it in a test that passes.
PATIENCE = 120


@pytest.fixture
def two() -> Iterator[Pair]:
    made = pair()
    ready(made.ru)
    yield made
    made.vn.store.close()
    made.ru.store.close()


@contextlib.asynccontextmanager
async def paging(
    two: Pair, mail: int, push: str, pem, *, deadline: float = PATIENCE, **more
) -> AsyncIterator[None]:
    server = Server(
        host="127.0.0.1",
        port=mail,
        tls="starttls",
        sender="n@example.org",
        user="",
        password="",
        context=trust(pem),
    )
    drivers = [Mail(server), Ntfy(push, "", HERE)]
    with ThreadPoolExecutor(4) as workers:
        task = asyncio.create_task(
            Pager(two.ru.node, drivers, SENDER, workers, deadline=deadline, pause=0.01, **more).run()
        )
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def until(holds) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.promise("P11")
def test_a_channel_that_hangs_stops_no_other_and_is_seen(two, tmp_path):
    pem = certificate(tmp_path)

    async def play() -> None:
        async with MailServer(pem, mute=True).running() as mute, Posted().running() as push:
            opening(two)
            async with paging(two, mute.port, push.url, pem, deadline=3):
                await asyncio.wait_for(mute.connected.wait(), PATIENCE)
                await asyncio.wait_for(push.came.wait(), PATIENCE)

                def seen() -> bool:
                    (page,) = pages.open_pages(two.ru.node)
                    by = {call.channel: call for call in page.calls}
                    return by["mail"].reason == "CHANNEL_SLOW" and by["ntfy"].sent_at is not None

                await until(seen)
            assert json.loads(push.bodies[0])["title"].startswith("DEMO · RU · ")

    asyncio.run(play())


@pytest.mark.promise("P3")
def test_nobody_is_called_after_the_acknowledgement_and_whoever_was_called_once_is_not_called_again(
    two, tmp_path
):
    pem = certificate(tmp_path)

    async def play() -> None:
        async with MailServer(pem).running() as server, Posted(500).running() as push:
            exchange = opening(two)
            async with paging(two, server.port, push.url, pem):
                await asyncio.wait_for(asyncio.gather(server.came.wait(), push.came.wait()), PATIENCE)

                def failed() -> bool:
                    return any(call.reason for page in pages.open_pages(two.ru.node) for call in page.calls)

                await until(failed)
                acknowledged = await asyncio.to_thread(
                    two.ru.act, "acknowledge", BODIES["acknowledge"], exchange=exchange
                )
                assert isinstance(acknowledged, Sent)
                # What stood in the queue would go at once now, and nothing goes.
                two.ru.clock.now += 60_000
                push.status = 200
                push.bodies.clear()
                second = opening(two)
                await until(lambda: push.bodies)
            (page,) = pages.open_pages(two.ru.node)
            assert page.page.exchange == second
            called = {call.id.hex() for call in page.calls}
            assert {json.loads(body)["sequence_id"] for body in push.bodies} <= called
            assert len(server.mails) == len({mail["Message-ID"] for mail in server.mails})

    asyncio.run(play())


def test_a_heartbeat_says_that_the_node_is_alive_and_ill_health_is_a_page(two, tmp_path):
    pem = certificate(tmp_path)

    async def play() -> None:
        async with MailServer(pem).running() as server, Posted().running() as push, Posted().running() as ear:
            beat = Heartbeat(url=ear.url, every=0.01, inside=HERE.inside)
            async with paging(
                two, server.port, push.url, pem, heartbeat=beat, health=lambda: ["DISK_NEARLY_FULL"]
            ):
                await asyncio.wait_for(ear.came.wait(), PATIENCE)
                await asyncio.wait_for(server.came.wait(), PATIENCE)
            assert json.loads(ear.bodies[0]) == {"type": "alive", "node": "RU", "mode": "demo"}
            (page,) = pages.open_pages(two.ru.node)
            assert page.page.kind == HEALTH

    asyncio.run(play())
