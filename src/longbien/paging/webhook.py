"""A signed POST (Standard Webhooks) to a gateway of one's own: for text messages, telephones, sirens.

What it knows: the signature. The receiver must check it, and the time in it, before it believes anything.
"""

import base64
import hmac
import json

from longbien.paging.driver import Message
from longbien.paging.posting import Way, post


class Webhook:
    """The channel `webhook`."""

    name = "webhook"

    def __init__(self, url: str, secret: bytes, way: Way) -> None:
        self._url = url
        self._secret = secret
        self._way = way

    async def send(self, message: Message) -> None:
        """The gateway has taken it; raises `NotSent`."""
        body = json.dumps(
            {
                "type": "page",
                "to": message.address,
                "title": message.title,
                "text": message.text,
                "link": message.link,
                "urgent": message.urgent,
            },
            ensure_ascii=False,
        ).encode()
        await post(self._url, body, signed(self._secret, message.id, message.at // 1000, body), self._way)


def signed(secret: bytes, identifier: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows who sent a body, and when."""
    mac = hmac.digest(secret, b".".join((identifier.encode(), str(seconds).encode(), body)), "sha256")
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
