"""One warning to many: a host and its peers in one process, a network that can be cut for a while.

What it knows: nodes, a clock, who is away until when. What it must never do: help a letter along; whatever is lost is sent again
by the host's own delivery, when its own back-off lets it.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from longbien.exchange import Standing
from longbien.exercise.cast import BEGINNING, OFFICE, STUB, Crypto, company, settle, stores
from longbien.law import write_instant
from longbien.node import Denied, Node, Sent
from longbien.wire.cbor import Value

SECOND = 1_000
DAY = 86_400_000
# A warning that is not with everybody after so long is lost.
PATIENCE = 3 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a warning went: who has followed it, how many letters were carried and lost, and when the last receipt came (ms)."""

    followed: int
    stages: frozenset[str]
    digests: int
    carried: int
    lost: int
    last_at: int


class Fanout:
    """The first of `parties` warns all others; those in `away` are not reached before that instant (ms after the beginning)."""

    def __init__(
        self, parties: tuple[str, ...], *, away: Mapping[str, int] | None = None, crypto: Crypto = STUB
    ) -> None:
        self.now = BEGINNING
        self._away = away or {}
        self._chance = random.Random(len(parties))
        members = company(crypto.name, parties, around=1)
        self._members = {member.party: member for member in members}
        self.nodes = {
            member.party: settle(member, store, crypto=crypto, now=lambda: self.now, chance=self._chance)
            for member, store in zip(members, stores(len(members)), strict=True)
        }
        self.host = self.nodes[parties[0]]

    def warn(self) -> bytes:
        """Two officers of the host release a warning to everybody; the exchange."""
        others = [party for party in self.nodes if party != self.host.party]
        draft = self.host.desk.draft_opening(
            procedure="early-warning",
            to=others,
            office=OFFICE,
            body=_warning(self.host.party, others, self.now),
        )
        assert not isinstance(draft, Denied), draft
        for key in self._members[self.host.party].officers:
            # Above every use that pinning has made of the key.
            approved = self.host.desk.approve(draft.id, key.sign(draft.digest, 1_000_000))
            assert not isinstance(approved, Denied), approved
        sent = self.host.desk.send(draft.id)
        assert isinstance(sent, Sent), sent
        return sent.exchange

    def spread(self, exchange: bytes) -> Spread:
        """Everything that waits is carried, as soon as it may be, until nothing waits any more."""
        carried = lost = last_at = 0
        while self.now < BEGINNING + PATIENCE:
            lanes = self.host.delivery.lanes()
            if not lanes:
                break
            self.now = max(self.now, min(at for _, _, at in lanes))
            for peer, lane, at in lanes:
                sent = self.host.delivery.collect(peer, lane) if at <= self.now else None
                if sent is None:
                    continue
                carried += 1
                if self.now < BEGINNING + self._away.get(peer, 0):
                    lost += 1
                    self.host.delivery.failed(sent, "PEER_UNREACHABLE")
                    continue
                answer = self.nodes[peer].reception.receive(sent.body)
                self.host.delivery.settle(sent, answer)
                last_at = self.now - BEGINNING
            self.now += SECOND
        standings = [self._standing(node, exchange) for node in self.nodes.values()]
        found = [standing for standing in standings if standing is not None]
        return Spread(
            followed=len(found) - 1,
            stages=frozenset(standing.stage for standing in found),
            digests=len({standing.digest for standing in found}),
            carried=carried,
            lost=lost,
            last_at=last_at,
        )

    def receipts(self, exchange: bytes) -> int:
        """How many peers have proved to the host that the warning is in their ledgers."""
        with self.host.store.transaction() as tx:
            return len(tx.exchanges.receipts_of(exchange))

    @staticmethod
    def _standing(node: Node, exchange: bytes) -> Standing | None:
        with node.store.transaction() as tx:
            row = tx.exchanges.find([exchange]).get(exchange)
        return None if row is None or row.quarantine is not None else Standing.decode(row.standing)


def _warning(party: str, others: list[str], at: int) -> dict[str, Value]:
    return {
        "from_state": party,
        "from_office": "Incident response team (exercise)",
        "to_states": sorted(others),
        "legal_basis": [
            {"instrument": "reciprocity", "assurance": "Exercise: a like warning would be given."}
        ],
        "language": "en",
        "created_at": write_instant(at),
        "case_ref": f"{party}-EXERCISE-WARNING",
        "urgency": "urgent",
        "handling": "normal",
        "purpose": "Exercise only.",
        "valid_until": write_instant(at + 30 * DAY),
        "advice": "Exercise: block the addresses named, and look for them in your logs.",
        "kind": "ransomware",
        "tlp": "AMBER",
        "confidence": 80,
        "first_seen": write_instant(at - DAY),
        "indicators": [
            {"kind": "ip", "value": "198.51.100.23"},
            {"kind": "domain", "value": "c2.example.net"},
        ],
    }
