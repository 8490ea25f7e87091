"""The crier: goes out to the hooks and says what happened.

What it knows: HTTPS, and which addresses it may go to. What it must never do: follow an answer elsewhere, use a proxy of its surroundings,
or go to an address inside this network that no operator has named; a hook is an address that somebody wrote, and it could name anything.
The address is looked up once and checked, and the connection goes to the address that was checked.
"""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from longbien.node import Node, hooks
from longbien.node.hooks import Letter
from longbien.node.reach import Checked, Network, refused

TRY_SECONDS = 10.0
REST_SECONDS = 1.0
TIDY_EVERY = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the crier may go beside the public network: `inside` are networks that the operator has named; `authorities` is a file of
    certificates that are believed beside those of the system.
    """

    inside: tuple[Network, ...] = ()
    authorities: Path | None = None


class NotReached(Exception):
    """A hook was not told. `code` is stable: HOOK_ADDRESS, HOOK_UNREACHABLE, HOOK_TLS, HOOK_TOO_SLOW."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Crier:
    """Tells hooks for as long as it runs."""

    def __init__(self, node: Node, workers: ThreadPoolExecutor, reach: Reach) -> None:
        self._node = node
        self._workers = workers
        self._reach = reach
        self._context = ssl.create_default_context()
        if reach.authorities is not None:
            self._context.load_verify_locations(reach.authorities)

    async def run(self) -> None:
        """Until it is cancelled; a fault of the store ends it, and so the node (P13)."""
        loop = asyncio.get_running_loop()
        rounds = 0
        while True:
            if rounds % TIDY_EVERY == 0:
                await loop.run_in_executor(self._workers, hooks.tidy, self._node)
            rounds += 1
            if not await self.round():
                await asyncio.sleep(REST_SECONDS)

    async def round(self) -> int:
        """Everything that is due now was tried once; how much that was."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._workers, hooks.letters, self._node)
        if found:
            connector = aiohttp.TCPConnector(
                resolver=Checked(self._reach.inside, lambda: NotReached("HOOK_ADDRESS")),
                use_dns_cache=False,
                ssl=self._context,
                limit_per_host=4,
            )
            async with aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=TRY_SECONDS),
                trust_env=False,
                auto_decompress=False,
            ) as session:
                await asyncio.gather(*(self._try(session, letter) for letter in found))
        return len(found)

    async def _try(self, session: aiohttp.ClientSession, letter: Letter) -> None:
        status, reason = 0, ""
        try:
            status = await self._post(session, letter)
        except NotReached as fault:
            reason = fault.code
        await asyncio.get_running_loop().run_in_executor(
            self._workers, lambda: hooks.settle(self._node, letter.row, status=status, reason=reason)
        )

    async def _post(self, session: aiohttp.ClientSession, letter: Letter) -> int:
        """The status that the hook answered; what else it answered is not read."""
        host = urlsplit(letter.hook.url).hostname or ""
        if refused(host, self._reach.inside):
            # A written address is not looked up by the library, so it is checked here.
            raise NotReached("HOOK_ADDRESS")
        try:
            async with session.post(
                letter.hook.url, data=letter.body, headers=letter.headers, allow_redirects=False
            ) as reply:
                return reply.status
        except TimeoutError as error:
            raise NotReached("HOOK_TOO_SLOW") from error
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            raise NotReached("HOOK_TLS") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NotReached("HOOK_UNREACHABLE") from error
