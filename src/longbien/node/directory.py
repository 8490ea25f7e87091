"""Who is who, for one node: its own papers and those of the peers that it pinned.

What it knows: which keys count for whom, in which office somebody acts, whose ledger a receipt comes from. What it must
never know: what an act means, or the network. Trust is decided in `longbien.keys`; here it is looked up.
"""

from collections.abc import Callable, Mapping, Sequence

from longbien.exchange import Act, Author
from longbien.keys import (
    Descriptor,
    Peer,
    Refused,
    descriptor_of,
    log_keys_for,
    office_roles,
    restore,
    seal_key_for,
    verify_keys_for,
)
from longbien.ledger import LogKey, LogVerifier, Receipt
from longbien.ledger import receipt as receipts
from longbien.ledger.checkpoint import Checkpoint
from longbien.ledger.checkpoint import read as read_checkpoint
from longbien.ledger.checkpoint import verify as verify_checkpoint
from longbien.node.ports import Broken
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields
from longbien.wire.statement import Statement
from longbien.wire.suites import SealKey, Suites

LogVerifiers = Callable[[LogKey], LogVerifier]
"""How a listed log key becomes something that verifies: itself, outside the simulated world."""

# A head covers a batch of receipts, and answers of several peers arrive between each other.
_HEADS_KEPT = 256


class Directory:
    """The parties that this node knows, itself among them. Lookups only; `learn` replaces a party's papers."""

    def __init__(
        self,
        own: Peer,
        peers: Sequence[Peer],
        *,
        suites: Suites,
        log_verifiers: LogVerifiers = lambda key: key,
    ) -> None:
        self._own = own.party
        self._suites = suites
        self._log_verifiers = log_verifiers
        self.listener: Callable[[Peer], None] = _nobody
        self._peers: dict[str, Peer] = {own.party: own, **{peer.party: peer for peer in peers}}
        # Heads whose signatures have been verified, by party and note; forgotten when a party's papers change.
        self._heads: dict[tuple[str, bytes], Checkpoint] = {}

    @property
    def own(self) -> Peer:
        """This node's own papers."""
        return self._peers[self._own]

    @property
    def parties(self) -> tuple[str, ...]:
        """Every pinned peer, sorted, without this node itself."""
        return tuple(sorted(party for party in self._peers if party != self._own))

    def peer(self, party: str) -> Peer | None:
        """The papers of a party, `None` when it is not pinned."""
        return self._peers.get(party)

    def learn(self, peer: Peer) -> None:
        """These papers count from now on, and whoever listens is told."""
        self._peers[peer.party] = peer
        self._heads.clear()
        self.listener(peer)

    def verify(self, signed: Statement) -> None:
        """Silence means: the issuer is pinned and signed this, with keys that count today.

        Raises:
            Malformed: PEER_NOT_PINNED, DESCRIPTOR_UNKNOWN, SUITE_BELOW_FLOOR, KEY_REVOKED and the codes of
                `statement.verify`.
        """
        peer = self._known(signed.issuer)
        if descriptor_of(peer, signed.descriptor) is None:
            raise Malformed("DESCRIPTOR_UNKNOWN", signed.issuer)
        if signed.suite < max(peer.descriptor.floor, self.own.descriptor.floor):
            raise Malformed("SUITE_BELOW_FLOOR", str(signed.suite))
        for kid in signed.signers:
            if kid in peer.revoked:
                raise Malformed("KEY_REVOKED", kid.hex())
        statement.verify(signed, verify_keys_for(peer), self._suites)

    def author(self, signed: Statement, act: Act) -> Author:
        """Who acts, in the office that the descriptor named by the statement describes."""
        peer = self._known(signed.issuer)
        described = descriptor_of(peer, signed.descriptor)
        roles = () if described is None else office_roles(described, act.office)
        return Author(party=signed.issuer, offices=roles)

    def offices(self, party: str, office: str) -> tuple[str, ...]:
        """The roles that an office of a pinned party has today; none when there is no such office."""
        return office_roles(self._known(party).descriptor, office)

    def descriptor(self, party: str) -> Descriptor:
        """The newest descriptor of a pinned party."""
        return self._known(party).descriptor

    def seal_key(self, party: str, now: int, *, grace: int = 0) -> SealKey | Refused:
        """The key to seal for, or why there is none; `grace` as for `seal_key_for`."""
        peer = self._peers.get(party)
        if peer is None:
            return Refused(code="PEER_NOT_PINNED", detail=party)
        return seal_key_for(peer, now, floor=self.own.descriptor.floor, suites=self._suites, grace=grace)

    def checkpoint(self, party: str, note: bytes) -> Checkpoint:
        """The head in `note`, signed by the log of `party`.

        Raises:
            Malformed: PEER_NOT_PINNED, CHECKPOINT_ORIGIN, and the codes of `checkpoint.verify`.
        """
        held = self._heads.get((party, note))
        if held is None:
            held = self._by_each_key(party, note)
            if len(self._heads) >= _HEADS_KEPT:
                self._heads.clear()
            self._heads[party, note] = held
        return held

    def receipt(self, party: str, receipt: Receipt) -> Checkpoint:
        """The head under which `party` proves that its log holds the record.

        Raises:
            Malformed: as `checkpoint`, and the codes of `receipt.verify_under`.
        """
        head = self.checkpoint(party, receipt.checkpoint)
        receipts.verify_under(receipt, head)
        return head

    def log_key(self, party: str) -> LogVerifier:
        """The newest log key of a pinned party."""
        return self._log_verifiers(self._known(party).descriptor.log_key)

    def _by_each_key(self, party: str, note: bytes) -> Checkpoint:
        """A head may be signed by an older key of the same log; the newest is tried first."""
        keys = log_keys_for(self._known(party), read_checkpoint(note).origin)
        if not keys:
            raise Malformed("CHECKPOINT_ORIGIN", party)
        for key in keys[:-1]:
            try:
                return verify_checkpoint(note, self._log_verifiers(key))
            except Malformed:
                continue
        return verify_checkpoint(note, self._log_verifiers(keys[-1]))

    def _known(self, party: str) -> Peer:
        peer = self._peers.get(party)
        if peer is None:
            raise Malformed("PEER_NOT_PINNED", party)
        return peer


def _nobody(_peer: Peer) -> None:
    """Nobody listens."""


def keep(peer: Peer) -> bytes:
    """What the store keeps of a peer: the papers, the pinned fingerprint, and what was learned of revocations."""
    return cbor.encode(
        {
            "pinned": peer.pinned,
            "statements": list(peer.statements),
            "learned": [[kid, dict(sizes)] for kid, sizes in sorted(peer.learned.items())],
        }
    )


def recall(raw: bytes, suites: Suites) -> Peer:
    """The peer again; every signature is verified again, because the database is not trusted.

    Raises:
        Broken: the stored papers no longer hold.
    """
    fields = Fields(cbor.decode(raw), "peer")
    statements = fields.byte_strings("statements", max=statement.STATEMENT_BYTES_MAX, items=1024)
    learned: dict[bytes, Mapping[str, int]] = {}
    for item in fields.array("learned", max=1024):
        match item:
            case [bytes() as kid, dict() as sizes]:
                learned[kid] = {str(origin): int(size) for origin, size in sizes.items()}
            case _:
                raise Broken("PEER_DAMAGED", "learned")
    peer = restore(statements, fields.bytes("pinned", size=32), suites=suites, learned=learned)
    if isinstance(peer, Refused):
        raise Broken("PEER_DAMAGED", peer.code)
    return peer


Recall = Callable[[bytes, Suites], Peer]
"""How stored papers become a peer again: `recall`, outside the simulated world, which remembers what it verified."""
