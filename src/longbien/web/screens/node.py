"""The node, for its operators: whether it is well, in words, with what to do next. No case.

What it knows: keys, papers, links, the ledger's size. What it must never know: what an exchange says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from longbien.keys import grouped
from longbien.law.instants import DAY
from longbien.node.roles import Role
from longbien.store.desk_rows import CredentialRow, OfficerRow
from longbien.store.peer_rows import PeerRow
from longbien.web.asked import Asked, Reply
from longbien.web.console import Console

SOON_MS = 60 * DAY
# Two persons are needed for most of what counts; a third is a holiday.
PERSONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the doctor: `state` is good, warn or stop; `code` names what is looked at and what to do."""

    code: str
    state: str
    found: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    officer: OfficerRow
    keys: tuple[CredentialRow, ...]

    def can(self, role: Role) -> bool:
        return self.officer.active and role in self.officer.roles and bool(self.keys)


def node(console: Console, _asked: Asked) -> Reply:
    """The page."""
    mine = console.node
    with mine.store.transaction() as tx:
        size = tx.ledger.size()
        waiting = tx.outbox.count()
        peers = tx.peers.all()
        people = [
            _Person(
                officer=officer,
                keys=tuple(key for key in tx.desk.credentials_of(officer.person) if key.ended_at is None),
            )
            for officer in tx.desk.officers()
        ]
    own = mine.directory.own
    values = {
        "checks": _checks(console, peers, people),
        "size": size,
        "waiting": waiting,
        "fingerprint": grouped(own.pinned),
        "descriptor": own.descriptor,
        "peers": peers,
        "procedures": len(mine.world.lawbook.procedures),
        "unchecked": len(mine.world.lawbook.unchecked()),
    }
    return Reply(page="node.html", values=values)


def _checks(console: Console, links: Sequence[PeerRow], people: Sequence[_Person]) -> list[Check]:
    now = console.node.world.now()
    descriptor = console.node.directory.own.descriptor
    statement = max((key.until for key in descriptor.statement_keys), default=0)
    down = [row.party for row in links if row.tries]
    approvers = sum(1 for person in people if person.can(Role.APPROVER))
    operators = sum(1 for person in people if person.can(Role.OPERATOR))
    soft = sum(1 for person in people if any(key.software for key in person.keys))
    return [
        Check(code="papers", state=_until(descriptor.expires_at, now), at=descriptor.expires_at),
        Check(code="statement-key", state=_until(statement, now), at=statement),
        Check(code="links", state="warn" if down else "good", found=" ".join(down)),
        Check(code="approvers", state="good" if approvers >= PERSONS else "stop", found=str(approvers)),
        Check(code="operators", state="good" if operators >= PERSONS else "warn", found=str(operators)),
        Check(code="passkeys", state="warn" if soft else "good", found=str(soft)),
    ]


def _until(end: int, now: int) -> str:
    return "stop" if end <= now else "warn" if end - now < SOON_MS else "good"
