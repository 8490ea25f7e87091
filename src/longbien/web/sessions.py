"""Sessions: who is at this browser, for how long, and under which identifier.

What it knows: moments and digests; the identifier itself is in the cookie only. What it must never know: what a session is used for.
Rules (trust.md §4.5): it ends after 15 minutes in which nothing happened and after 12 hours in any case; the identifier changes at every
sign-in and every hour.
"""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from longbien.node.ports import Entropy, Now
from longbien.store import Store
from longbien.store.desk_rows import OfficerRow
from longbien.store.people_rows import SessionRow

MINUTE: Final = 60_000
IDLE_MS: Final = 15 * MINUTE
LONGEST_MS: Final = 12 * 60 * MINUTE
RENEW_MS: Final = 60 * MINUTE
# Requests that were on their way when the identifier changed still come under the old one.
OVERLAP_MS: Final = MINUTE
# Being seen is written down this often, not with every picture of a page.
NOTED_MS: Final = MINUTE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open session: its person, and the identifier as the cookie has it."""

    identifier: str
    row: SessionRow
    officer: OfficerRow
    chosen: str

    @property
    def chosen_values(self) -> dict[str, Any]:
        """What the person chose for the own screen, by name."""
        found: dict[str, Any] = json.loads(self.chosen)
        return found

    @property
    def token(self) -> bytes:
        """What a form of this session proves that it came from a page of this session (16 bytes)."""
        return sha256(b"form " + self.identifier.encode()).digest()[:16]


class Sessions:
    """The sessions of a node."""

    def __init__(self, store: Store, *, now: Now, entropy: Entropy) -> None:
        self._store = store
        self._now = now
        self._entropy = entropy

    def begin(self, person: bytes, *, level: int, instead_of: Session | None = None) -> str:
        """The identifier of a new session; the one that it replaces is over."""
        now = self._now()
        identifier = self._entropy(32).hex()
        row = SessionRow(
            digest=_digest(identifier),
            person=person,
            level=level,
            began_at=now,
            made_at=now,
            seen_at=now,
            ends_at=now + LONGEST_MS,
        )
        with self._store.transaction() as tx:
            tx.people.forget(now - LONGEST_MS)
            if instead_of is not None:
                tx.people.end_session(instead_of.row.digest)
            tx.people.add_session(row)
        return identifier

    def find(self, identifier: str) -> Session | None:
        """The session with this identifier, if it is still open; its person has been seen now."""
        now = self._now()
        with self._store.transaction() as tx:
            row = tx.people.session(_digest(identifier))
            if row is None or not _is_open(row, now):
                return None
            officer = tx.desk.officer(row.person)
            if officer is None or not officer.active:
                return None
            if now - row.seen_at >= NOTED_MS:
                tx.people.seen(row.digest, now)
            chosen = tx.people.chosen(row.person)
        return Session(identifier=identifier, row=replace(row, seen_at=now), officer=officer, chosen=chosen)

    def renewed(self, session: Session) -> str | None:
        """A new identifier where it is time for one, else `None`."""
        now = self._now()
        if now - session.row.made_at < RENEW_MS or session.row.ends_at - now <= OVERLAP_MS:
            return None
        identifier = self._entropy(32).hex()
        with self._store.transaction() as tx:
            tx.people.add_session(replace(session.row, digest=_digest(identifier), made_at=now, seen_at=now))
            tx.people.shorten(session.row.digest, now + OVERLAP_MS)
        return identifier

    def others(self, session: Session) -> tuple[SessionRow, ...]:
        """Where else the same person is signed in."""
        now = self._now()
        with self._store.transaction() as tx:
            held = tx.people.sessions_of(session.officer.person)
        return tuple(row for row in held if row.digest != session.row.digest and _is_open(row, now))

    def end_others(self, session: Session) -> None:
        """The person stays here and nowhere else."""
        with self._store.transaction() as tx:
            for row in tx.people.sessions_of(session.officer.person):
                if row.digest != session.row.digest:
                    tx.people.end_session(row.digest)

    def end(self, session: Session) -> None:
        """The person signed out."""
        with self._store.transaction() as tx:
            tx.people.end_session(session.row.digest)


def _is_open(row: SessionRow, now: int) -> bool:
    return now < row.ends_at and now - row.seen_at < IDLE_MS


def _digest(identifier: str) -> bytes:
    return sha256(identifier.encode()).digest()
