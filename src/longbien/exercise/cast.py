"""Who takes part in a simulated world: invented States with papers, keys, officers and a founded store.

What it knows: how a node comes into being, and how to have a thousand of them without founding each. What it must never do: take
part itself. Founding, enrolling and pinning are done once in a process, by the same doors that an operator uses; every world
afterwards begins with copies.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

from longbien.carry.place import Place
from longbien.exercise.memory import MemoryStore
from longbien.exercise.office import practice_office
from longbien.exercise.passkey import SoftPasskey
from longbien.exercise.stub_suites import (
    STUB_SUITE,
    STUBS,
    StubLog,
    StubPasskey,
    StubPasskeyCheck,
    stub_maker,
)
from longbien.keys import MemoryKeyStore, Peer, Purpose, Wanted
from longbien.keys.generate import make_key
from longbien.keys.material import Held, Maker
from longbien.law import Lawbook, load
from longbien.node import (
    Assertion,
    Denied,
    Node,
    Now,
    PasskeyCheck,
    WebAuthnCheck,
    World,
    found,
    pin_challenge,
)
from longbien.node.directory import LogVerifiers, Recall, recall
from longbien.node.founding import Wishes, found_papers
from longbien.node.lawbook import law_texts
from longbien.store import Store
from longbien.wire.suites import PRODUCTION, Suites

BEGINNING = 1_795_305_600_000
"""2026-11-22T00:00:00Z: when every simulated world begins."""

FOUNDED = BEGINNING - 3 * 86_400_000
"""When its States were founded: their first keys have been current for a while."""

CODES = ("XA", "XB", "XC", "XD", "XE")
"""From the range that ISO 3166 leaves to its users: no State has them, or ever will."""

OFFICE = "p247"
ROLES = ("poc", "ca", "ea", "comp", "aro", "dpo", "taf", "csirt")
"""One office does everything, as in the smallest of States."""

RELYING_PARTY = "exercise.example"


class Passkey(Protocol):
    """What an officer signs with."""

    @property
    def credential(self) -> bytes:
        """Its name."""

    @property
    def public_key(self) -> bytes:
        """What is enrolled."""

    def sign(self, challenge: bytes, count: int) -> Assertion:
        """The assertion over a challenge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crypto:
    """The cryptography of a world: `suite` signs statements, `root_suite` papers."""

    name: str
    suite: int
    root_suite: int
    suites: Suites
    log_verifiers: LogVerifiers
    passkeys: PasskeyCheck
    maker: Callable[[bytes], Maker]
    passkey: Callable[[bytes], Passkey]


STUB = Crypto(
    name="stub",
    suite=STUB_SUITE,
    root_suite=STUB_SUITE,
    suites=STUBS,
    log_verifiers=StubLog,
    passkeys=StubPasskeyCheck(),
    maker=stub_maker,
    passkey=lambda secret: StubPasskey(credential=secret[:16]),
)

REAL = Crypto(
    name="real",
    suite=1,
    root_suite=2,
    suites=PRODUCTION,
    log_verifiers=lambda key: key,
    passkeys=WebAuthnCheck(
        relying_party=RELYING_PARTY, origin=f"https://{RELYING_PARTY}", software_allowed=True
    ),
    maker=lambda _seed: make_key,
    passkey=lambda secret: SoftPasskey(
        credential=secret[:16],
        secret=secret,
        relying_party=RELYING_PARTY,
        origin=f"https://{RELYING_PARTY}",
    ),
)

KINDS: Mapping[str, Crypto] = {"stub": STUB, "real": REAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A State ready to take part: its keys, its officers' passkeys, and the image of its store."""

    party: str
    keys: tuple[Held, ...]
    officers: tuple[Passkey, ...]
    image: bytes

    def keystore(self, crypto: Crypto, chance: random.Random) -> MemoryKeyStore:
        """A store that holds these keys and makes further ones from `chance`."""
        made = MemoryKeyStore(crypto.maker(chance.randbytes(8)))
        for key in self.keys:
            made.keep(key)
        return made


@cache
def lawbook() -> Lawbook:
    """The law, read once, with the invented parties of exercises."""
    invented = (resources.files("longbien.exercise") / "data" / "parties.toml").read_text("utf-8")
    return load({**law_texts(), "parties/exercise.toml": invented})


def surroundings(
    crypto: Crypto,
    now: Now,
    chance: random.Random,
    recall: Recall = recall,
    objects: Place | None = None,
) -> World:
    """What a node of a simulated world gets from outside."""
    return World(
        lawbook=lawbook(),
        suites=crypto.suites,
        passkeys=crypto.passkeys,
        now=now,
        entropy=chance.randbytes,
        log_verifiers=crypto.log_verifiers,
        recall=recall,
        objects=objects,
    )


@cache
def stores(count: int) -> tuple[Store, ...]:
    """Stores in memory that one small world after another uses: migrating each anew would take longest of all."""
    return tuple(MemoryStore() for _ in range(count))


def settle(member: Member, store: Store, *, crypto: Crypto, now: Now, chance: random.Random) -> Node:
    """The node of this member over a store that holds what its image holds, and nothing else."""
    store.restore(member.image)
    return Node(store, member.keystore(crypto, chance), surroundings(crypto, now, chance))


@cache
def company(crypto: str, parties: tuple[str, ...], *, around: int | None = None) -> tuple[Member, ...]:
    """These parties, each founded, with two officers, and pinned to all others, or only to the first `around` of them."""
    kind = KINDS[crypto]
    chance = random.Random(f"company {crypto} {len(parties)}")
    founding = [_Founding(party, kind, chance) for party in parties]
    centre = founding[:around]
    for one in founding:
        for other in founding:
            if other is not one and (one in centre or other in centre):
                one.pin(other.node)
    return tuple(one.member() for one in founding)


class _Founding:
    """One State while it is set up."""

    def __init__(self, party: str, crypto: Crypto, chance: random.Random) -> None:
        self.keys: list[Held] = []
        maker = crypto.maker(f"keys of {party}".encode())

        def make(wanted: Wanted) -> Held:
            self.keys.append(maker(wanted))
            return self.keys[-1]

        self.keystore = MemoryKeyStore(make)
        self.store = MemoryStore()
        found(self.store, _papers(party, crypto, self.keystore))
        self.node = Node(self.store, self.keystore, surroundings(crypto, lambda: FOUNDED, chance))
        self.officers = tuple(crypto.passkey(chance.randbytes(32)) for _ in range(2))
        for number, key in enumerate(self.officers):
            self.node.desk.enrol(
                name=f"Officer {number} of {party} (exercise)",
                office=OFFICE,
                credential=key.credential,
                public_key=key.public_key,
                software=True,
            )
        self._uses = 0

    def pin(self, other: Node) -> None:
        fingerprint = other.directory.own.pinned
        self._uses += 1
        challenge = pin_challenge(other.party, fingerprint)
        assertions = [key.sign(challenge, self._uses) for key in self.officers]
        pinned = self.node.pin(other.chain, fingerprint, assertions)
        assert not isinstance(pinned, Denied), pinned

    def member(self) -> Member:
        with self.store:
            return Member(
                party=self.node.party,
                keys=tuple(self.keys),
                officers=self.officers,
                image=self.store.image(),
            )


def _papers(party: str, crypto: Crypto, keystore: MemoryKeyStore) -> Peer:
    maker = crypto.maker(f"root of {party}".encode())
    holders = []
    for _ in range(3):
        key = maker(
            Wanted(
                purpose=Purpose.ROOT,
                suite=crypto.root_suite,
                label="",
                made_at=FOUNDED,
                since=FOUNDED,
                until=FOUNDED + 1,
            )
        )
        assert key.signer is not None
        holders.append(key.signer)
    office = practice_office(OFFICE, name="Contact point 24/7 (exercise)", roles=ROLES)
    wishes = Wishes(
        party=party,
        name=f"Invented State {party}",
        mode="exercise",
        offices=(office,),
        endpoints=(f"https://{party.lower()}.exercise.example/",),
        host_names=(),
        suite=crypto.suite,
    )
    return found_papers(
        wishes, keystore=keystore, holders=holders, threshold=2, now=FOUNDED, suites=crypto.suites
    )
