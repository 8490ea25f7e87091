"""Two founded nodes, pinned to each other, with two officers each; the network between them is a function call."""

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from law import sample
from longbien.carry import FolderStore
from longbien.carry.place import Place
from longbien.exercise.office import practice_office
from longbien.exercise.passkey import SoftPasskey
from longbien.keys import MemoryKeyStore, Peer, Purpose, Wanted
from longbien.keys.generate import make_key
from longbien.law import Lawbook
from longbien.node import Denied, Node, Sent, WebAuthnCheck, World, found, pin_challenge
from longbien.node.founding import Wishes, found_papers
from longbien.node.lawbook import shipped
from longbien.store import Store
from longbien.wire.suites import PRODUCTION, Signer

NOW = sample.AT
HOST = "node.example"
OFFICE = "p247"


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Side:
    node: Node
    store: Store
    keystore: MemoryKeyStore
    officers: list[SoftPasskey]
    clock: Clock
    uses: int = 0

    def sign(self, challenge: bytes, persons: int = 2) -> list:
        self.uses += 1
        return [key.sign(challenge, self.uses) for key in self.officers[:persons]]

    def draft(
        self, act: str, body: dict, *, exchange: bytes | None = None, to: str = "", procedure: str = ""
    ):
        if exchange is None:
            return self.node.desk.draft_opening(procedure=procedure, to=[to], office=OFFICE, body=body)
        return self.node.desk.draft_act(exchange=exchange, name=act, office=OFFICE, body=body)

    def act(self, act: str, body: dict, *, persons: int = 2, **where) -> Sent | Denied:
        draft = self.draft(act, body, **where)
        if isinstance(draft, Denied):
            return draft
        for assertion in self.sign(draft.digest, persons):
            approved = self.node.desk.approve(draft.id, assertion)
            assert not isinstance(approved, Denied), approved
        return self.node.desk.send(draft.id)

    def restart(self) -> None:
        self.node = Node(self.store, self.keystore, self.node.world)


@dataclass
class Pair:
    vn: Side
    ru: Side
    captured: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def sides(self) -> dict[str, Side]:
        return {"VN": self.vn, "RU": self.ru}

    def deliver(self) -> int:
        """Everything that may go now goes and is answered; how many rows got their receipts."""
        receipted = 0
        for side in self.sides.values():
            for peer, lane, _ in side.node.delivery.lanes():
                sent = side.node.delivery.collect(peer, lane)
                if sent is not None:
                    self.captured.append((peer, sent.body))
                    answer = self.sides[peer].node.reception.receive(sent.body)
                    receipted += side.node.delivery.settle(sent, answer).receipted
        return receipted


@cache
def holders(party: str) -> list[Signer]:
    """The people who hold the root of a party; each party has its own."""
    made = []
    for _ in range(3):
        wanted = Wanted(purpose=Purpose.ROOT, suite=2, label=party, made_at=NOW, since=NOW, until=NOW + 1)
        signer = make_key(wanted).signer
        assert signer is not None
        made.append(signer)
    return made


@cache
def papers(party: str) -> tuple[Peer, MemoryKeyStore]:
    keystore = MemoryKeyStore(make_key)
    office = practice_office(OFFICE, roles=("poc", "ca", "comp", "taf"))
    wishes = Wishes(
        party=party,
        name=party,
        mode="demo",
        offices=(office,),
        endpoints=(f"https://{HOST}/",),
        host_names=(HOST,),
        suite=1,
    )
    own = found_papers(
        wishes, keystore=keystore, holders=holders(party), threshold=2, now=NOW, suites=PRODUCTION
    )
    return own, keystore


@cache
def lawbook():
    return shipped()


def side(
    party: str,
    url: str,
    book: Lawbook | None = None,
    objects: Place | None = None,
    intake: Path | None = None,
) -> Side:
    own, keystore = papers(party)
    clock = Clock()
    store = Store(url)
    found(store, own)
    check = WebAuthnCheck(relying_party=HOST, origin=f"https://{HOST}", software_allowed=True)
    world = World(
        lawbook=book or lawbook(),
        suites=PRODUCTION,
        passkeys=check,
        now=clock,
        entropy=os.urandom,
        objects=objects,
        intake=intake,
    )
    node = Node(store, keystore, world)
    keys = [
        SoftPasskey(
            credential=os.urandom(16), secret=os.urandom(32), relying_party=HOST, origin=f"https://{HOST}"
        )
        for _ in range(2)
    ]
    for number, key in enumerate(keys):
        enrolled = node.desk.enrol(
            name=f"Officer {number} (invented)",
            office=OFFICE,
            credential=key.credential,
            public_key=key.public_key,
            software=True,
        )
        assert isinstance(enrolled, bytes)
    return Side(node=node, store=store, keystore=keystore, officers=keys, clock=clock)


def pair(
    urls: tuple[str, str] = ("sqlite://", "sqlite://"),
    books: tuple[Lawbook | None, Lawbook | None] = (None, None),
    folder: Path | None = None,
) -> Pair:
    """Two nodes; with a `folder`, each has a place for evidence in it."""
    places = [None if folder is None else Place(FolderStore(folder / party)) for party in ("VN", "RU")]
    tables = [None if folder is None else folder / f"{party}-intake" for party in ("VN", "RU")]
    made = Pair(
        vn=side("VN", urls[0], books[0], places[0], tables[0]),
        ru=side("RU", urls[1], books[1], places[1], tables[1]),
    )
    pin(made.vn, made.ru)
    pin(made.ru, made.vn)
    return made


def pin(one: Side, other: Side) -> None:
    """One pins the other."""
    fingerprint = other.node.directory.own.pinned
    assertions = one.sign(pin_challenge(other.node.party, fingerprint))
    assert not isinstance(one.node.pin(other.node.chain, fingerprint, assertions), Denied)
