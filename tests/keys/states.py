"""States with stub keys: everything that a root, a descriptor and seal keys need, quick to make and easy to bend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from longbien.keys import lifetimes
from longbien.keys.descriptor import Descriptor, open_descriptor, sign_descriptor
from longbien.keys.directory import advance, pin
from longbien.keys.drafting import first_root, next_descriptor, next_root
from longbien.keys.faults import Refused
from longbien.keys.forms import NOTHING_BEFORE
from longbien.keys.listing import ListedSealKey, StatementKey
from longbien.keys.material import Held, Purpose, Wanted, log_kid
from longbien.keys.office import Office
from longbien.keys.peer import Peer
from longbien.keys.root import Root, SignedRoot, open_root, sign_root
from longbien.keys.seal_keys import SealKeys, open_seal_keys, sign_seal_keys
from longbien.ledger import LogKey
from longbien.wire import statement
from longbien.wire.suites import SealKey, Signer, Suites, VerifyKey
from longbien.wire.wellformed import Malformed

NOW = 1_800_000_000_000
DAY = lifetimes.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class StubSuite:
    """A suite whose signatures are hashes with the public key: quick, and good for nothing else."""

    number: int

    @property
    def name(self) -> str:
        return f"stub {self.number}"

    @property
    def algorithms(self) -> tuple[int, int]:
        return (-70_000 - 2 * self.number, -70_001 - 2 * self.number)

    @property
    def overhead_bytes(self) -> int:
        return 0

    def check_verify_key(self, public: tuple[bytes, bytes]) -> None:
        if len(public[0]) != 32:
            raise Malformed("KEY_INVALID", self.name)

    def check_seal_key(self, public: bytes) -> None:
        if len(public) != 32:
            raise Malformed("KEY_INVALID", self.name)

    def verify(self, algorithm: int, public: tuple[bytes, bytes], message: bytes, signature: bytes) -> None:
        if signature != _hash(*public, str(algorithm).encode(), message):
            raise Malformed("SIGNATURE_INVALID", self.name)

    def seal(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        return public + info + plaintext


SUITES = Suites((StubSuite(number=0), StubSuite(number=1), StubSuite(number=7)))


class StubSigner:
    """A holder of a stub key, made from a name."""

    def __init__(self, name: str, suite: int = 0) -> None:
        self.verify_key = VerifyKey(
            suite=suite, public=(_hash(name.encode(), b"0"), _hash(name.encode(), b"1"))
        )

    def sign(self, algorithm: int, message: bytes) -> bytes:
        return _hash(*self.verify_key.public, str(algorithm).encode(), message)


def stub_maker(wanted: Wanted) -> Held:
    """Makes stub keys that differ by everything that is wanted."""
    name = f"{wanted.purpose}{wanted.suite}{wanted.label}{wanted.since}{wanted.until}"
    signer = StubSigner(name, wanted.suite)
    public: tuple[bytes, ...] = (_hash(name.encode()),)
    kid = SealKey(suite=wanted.suite, public=public[0]).kid
    if wanted.purpose in {Purpose.ROOT, Purpose.STATEMENT}:
        kid, public = signer.verify_key.kid, signer.verify_key.public
    if wanted.purpose is Purpose.LOG:
        key = LogKey(origin=wanted.label, ed25519=_hash(name.encode()), mldsa44=_hash(name.encode()) * 41)
        kid, public = log_kid(key), (key.ed25519, key.mldsa44)
    return Held(entry=wanted.entry(kid, public), signer=signer, tls_private=b"private")


class House:
    """A State that keeps house: its root holders, its newest papers, and how it makes the next ones."""

    def __init__(self, party: str = "VN", *, holders: int = 3, threshold: int = 2, suite: int = 0) -> None:
        self.party = party
        self.holders: list[Signer] = [StubSigner(f"{party}-root-{n}", suite) for n in range(holders)]
        self.keyholder = StubSigner(f"{party}-statement", suite)
        document = first_root(party, keys_of(self.holders), threshold, NOW)
        self.roots = [signed_root(document, self.holders[:threshold])]
        self.descriptors = [self.described(self.first_descriptor(suite))]
        self.seal_keys = [self.sealed(self.first_seal_keys(suite))]

    @property
    def root(self) -> Root:
        return self.roots[-1].root

    @property
    def descriptor(self) -> Descriptor:
        return open_descriptor(statement.parse(self.descriptors[-1])).descriptor

    @property
    def fingerprint(self) -> bytes:
        return self.roots[0].fingerprint

    @property
    def chain(self) -> tuple[bytes, ...]:
        return (*raw(self.roots), *self.descriptors, self.seal_keys[-1])

    def pinned(self, now: int = NOW, **more: Any) -> Peer:
        return accepted(pin(self.chain, self.fingerprint, now, suites=SUITES, **more))

    def first_descriptor(self, suite: int) -> Descriptor:
        return Descriptor(
            party=self.party,
            name="Viet Nam",
            version=1,
            root_version=1,
            issued_at=NOW,
            expires_at=NOW + 365 * DAY,
            floor=suite,
            suites=(suite,),
            endpoints=("https://node.example:8443/",),
            tls=(sha256(b"certificate").digest(),),
            certificates=(b"certificate",),
            offices=(OFFICE,),
            statement_keys=(
                StatementKey(key=self.keyholder.verify_key, since=NOW - DAY, until=NOW + 365 * DAY),
            ),
            log_key=LogKey(origin=f"longbien/{self.party}/00000000", ed25519=bytes(32), mldsa44=bytes(1312)),
            revoked=(),
            reservations=("42-5",),
            declarations={"languages": ("vi", "en"), "electronic": True, "days": 3, "note": "text"},
            mode="demo",
            previous=NOTHING_BEFORE,
        )

    def first_seal_keys(self, suite: int) -> SealKeys:
        return SealKeys(
            party=self.party,
            version=1,
            keys=tuple(
                listed_seal_key(f"{self.party}-{week}", NOW + 7 * DAY * week, suite) for week in range(3)
            ),
            issued_at=NOW,
            previous=NOTHING_BEFORE,
        )

    def described(self, descriptor: Descriptor, signers: Sequence[Signer] | None = None) -> bytes:
        chosen = self.holders[: self.root.threshold] if signers is None else signers
        return sign_descriptor(descriptor, chosen, suites=SUITES)

    def sealed(
        self, seal_keys: SealKeys, signer: Signer | None = None, descriptor: bytes | None = None
    ) -> bytes:
        under = sha256(self.descriptors[-1]).digest() if descriptor is None else descriptor
        return sign_seal_keys(seal_keys, descriptor=under, signer=signer or self.keyholder, suites=SUITES)

    def draft(self, now: int = NOW, **changes: Any) -> Descriptor:
        """The next descriptor, unsigned."""
        papers = (*raw(self.roots), *self.descriptors)
        own = accepted(pin(papers, self.fingerprint, NOW, suites=SUITES))
        return replace(next_descriptor(own, now), **changes)

    def publish(self, now: int = NOW, **changes: Any) -> bytes:
        """Signs the next descriptor properly and keeps it."""
        self.descriptors.append(self.described(self.draft(now, **changes)))
        return self.descriptors[-1]

    def next_seal_keys(self, **changes: Any) -> SealKeys:
        held = open_seal_keys(statement.parse(self.seal_keys[-1]))
        following = replace(held.seal_keys, version=held.seal_keys.version + 1, previous=held.digest)
        return replace(following, **changes)

    def rotate(self, holders: Sequence[Signer], threshold: int = 2, *, now: int = NOW) -> SignedRoot:
        """A proper next root, each side signing on its own, and a descriptor under it."""
        document = next_root(self.roots[-1], keys_of(holders), threshold, now)
        old = sign_root(document, self.holders[: self.root.threshold], suites=SUITES)
        new = sign_root(document, holders[:threshold], suites=SUITES)
        draft = self.draft(now, root_version=document.version)
        self.roots.append(open_root(statement.parse(old), statement.parse(new)))
        self.holders = list(holders)
        self.descriptors.append(self.described(draft))
        return self.roots[-1]


OFFICE = Office(
    id="vn-poc",
    name="24/7 contact point",
    roles=("poc",),
    languages=("vi", "en"),
    hours="24/7",
    call_back="+84 24 0000 0000",
    illustrative=True,
)


def keys_of(holders: Sequence[Signer]) -> tuple[VerifyKey, ...]:
    return tuple(holder.verify_key for holder in holders)


def signed_root(document: Root, signers: Sequence[Signer]) -> SignedRoot:
    return open_root(statement.parse(sign_root(document, signers, suites=SUITES)))


def raw(roots: Sequence[SignedRoot]) -> tuple[bytes, ...]:
    return tuple(signed.raw for root in roots for signed in root.statements)


def listed_seal_key(name: str, since: int, suite: int = 0, days: int = 7) -> ListedSealKey:
    key = SealKey(suite=suite, public=_hash(name.encode(), b"seal"))
    return ListedSealKey(key=key, since=since, until=since + days * DAY)


def accepted(answer: Peer | Refused) -> Peer:
    assert isinstance(answer, Peer), answer
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def moved(peer: Peer, statements: Sequence[bytes], now: int = NOW, **more: Any) -> Peer | Refused:
    return advance(peer, statements, now, suites=SUITES, **more)


def forger(number: int = 0, suite: int = 0) -> StubSigner:
    return StubSigner(f"forger-{number}", suite)


def _hash(*parts: bytes) -> bytes:
    return sha256(b"|".join(parts)).digest()
