"""What every channel is: something that takes one message for one address, or says with a code why not.

What it knows: shapes. What it must never know: pages.
"""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# A channel that has not taken a message within this time is taken to be out of order.
DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One call. `id` is the same at every try, so that a receiver can tell a repetition."""

    id: str
    address: str
    title: str
    text: str
    link: str
    urgent: bool
    at: int


class NotSent(Exception):
    """The channel did not take it. `code` is stable, `detail` is for the operator.

    Codes: CHANNEL_UNREACHABLE, CHANNEL_SLOW, CHANNEL_TLS, CHANNEL_REFUSED, CHANNEL_ADDRESS, ADDRESS_NONE, ADDRESS_REFUSED, APPRISE_MISSING.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Driver(Protocol):
    """One channel."""

    name: str

    async def send(self, message: Message) -> None:
        """The channel has taken it; raises `NotSent`."""


async def sent_in_time(driver: Driver, message: Message, seconds: float = DEADLINE_SECONDS) -> None:
    """As `send`, but a channel that hangs is given up; raises `NotSent`."""
    if not message.address:
        raise NotSent("ADDRESS_NONE")
    try:
        async with asyncio.timeout(seconds):
            await driver.send(message)
    except TimeoutError as error:
        raise NotSent("CHANNEL_SLOW", f"{seconds:g} s") from error


def trust(authority: Path | None) -> ssl.SSLContext:
    """Whom a channel's server is believed by: the machine's authorities, and one of the operator's own."""
    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(authority)
    return context
