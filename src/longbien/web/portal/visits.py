"""Visits: which person of a provider is at this browser, for how long, and under which identifier.

What it knows: moments and digests; the identifier itself is in the cookie only. What it must never know: officers. A visit ends after 30 minutes
in which nothing happened and after 12 hours in any case; its identifier is new with every sign-in.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from longbien.node import Node
from longbien.store.order_rows import ProviderPersonRow, ProviderRow, ProviderSessionRow

MINUTE: Final = 60_000
IDLE: Final = 30 * MINUTE
LONGEST: Final = 12 * 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open visit."""

    identifier: str
    row: ProviderSessionRow
    person: ProviderPersonRow
    provider: ProviderRow

    @property
    def token(self) -> bytes:
        """What a form of this visit proves that it came from a page of this visit (16 bytes)."""
        return sha256(b"form " + self.identifier.encode()).digest()[:16]


class Visits:
    """The visits at a node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def begin(self, person: bytes, *, level: int, language: str) -> str:
        """The identifier of a new visit."""
        now = self._node.world.now()
        identifier = self._node.world.entropy(32).hex()
        row = ProviderSessionRow(
            digest=_digest(identifier),
            person=person,
            level=level,
            language=language,
            seen_at=now,
            ends_at=now + LONGEST,
        )
        with self._node.store.transaction() as tx:
            tx.orders.forget(now)
            tx.orders.add(row)
        return identifier

    def find(self, identifier: str, language: str = "") -> Visit | None:
        """The visit with this identifier, if it is still open; its person has been seen now, and reads this language from now on."""
        now = self._node.world.now()
        with self._node.store.transaction() as tx:
            row = tx.orders.session(_digest(identifier))
            if row is None or now >= row.ends_at or now - row.seen_at >= IDLE:
                return None
            person = tx.orders.person(row.person)
            provider = None if person is None else tx.orders.provider(person.provider)
            if person is None or provider is None or not person.active or not provider.active:
                return None
            tx.orders.seen_session(row.digest, now, language or row.language)
        return Visit(identifier=identifier, row=row, person=person, provider=provider)

    def end(self, visit: Visit) -> None:
        """The person signed out."""
        with self._node.store.transaction() as tx:
            tx.orders.end_session(visit.row.digest)


def _digest(identifier: str) -> bytes:
    return sha256(identifier.encode()).digest()
