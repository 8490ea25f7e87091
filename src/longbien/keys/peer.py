"""A party as this node knows it: the verified papers since the pin, and the questions that a node asks of
them.

Everything here follows from signed bytes and one pinned fingerprint; `learned` alone is local (how far this
node's own ledger had grown when it heard of a revocation). Only `directory` makes peers; nothing here
verifies again, reads a clock or changes a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from longbien.keys.chain import Papers, raw_statements
from longbien.keys.descriptor import Descriptor, SignedDescriptor
from longbien.keys.faults import Refused
from longbien.keys.listing import StatementKey
from longbien.keys.root import Root, SignedRoot
from longbien.keys.seal_keys import SignedSealKeys
from longbien.ledger import LogKey
from longbien.wire.suites import SealKey, Suites, VerifyKey

Learned = Mapping[bytes, Mapping[str, int]]
"""kid -> origin -> size: below which size of a ledger of ours entries with this revoked key were already
there.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a statement was entered or receipted: leaf `index` of the ledger `origin`, proven by the
    caller.
    """

    origin: str
    index: int


class KeyStanding(StrEnum):
    """What a statement key of a party is worth at an instant and place."""

    CURRENT = "current"
    NOT_YET = "not-yet"
    ENDED = "ended"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A pinned party.

    `pinned` is the fingerprint that four eyes compared; `roots` and `descriptors` are all that were accepted
    since, the newest last; `seal_keys` is the newest list, or None when none is valid; `statement_keys` are
    all statement keys ever listed, by kid, with the window that was listed last; `revoked` says for each
    revoked kid below which size of which ledger its signatures still count.
    """

    party: str
    pinned: bytes
    roots: tuple[SignedRoot, ...]
    descriptors: tuple[SignedDescriptor, ...]
    seal_keys: SignedSealKeys | None
    statement_keys: Mapping[bytes, StatementKey]
    revoked: Learned
    learned: Learned

    @property
    def root(self) -> Root:
        """The newest root."""
        return self.roots[-1].root

    @property
    def descriptor(self) -> Descriptor:
        """The newest descriptor."""
        return self.descriptors[-1].descriptor

    @property
    def digest(self) -> bytes:
        """The digest of the newest descriptor's statement."""
        return self.descriptors[-1].digest

    @property
    def statements(self) -> tuple[bytes, ...]:
        """All accepted papers, in the order of a chain: what must be kept to make this record again."""
        return raw_statements(
            Papers(roots=self.roots, descriptors=self.descriptors, seal_keys=self.seal_keys)
        )


def verify_key_for(peer: Peer, kid: bytes, *, place: Place | None = None) -> VerifyKey | Refused:
    """The public key under which a statement of `peer` may be verified.

    Without `place` this is a fresh statement, and a revoked key is refused. With the place where the
    statement was entered or receipted, a revoked key is still given for what lies below the revocation.
    Windows play no part: see `statement_key_state`. Refuses: KEY_UNKNOWN, KEY_REVOKED.
    """
    listed = peer.statement_keys.get(kid)
    if listed is None:
        return Refused(code="KEY_UNKNOWN", detail=kid.hex())
    if not _believed(peer, kid, place):
        return Refused(code="KEY_REVOKED", detail=kid.hex())
    return listed.key


def verify_keys_for(peer: Peer, *, place: Place | None = None) -> dict[bytes, VerifyKey]:
    """All keys that `verify_key_for` would give, by kid, in the form that `statement.verify` takes."""
    return {kid: listed.key for kid, listed in peer.statement_keys.items() if _believed(peer, kid, place)}


def statement_key_state(peer: Peer, kid: bytes, *, at: int, place: Place | None = None) -> KeyStanding:
    """How the key `kid` stood at the instant `at` (ms), for a statement entered at `place` (or for a fresh
    one).

    Only REVOKED and UNKNOWN are grounds to refuse; NOT_YET and ENDED are to be shown to people, because
    clocks never decide acceptance.
    """
    listed = peer.statement_keys.get(kid)
    if listed is None:
        return KeyStanding.UNKNOWN
    if not _believed(peer, kid, place):
        return KeyStanding.REVOKED
    if at < listed.since:
        return KeyStanding.NOT_YET
    return KeyStanding.CURRENT if at < listed.until else KeyStanding.ENDED


def seal_key_for(
    peer: Peer, now: int, *, floor: int = 0, suites: Suites | None = None, grace: int = 0
) -> SealKey | Refused:
    """The key for which a letter to `peer` is sealed at `now` (ms): the newest one that is current.

    With `grace`, a key that ended less than so many ms ago will do when none is current; only for what is public anyway.
    Among keys that began together the higher suite wins; `floor` is the sender's own lowest suite, and
    `suites`, where given, are those that the sender has: a party may offer a suite of its own besides.
    Refuses: DESCRIPTOR_EXPIRED (a peer whose papers are out of date may be kept from us by somebody),
    SEAL_KEYS_MISSING, SEAL_KEY_NONE (none is current).
    """
    if now >= peer.descriptor.expires_at:
        return Refused(code="DESCRIPTOR_EXPIRED", detail=f"version {peer.descriptor.version}")
    if peer.seal_keys is None:
        return Refused(code="SEAL_KEYS_MISSING", detail=peer.party)
    lowest = max(floor, peer.descriptor.floor)
    current = [
        listed
        for listed in peer.seal_keys.seal_keys.keys
        if listed.since <= now < listed.until + grace
        and listed.key.suite >= lowest
        and (suites is None or listed.key.suite in suites)
    ]
    if not current:
        return Refused(code="SEAL_KEY_NONE", detail=f"version {peer.seal_keys.seal_keys.version}")
    return max(current, key=lambda listed: (listed.since, listed.key.suite, listed.key.kid)).key


def log_keys_for(peer: Peer, origin: str) -> tuple[LogKey, ...]:
    """The keys that the party ever listed for the log `origin`, newest first, each once."""
    keys = [signed.descriptor.log_key for signed in reversed(peer.descriptors)]
    return tuple(dict.fromkeys(key for key in keys if key.origin == origin))


def descriptor_of(peer: Peer, digest: bytes) -> Descriptor | None:
    """The accepted descriptor whose statement has that digest, as statements name it; None when it is not
    known.
    """
    return next((signed.descriptor for signed in peer.descriptors if signed.digest == digest), None)


def _believed(peer: Peer, kid: bytes, place: Place | None) -> bool:
    sizes = peer.revoked.get(kid)
    return sizes is None or (place is not None and place.index < sizes.get(place.origin, 0))
