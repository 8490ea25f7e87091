"""Push by ntfy: a topic on a server of one's own, which wakes a telephone.

What it knows: the JSON form of a publication. An address is a topic; a topic is a secret that whoever reads along would need.
"""

import json

from longbien.paging.driver import Message
from longbien.paging.posting import Way, post


class Ntfy:
    """The channel `ntfy`."""

    name = "ntfy"

    def __init__(self, url: str, token: str, way: Way) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._way = way

    async def send(self, message: Message) -> None:
        """The server has taken it; raises `NotSent`."""
        body = {
            "topic": message.address,
            "title": message.title,
            "message": message.text,
            # The loudest that a telephone knows, and one that makes no sound at night.
            "priority": 5 if message.urgent else 3,
            "click": message.link,
            "sequence_id": message.id,
        }
        await post(self._url, json.dumps(body).encode(), self._headers, self._way)
