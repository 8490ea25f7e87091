"""One POST of JSON to an address of the operator's choice.

What it knows: HTTP. What it must never do: follow a redirection, which would carry a text to a server that nobody chose.
"""

import ssl
from collections.abc import Mapping

import aiohttp

from longbien.paging.driver import NotSent


async def post(url: str, body: bytes, headers: Mapping[str, str], context: ssl.SSLContext) -> None:
    """The server has taken it; raises `NotSent`."""
    sent = {"Content-Type": "application/json", **headers}
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=sent, ssl=context, allow_redirects=False) as reply,
        ):
            if not 200 <= reply.status < 300:
                raise NotSent("CHANNEL_REFUSED", str(reply.status))
    except aiohttp.ClientConnectorCertificateError as error:
        raise NotSent("CHANNEL_TLS", str(error.host)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise NotSent("CHANNEL_UNREACHABLE", type(error).__name__) from error
