"""`kill -9` at any moment, again and again: no act lost, none applied twice, chains equal at the end."""

import asyncio
import os
import random
from pathlib import Path

import aiohttp
import pytest

from longbien.cli.asked import CommandRefused
from longbien.cli.control import Control
from longbien.cli.demo import OFFICE, _Demo, _sample
from longbien.exercise.case import read_case
from longbien.exercise.course import course
from longbien.node.config import read_config
from longbien.node.opening import machine_now

# Some two seconds each, so only when it is asked for: LONGBIEN_KILLS=200 is the whole run.
KILLS = int(os.environ.get("LONGBIEN_KILLS", "0"))
DRAIN_SECONDS = 60.0
ANSWER_SECONDS = 5.0


class _Killer(_Demo):
    """The demonstration's nodes, one exchange, and somebody who pulls the plug."""

    def __init__(self, folder: Path) -> None:
        super().__init__(read_case(_sample()), folder, keep=False, export=None, quiet=True)
        self.chance = random.Random(42)
        self.acknowledged: list[str] = []

    async def play(self, kills: int) -> None:
        try:
            await self._start()
            await self._take(course(self._case, machine_now())[0])
            for number in range(kills):
                code = self.chance.choice(sorted(self._parties))
                act = asyncio.create_task(self.write(number))
                await asyncio.sleep(self.chance.random() * 0.08)
                await self.kill(code)
                await act
            await self.drain()
            await self.compare()
        finally:
            await self._stop()

    async def kill(self, code: str) -> None:
        party = self._parties[code]
        party.process.kill()
        party.process.wait()
        party.process.stdout.close()
        await party.control.__aexit__()
        again = await self._launch(code)
        party.process, party.control = again.process, Control(read_config(party.folder))
        await again.control.__aexit__()
        await party.control.__aenter__()

    async def write(self, number: int) -> None:
        """One notice by either side; whatever is cut off is asked again until there is a clear answer."""
        party = self._parties[self.chance.choice(sorted(self._parties))]
        exchange = self._exchanges["preservation"]
        body = {"text": f"Notice {number}"}
        draft = await self.insist(
            party, "draft", exchange=exchange, act="give_notice", office=OFFICE, body=body
        )
        for index in range(2):
            party.uses += 1
            key = party.officers[index]
            assertion = key.sign(bytes.fromhex(draft["challenge"]), party.uses).encode().hex()
            await self.insist(party, "approve", draft=draft["draft"], assertion=assertion)
        sent = await self.insist(party, "send", draft=draft["draft"])
        self.acknowledged.append(sent["act"])

    async def insist(self, party, command: str, **arguments):
        while True:
            try:
                # A killed node may leave the question hanging; asking again is always safe.
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await party.do(command, **arguments)
            except CommandRefused as refused:
                # The approval before the cut was durable; asking again is answered with "already".
                if refused.code == "APPROVED_ALREADY":
                    return {}
                raise
            except (aiohttp.ClientError, TimeoutError, RuntimeError, OSError, AssertionError):
                await asyncio.sleep(0.02)

    async def drain(self) -> None:
        async with asyncio.timeout(DRAIN_SECONDS):
            while sum([(await party.do("status"))["waiting"] for party in self._parties.values()]):
                await asyncio.sleep(0.2)

    async def compare(self) -> None:
        exchange = self._exchanges["preservation"]
        shown = [await party.do("show", exchange=exchange) for party in self._parties.values()]
        chains = [[step["statement"] for step in one["steps"]] for one in shown]
        assert chains[0] == chains[1]
        assert len(set(chains[0])) == len(chains[0])
        assert set(self.acknowledged) <= set(chains[0])
        assert len(self.acknowledged) == len(chains[0]) - 1
        for party in self._parties.values():
            assert (await party.do("verify"))["findings"] == []


@pytest.mark.skipif(KILLS == 0, reason="takes minutes: set LONGBIEN_KILLS=200")
@pytest.mark.slow
@pytest.mark.promise("P1")
@pytest.mark.promise("P3")
@pytest.mark.promise("P4")
@pytest.mark.promise("P14")
def test_nothing_is_lost_or_doubled_when_nodes_are_killed_at_any_moment(tmp_path):
    asyncio.run(_Killer(tmp_path).play(KILLS))
