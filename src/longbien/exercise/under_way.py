"""A matter that was under way before a simulated world began: one State has asked another for data, and that one is at work on it.

What it knows: the acts that lead there. What it must never do: go on; from the first instant of a world its own officers decide.
It is played once in a process, without faults, and every world that has such a matter begins with copies of what it left.
"""

import random
from dataclasses import dataclass, replace
from functools import cache

from longbien.exercise.bodies import DAY, HOUR, WRITTEN, Body, opening
from longbien.exercise.cast import BEGINNING, KINDS, OFFICE, Member, company, settle
from longbien.exercise.memory import MemoryStore
from longbien.node import Denied, Node, Sent
from longbien.store.desk_rows import DraftRow

_AT = BEGINNING - DAY
_COURSE = ("acknowledge", "route", "accept", "authorise")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """The members of a world as the matter left them, its exchange, and its two parties: who asked and who was asked."""

    members: tuple[Member, ...]
    exchange: bytes
    parties: tuple[str, str]


@cache
def under_way(crypto: str, parties: tuple[str, ...]) -> UnderWay:
    """The first of these parties has asked the second for stored data, and the second carries the request out."""
    members = company(crypto, parties)
    stores = [MemoryStore() for _ in members]
    chance = random.Random(f"under way {crypto} {len(members)}")
    sides = [
        Officers(member, settle(member, store, crypto=KINDS[crypto], now=lambda: _AT, chance=chance))
        for member, store in zip(members, stores, strict=True)
    ]
    asking, asked = sides[:2]
    body = opening(
        "stored-data-access",
        party=asking.node.party,
        to=asked.node.party,
        at=_AT - HOUR,
        urgent=True,
        serial=0,
    )
    exchange = asking.open(body, asked.node.party)
    carry(sides)
    for act in _COURSE:
        asked.go_on(exchange, act)
    carry(sides)
    left = tuple(replace(member, image=store.image()) for member, store in zip(members, stores, strict=True))
    for store in stores:
        store.close()
    return UnderWay(members=left, exchange=exchange, parties=(asking.node.party, asked.node.party))


class Officers:
    """The officers of one State and their node; they agree about everything."""

    def __init__(self, member: Member, node: Node) -> None:
        self.node = node
        self._officers = member.officers
        # Above every use before, and below the first one of a world, which counts from the larger image.
        self._uses = len(member.image)

    def open(self, body: Body, to: str) -> bytes:
        """The exchange of a new request."""
        return self._send(
            self.node.desk.draft_opening(procedure="stored-data-access", to=[to], office=OFFICE, body=body)
        ).exchange

    def go_on(self, exchange: bytes, act: str, body: Body | None = None) -> None:
        """One more act."""
        written = WRITTEN[act](_AT) if body is None else body
        self._send(self.node.desk.draft_act(exchange=exchange, name=act, office=OFFICE, body=written))

    def _send(self, draft: DraftRow | Denied) -> Sent:
        assert not isinstance(draft, Denied), draft
        self._uses += 1
        for key in self._officers:
            approved = self.node.desk.approve(draft.id, key.sign(draft.digest, self._uses))
            assert not isinstance(approved, Denied), approved
        sent = self.node.desk.send(draft.id)
        assert isinstance(sent, Sent), sent
        return sent


def carry(sides: list[Officers]) -> None:
    """Everything that waits arrives and is answered."""
    nodes = {side.node.party: side.node for side in sides}
    moved = True
    while moved:
        moved = False
        for node in nodes.values():
            for peer, lane, _ in node.delivery.lanes():
                sent = node.delivery.collect(peer, lane)
                if sent is not None:
                    node.delivery.settle(sent, nodes[peer].reception.receive(sent.body))
                    moved = True
