"""`kill -9` at any moment, again and again: no act lost, none applied twice, chains equal at the end."""

import asyncio
import os
import random

import aiohttp
import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.passkeys import signed_by

from .land import OFFICE, credentials
from .running import Running, agree, connected

# A few belong to every run; LONGBIEN_KILLS=200 is the long one, some two seconds for each.
KILLS = int(os.environ.get("LONGBIEN_KILLS", "6"))
ANSWER_SECONDS = 5.0
# The longest wait between the beginning of an act and the plug: an act takes some tens of milliseconds.
BEFORE_SECONDS = 0.08


class Writer:
    """Writes notices on either side, and asks again until there is a clear answer, as a person would."""

    def __init__(self, nodes: list[Running], exchange: str, chance: random.Random) -> None:
        self.nodes = nodes
        self.exchange = exchange
        self.chance = chance
        self.acknowledged: list[str] = []

    async def write(self, number: int) -> None:
        node = self.chance.choice(self.nodes)
        body = {"text": f"Notice {number}"}
        draft = await self.insist(
            node, "draft", exchange=self.exchange, act="give_notice", office=OFFICE, body=body
        )
        for passkey in node.land.passkeys:
            assertion = signed_by(passkey, draft["challenge"])
            await self.insist(node, "approve", draft=draft["draft"], assertion=assertion)
        sent = await self.insist(node, "send", draft=draft["draft"])
        self.acknowledged.append(sent["act"])

    async def insist(self, node: Running, command: str, **arguments):
        while True:
            try:
                # A killed node may leave the question hanging; asking again is always safe.
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await node.do(command, **arguments)
            except CommandRefused as refused:
                # The approval before the cut was durable; asking again is answered with "already".
                if refused.code == "APPROVED_ALREADY":
                    return {}
                if refused.code != "NODE_STOPPED":
                    raise
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.02)


async def play(nodes: list[Running], writer: Writer, chance: random.Random, kills: int) -> None:
    for number in range(kills):
        act = asyncio.create_task(writer.write(number))
        await asyncio.sleep(chance.random() * BEFORE_SECONDS)
        victim = chance.choice(nodes)
        victim.kill()
        await asyncio.to_thread(victim.start)
        await act


@pytest.mark.promise("P1")
@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
@pytest.mark.promise("P14")
def test_nothing_is_lost_or_doubled_when_nodes_are_killed_at_any_moment(tmp_path, monkeypatch):
    credentials(tmp_path, monkeypatch)
    vn, ru, exchange = connected(tmp_path)
    chance = random.Random(42)
    writer = Writer([vn, ru], exchange, chance)
    try:
        asyncio.run(play([vn, ru], writer, chance, KILLS))
        chain = agree(vn, ru, exchange)
        # The opening, and every notice exactly once.
        assert sorted(chain[1:]) == sorted(writer.acknowledged)
        assert len(writer.acknowledged) == KILLS
    finally:
        for node in (vn, ru):
            node.stop()
