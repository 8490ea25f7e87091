"""One POST of JSON to an address of the operator's choice.

What it knows: HTTP, and where it may go (`node.reach`). What it must never do: follow a redirection, which would carry a text to a server that
nobody chose, or go into a network that the operator has not named.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from longbien.node.reach import Checked, Network, refused
from longbien.paging.driver import NotSent


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a server is reached: whom it is believed by, and the networks `inside` which it may lie beside the public one."""

    context: ssl.SSLContext
    inside: Sequence[Network] = ()


async def post(url: str, body: bytes, headers: Mapping[str, str], way: Way) -> None:
    """The server has taken it; raises `NotSent`."""
    sent = {"Content-Type": "application/json", **headers}
    if refused(urlsplit(url).hostname or "", way.inside):
        raise NotSent("CHANNEL_ADDRESS", "paging.networks does not name its network")
    line = aiohttp.TCPConnector(
        resolver=Checked(
            way.inside, lambda: NotSent("CHANNEL_ADDRESS", "paging.networks does not name its network")
        ),
        use_dns_cache=False,
        ssl=way.context,
    )
    try:
        async with (
            aiohttp.ClientSession(connector=line, trust_env=False) as session,
            session.post(url, data=body, headers=sent, allow_redirects=False) as reply,
        ):
            if not 200 <= reply.status < 300:
                raise NotSent("CHANNEL_REFUSED", str(reply.status))
    except aiohttp.ClientConnectorCertificateError as error:
        raise NotSent("CHANNEL_TLS", str(error.host)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise NotSent("CHANNEL_UNREACHABLE", type(error).__name__) from error
