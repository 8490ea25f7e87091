"""The receiving side of a node: a request comes in, one sealed answer goes out.

What it knows: how verified envelopes become jobs, and how outcomes become an answer. What it must never know: sockets. The
work is cut in three so that requests of many peers can share one commit: `admit` (slow, any thread), the sequencer (one
batch at a time), `answer` (slow, any thread). `receive` does the three in a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from longbien.keys import Peer, Refused, advance
from longbien.node.admission import Admission, Head, Papers, Turned
from longbien.node.book import notice
from longbien.node.delivery import Request, read_request
from longbien.node.directory import Directory, keep
from longbien.node.evidence.arrival import Arrival
from longbien.node.heads import Heads, HeadsDiffer
from longbien.node.jobs import Job, NotYet, Touch
from longbien.node.ports import Entropy, Now
from longbien.node.sequencer import Done, Sequencer
from longbien.store import Store, Transaction
from longbien.wire import cbor, envelope, parcel
from longbien.wire.cbor import Malformed
from longbien.wire.parcel import Answer, AnswerItem, Deferred, Receipted
from longbien.wire.parcel import Refused as RefusedItem
from longbien.wire.suites import Suites


class NotAdmitted(Exception):
    """A request that cannot even be answered under seal. `code` says why; nothing was stored."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A request whose envelopes are verified: for each, a job or the answer that it gets without one."""

    request: Request
    parts: tuple[Job | Turned, ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What the sequencer has to do."""
        return tuple(part for part in self.parts if not isinstance(part, Turned))


class Reception:
    """The receiving side of one node."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        admission: Admission,
        sequencer: Sequencer,
        heads: Heads,
        arrival: Arrival,
        *,
        origin: str,
        suites: Suites,
        now: Now,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._directory = directory
        self._admission = admission
        self._sequencer = sequencer
        self._heads = heads
        self._arrival = arrival
        self._origin = origin
        self._suites = suites
        self._now = now
        self._entropy = entropy

    def receive(self, body: bytes) -> bytes:
        """The sealed answer to a request; all that it acknowledges is durable.

        Raises:
            NotAdmitted: the request makes no sense, or its sender is not pinned.
        """
        admitted = self.admit(body)
        return self.answer(admitted, self._sequencer.run(admitted.jobs) if admitted.jobs else ())

    def admit(self, body: bytes) -> Admitted:
        """Every envelope of a request, verified. Raises `NotAdmitted`."""
        try:
            request = read_request(body)
        except Malformed as fault:
            raise NotAdmitted(fault.code) from fault
        if request.sender not in self._directory.parties:
            raise NotAdmitted("PEER_NOT_PINNED")
        return Admitted(
            request=request, parts=tuple(self._part(raw, request.sender) for raw in request.envelopes)
        )

    def _part(self, raw: bytes, sender: str) -> Job | Turned:
        admitted = self._admission.admit(raw, sender)
        try:
            match admitted:
                case Papers():
                    return self.papers(admitted.sender, admitted.chain)
                case Head():
                    return self._heads.take(admitted)
                case parcel.Manifest() | parcel.Custody() | parcel.Keys():
                    return self._arrival.take(admitted)
                case _:
                    return admitted
        except Malformed as fault:
            return Turned(code=fault.code, passing=fault.code == "HEAD_UNJOINED")
        except HeadsDiffer:
            return Turned(code="LEDGER_FORK", passing=False)

    def papers(self, party: str, chain: Sequence[bytes]) -> Touch | Turned:
        """The job that takes newer papers of a pinned party; older or forged ones change nothing."""
        held = self._directory.peer(party)
        assert held is not None, "the party is pinned"
        with self._store.transaction() as tx:
            size = tx.ledger.size()
        moved = advance(held, chain, self._now(), suites=self._suites, ledger=(self._origin, size))
        if isinstance(moved, Refused):
            return Turned(code=moved.code, passing=False)
        return Touch(
            leaf=notice(
                "descriptor", party=moved.party, version=moved.descriptor.version, digest=moved.digest
            ),
            write=lambda tx: self._learn(tx, moved),
            subject=cbor.digest(b"".join(chain)),
        )

    def _learn(self, tx: Transaction, peer: Peer) -> None:
        tx.peers.advance(peer.party, keep(peer))
        self._directory.learn(peer)

    def answer(self, admitted: Admitted, done: Sequence[Done]) -> bytes:
        """One item for each envelope, in order, sealed for the sender. Raises `NotAdmitted`: no key to seal for."""
        request = admitted.request
        key = self._directory.seal_key(request.sender, self._now())
        if isinstance(key, Refused):
            raise NotAdmitted(key.code)
        results = iter(done)
        items = tuple(
            _turned(part) if isinstance(part, Turned) else _item(next(results)) for part in admitted.parts
        )
        older = {item.head for item in done if item.receipt is not None}
        with self._store.transaction() as tx:
            head, proofs = self._heads.proofs(tx, {*request.known, *older})
            holds = self._heads.holds(tx, request.sender)
            if admitted.jobs:
                # Something in it was verified, so it really is this peer.
                tx.peers.heard(request.sender)
        answer = Answer(
            sender=self._directory.own.party,
            request=request.digest,
            answers=items,
            checkpoint=head.note,
            proofs=proofs,
            holds=holds,
        )
        return envelope.seal(
            parcel.encode(answer), to=key, envelope_id=self._entropy(envelope.ID_BYTES), suites=self._suites
        )


def _turned(part: Turned) -> AnswerItem:
    return Deferred(code=part.code) if part.passing else RefusedItem(code=part.code)


def _item(done: Done) -> AnswerItem:
    if isinstance(done.outcome, NotYet):
        return Deferred(code=done.outcome.code)
    assert done.receipt is not None, "what is in the ledger has a receipt"
    return Receipted(receipt=done.receipt)
