"""Tickets for handing files in: who may, for which bundle, for how long.

What it knows: a key of this process. What it must never know: sessions; a ticket stands in the address of a form, so that the place that
takes files needs no cookie.
"""

import hmac
from hashlib import sha256
from typing import Final

from longbien.node.ports import Entropy, Now

TICKET_MS: Final = 60 * 60_000


class Tickets:
    """Who may hand in what: a ticket is for one person and one bundle, for an hour, and works once."""

    def __init__(self, *, now: Now, entropy: Entropy) -> None:
        self._now = now
        self._entropy = entropy
        self._key = entropy(32)
        self._used: dict[bytes, int] = {}

    def give(self, person: bytes, bundle: bytes) -> str:
        """A ticket, as it stands in the address of a form."""
        body = person + bundle + self._now().to_bytes(8) + self._entropy(8)
        return (body + hmac.digest(self._key, body, sha256)).hex()

    def take(self, text: str) -> tuple[bytes, bytes] | None:
        """The person and the bundle; nothing where the ticket was not given, is old or was used."""
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            return None
        body, proof = raw[:48], raw[48:]
        if not hmac.compare_digest(proof, hmac.digest(self._key, body, sha256)):
            return None
        now, made = self._now(), int.from_bytes(body[32:40])
        self._used = {key: at for key, at in self._used.items() if now - at < TICKET_MS}
        if not 0 <= now - made < TICKET_MS or body in self._used:
            return None
        self._used[body] = made
        return body[:16], body[16:32]
