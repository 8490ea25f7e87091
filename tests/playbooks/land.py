"""Real nodes for a play, pinned to each other, with two officers each; the network is a function call.

The nodes are the product's own, over stores in memory and the stub cryptography of the simulated world.
"""

import random
from dataclasses import dataclass, replace

from law import sample
from longbien.exchange import Standing
from longbien.exercise.cast import OFFICE, STUB, Member, company, settle, stores
from longbien.law import MACHINE, Lawbook, Rules
from longbien.law.instants import DAY
from longbien.ledger import receipt as receipts
from longbien.ledger import records
from longbien.node import Denied, Node
from longbien.store import Store

from .playbook import Line

ROUND = 3 * DAY


@dataclass
class Place:
    """One party: its node, and what its officers sign with."""

    node: Node
    store: Store
    member: Member
    uses: int

    def approve(self, draft: bytes, digest: bytes, persons: int = 2) -> None:
        self.uses += 1
        for key in self.member.officers[:persons]:
            approved = self.node.desk.approve(draft, key.sign(digest, self.uses))
            assert not isinstance(approved, Denied), approved


class Land:
    """The nodes of a play by party, on one clock."""

    def __init__(self, parties: tuple[str, ...]) -> None:
        self.now = sample.AT
        self.ticked: list[tuple[bytes, str]] = []
        chance = random.Random(0)
        self.places = {
            member.party: self._place(member, store, chance)
            for member, store in zip(company(STUB.name, parties), stores(len(parties)), strict=True)
        }

    def _place(self, member: Member, store: Store, chance: random.Random) -> Place:
        node = settle(member, store, crypto=STUB, now=lambda: self.now, chance=chance)
        return Place(node, store, member, uses=1_000)

    def later(self, span: int) -> None:
        """Time runs on; nodes do what is due every few days, as nodes that stay up do."""
        while span > 0:
            self.now += min(span, ROUND)
            span -= ROUND
            if span > 0:
                self.tick()

    def tick(self) -> None:
        """The machines do what is due, everywhere."""
        for place in self.places.values():
            self.ticked += place.node.clockwork.tick().acts
        self.deliver()

    def deliver(self) -> None:
        """Everything reaches everybody."""
        while sum([self._carry(place) for place in self.places.values()]):
            pass

    def _carry(self, place: Place) -> int:
        delivery, receipted = place.node.delivery, 0
        for peer, lane, _ in delivery.lanes():
            sent = delivery.collect(peer, lane)
            if sent is not None:
                answer = self.places[peer].node.reception.receive(sent.body)
                receipted += delivery.settle(sent, answer).receipted
        return receipted

    def take(self, line: Line, rules: Rules, body: dict, exchange: bytes | None, others: list[str]) -> bytes:
        """One line of a play by its officers, and its way to everybody; the exchange."""
        if line.who == MACHINE:
            assert exchange is not None
            self.tick()
            assert (exchange, line.act) in self.ticked
            return exchange
        place = self.places[line.who]
        desk = place.node.desk
        draft = (
            desk.draft_opening(procedure=rules.procedure, to=others, office=OFFICE, body=body, name=line.act)
            if exchange is None
            else desk.draft_act(exchange=exchange, name=line.act, office=OFFICE, body=body)
        )
        assert not isinstance(draft, Denied), (line, draft)
        place.approve(draft.id, draft.digest)
        sent = desk.send(draft.id)
        assert not isinstance(sent, Denied), (line, sent)
        self.deliver()
        return sent.exchange

    def corrupt(self, party: str, book: Lawbook) -> None:
        """The node of this party starts again with other law in its hands."""
        place = self.places[party]
        world = replace(place.node.world, lawbook=book)
        place.node = Node(place.store, place.node.keystore, world)

    def rejected(self, party: str, digest: bytes) -> str:
        """The code with which the host rejected an act of this party, as the party can prove it."""
        with self.places[party].store.transaction() as tx:
            (proof,) = tx.exchanges.receipts_for(digest)
        record = records.decode(receipts.decode(proof.receipt).record)
        assert isinstance(record, records.Rejection)
        return record.code

    def standings(self, exchange: bytes) -> dict[str, Standing]:
        """Where every node says that the exchange stands; nothing of it waits anywhere."""
        found = {}
        for party, place in self.places.items():
            with place.store.transaction() as tx:
                row = tx.exchanges.find([exchange])[exchange]
                assert tx.outbox.all(exchange=exchange) == ()
            assert row.quarantine is None
            found[party] = Standing.decode(row.standing)
        return found
