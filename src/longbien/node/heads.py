"""The heads of other nodes' ledgers: each must continue every one seen before, and is cosigned so that all can see it.

What it knows: which heads of a peer are verified and not yet joined by a later one ("tips"). What it must never know: what
is in those ledgers. Every answer of a peer proves that its newest head continues all tips that the request named. A peer
that cannot prove it has shown two histories; both heads are kept, signed by itself, as evidence (promise P7).
"""

from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle, witness
from longbien.ledger.checkpoint import Checkpoint, LogSigner
from longbien.ledger.witness import Fork, Weight
from longbien.node.admission import Head
from longbien.node.book import Book, notice
from longbien.node.directory import Directory
from longbien.node.jobs import Touch
from longbien.node.ports import Now
from longbien.node.sequencer import Sequencer
from longbien.store import Store, Transaction
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.parcel import Answer, Witness


class HeadsDiffer(Exception):
    """A peer showed two heads of which neither continues the other; the evidence is in the store."""


class Heads:
    """What this node holds of its peers' ledgers."""

    def __init__(
        self,
        store: Store,
        book: Book,
        directory: Directory,
        sequencer: Sequencer,
        signer: LogSigner,
        now: Now,
    ) -> None:
        self._store = store
        self._book = book
        self._directory = directory
        self._sequencer = sequencer
        self._signer = signer
        self._now = now
        self._tips: dict[str, dict[int, Checkpoint]] = {}
        self._held_by: dict[str, int] = {}

    def load(self, tx: Transaction) -> None:
        """The tips are the newest verified heads that the store has."""
        for row in tx.peers.all():
            self._tips[row.party] = (
                {row.known_size: checkpoints.read(row.known_note)} if row.known_size else {}
            )

    def tips(self, peer: str) -> tuple[int, ...]:
        """The sizes that the next answer of this peer has to join."""
        return tuple(sorted(self._tips.get(peer, {})))[-8:]

    def follow(self, peer: str, answer: Answer, *, known: tuple[int, ...]) -> Touch:
        """The newest head in an answer continues every tip that the request named, and becomes the tip.

        The job keeps it; it belongs into the batch that keeps the receipts under it.

        Raises:
            Malformed: the head is not signed by the peer's log, or a proof is missing.
            HeadsDiffer: the peer wrote two histories.
        """
        newest = self._directory.checkpoint(peer, answer.checkpoint)
        tips = self._tips.setdefault(peer, {})
        proofs = dict(answer.proofs)
        for size in known:
            tip = tips.get(size)
            if tip is not None:
                self._join(peer, tip, newest, proofs.get(size, ()))
        for size in known:
            tips.pop(size, None)
        tips[newest.size] = newest
        self._held_by[peer] = answer.holds
        return Touch(leaf=None, write=lambda tx: tx.peers.saw_head(peer, newest.size, answer.checkpoint))

    def covered(self, head: Checkpoint, answer: Answer) -> None:
        """The head of a receipt is the newest head of the answer, or is proven to be its beginning.

        Raises:
            Malformed: RECEIPT_AHEAD, and the codes of `verify_consistency`.
        """
        newest = checkpoints.read(answer.checkpoint)
        if head.size > newest.size:
            raise Malformed("RECEIPT_AHEAD", str(head.size))
        proof = dict(answer.proofs).get(head.size, ())
        merkle.verify_consistency(head.size, newest.size, head.root, newest.root, proof)

    def proofs(
        self, tx: Transaction, sizes: set[int]
    ) -> tuple[Checkpoint, tuple[tuple[int, tuple[bytes, ...]], ...]]:
        """This node's own newest head, with a proof from each of these sizes that it covers."""
        newest = tx.ledger.newest_checkpoint()
        assert newest is not None, "a node that serves has sealed its first leaf"
        size, note = newest
        wanted = sorted(known for known in sizes if 0 < known < size)
        return checkpoints.read(note), tuple(
            (known, self._book.consistency(tx, known, size)) for known in wanted
        )

    def holds(self, tx: Transaction, peer: str) -> int:
        """How many leaves of a peer's ledger this node holds a verified head of."""
        row = tx.peers.one(peer)
        return 0 if row is None else row.known_size

    def witness(self, tx: Transaction, peer: str) -> Witness:
        """Our newest head for a peer, the proof from what it holds, and our cosignature under its newest head."""
        held = self._held_by.get(peer, 0)
        head, proofs = self.proofs(tx, {held})
        row = tx.peers.one(peer)
        cosignature = b""
        if row is not None and row.known_size:
            cosignature = witness.cosign(row.known_note, self._signer, self._now())
        return Witness(
            sender=self._directory.own.party,
            checkpoint=head.note,
            consistency=dict(proofs).get(held, ()),
            known=held,
            cosignature=cosignature,
            over=b"" if row is None else row.known_note,
        )

    def take(self, head: Head) -> Touch:
        """The job that keeps a peer's head and its cosignature of ours.

        Raises:
            Malformed: HEAD_UNJOINED when the proof does not start at a tip of ours (the sender learns what we hold and
                comes again), and the codes of `Directory.checkpoint` and `verify_cosignature`.
            HeadsDiffer: the peer wrote two histories.
        """
        sent = head.witness
        newest = self._directory.checkpoint(head.sender, sent.checkpoint)
        tips = self._tips.setdefault(head.sender, {})
        if sent.known not in tips and tips and newest.size not in tips:
            raise Malformed("HEAD_UNJOINED", str(sent.known))
        if sent.known in tips:
            self._join(head.sender, tips[sent.known], newest, sent.consistency)
        elif newest.size in tips:
            self._join(head.sender, tips[newest.size], newest, ())
        ours = self._cosigned(head.sender, sent)

        def write(tx: Transaction) -> None:
            tx.peers.saw_head(head.sender, newest.size, sent.checkpoint)
            if ours is not None:
                tx.ledger.add_cosignature(head.sender, ours.size, sent.cosignature)
            tips.pop(sent.known, None)
            tips[newest.size] = newest

        return Touch(
            leaf=notice("cosigned", party=head.sender, size=newest.size, root=newest.root),
            write=write,
            subject=cbor.digest(sent.checkpoint + sent.cosignature),
        )

    def _cosigned(self, peer: str, sent: Witness) -> Checkpoint | None:
        """Which of our own heads the peer cosigned; only one that we did sign counts."""
        if not sent.cosignature:
            return None
        ours = checkpoints.read(sent.over)
        with self._store.transaction() as tx:
            signed = tx.ledger.checkpoint_at(ours.size)
        if signed is None or checkpoints.read(signed) != ours:
            raise Malformed("COSIGNATURE_OTHER_HEAD", str(ours.size))
        witness.verify_cosignature(sent.over, sent.cosignature, self._directory.log_key(peer))
        return ours

    def _join(self, peer: str, tip: Checkpoint, newest: Checkpoint, proof: tuple[bytes, ...]) -> None:
        joined = witness.advance(tip, newest, proof)
        if not isinstance(joined, Fork):
            return
        self._keep_fork(peer, joined)
        if witness.verify_fork(joined, self._directory.log_key(peer)) is Weight.PROVEN:
            raise HeadsDiffer(peer)
        # A bad line or a bad disk can look like this too: both heads are kept, and the peer is asked again.
        raise Malformed("HEAD_NOT_JOINED", f"{tip.size} to {newest.size}")

    def _keep_fork(self, peer: str, fork: Fork) -> None:
        evidence = witness.encode_fork(fork)
        digest = cbor.digest(evidence)

        def write(tx: Transaction) -> None:
            tx.ledger.set_fact(f"fork/{peer}/{digest.hex()[:16]}", evidence)

        self._sequencer.run(
            [Touch(leaf=notice("fork", party=peer, evidence=digest), write=write, subject=digest)]
        )
