"""The node's own ledger, as the sequencer writes it: leaves in, one signed checkpoint for a batch, receipts out.

What it knows: positions, salts, and the order in which things become durable. What it must never know: why a record
deserves a leaf.

The order of writing is the promise (P1, P7, P14):

 1. leaves and subtrees are written in the transaction of whatever they record, and committed;
 2. their hashes are read back, and the root is computed again by other code than the one that wrote them (T22);
 3. only then is the head signed; the signed head is committed;
 4. only then does any receipt exist.

A crash after 1 leaves leaves without a head; `seal` at the next start signs one. A crash after 3 changes nothing: the
receipt of a leaf is always made under the first head that covers it, so asking again gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle, receipt, records
from longbien.ledger.checkpoint import Checkpoint, LogSigner
from longbien.ledger.leaf import leaf_hash
from longbien.ledger.receipt import Receipt
from longbien.node.ports import Broken, Entropy
from longbien.store.database import Transaction
from longbien.store.ledger_rows import LeafRow

SALT_BYTES = 32
# Some 4,000 batches' worth of right edges: enough for every proof about recent leaves to need no query.
_CACHE_NODES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A record that waits for its place."""

    kind: str
    record: bytes


class Book:
    """The ledger of this node. One caller at a time."""

    def __init__(self, signer: LogSigner, entropy: Entropy) -> None:
        self._signer = signer
        self._entropy = entropy
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._size = 0
        self._signed = 0
        # The leaves of the newest head, with the size before it: what almost every receipt is about.
        self._fresh: dict[int, LeafRow] = {}
        self._fresh_note = b""

    @property
    def size(self) -> int:
        """Leaves that are written."""
        return self._size

    def load(self, tx: Transaction) -> None:
        """Size and signed size are those of the store; nothing that was only in memory counts."""
        self._nodes.clear()
        self._fresh.clear()
        self._size = tx.ledger.size()
        newest = tx.ledger.newest_checkpoint()
        self._signed = 0 if newest is None else newest[0]
        if self._signed > self._size:
            raise Broken("LEDGER_SHORTER_THAN_SIGNED", f"{self._size} < {self._signed}")
        # Nothing in memory says what these leaves were meant to be, so their records have to, before a head covers them.
        if self._signed < self._size:
            for row in tx.ledger.walk(self._signed):
                if leaf_hash(row.kind, row.salt, row.record) != row.hash:
                    raise Broken("LEDGER_LEAF_DIFFERS", str(row.position))

    def append(self, tx: Transaction, leaves: Sequence[Leaf]) -> int:
        """The position of the first of these leaves; the others follow. Nothing is promised before the commit."""
        start = self._size
        salts = self._entropy(SALT_BYTES * len(leaves))
        rows: list[LeafRow] = []
        for offset, leaf in enumerate(leaves):
            salt = salts[offset * SALT_BYTES : (offset + 1) * SALT_BYTES]
            rows.append(
                LeafRow(
                    position=start + offset,
                    kind=leaf.kind,
                    record=leaf.record,
                    salt=salt,
                    hash=leaf_hash(leaf.kind, salt, leaf.record),
                )
            )
        nodes = merkle.append(start, [row.hash for row in rows], self._reader(tx))
        tx.ledger.add_leaves(rows)
        tx.ledger.add_subtrees([node for node in nodes if node[0] > 0])
        self._remember(nodes)
        if self._fresh_note:
            self._fresh.clear()
            self._fresh_note = b""
        self._fresh.update((row.position, row) for row in rows)
        self._size = start + len(rows)
        return start

    def seal(self, tx: Transaction, now: int) -> Checkpoint:
        """The signed head of everything that is committed, stored in this transaction."""
        if self._signed == self._size:
            newest = tx.ledger.newest_checkpoint()
            assert newest is not None, "a size that is signed has its head"
            return checkpoints.read(newest[1])
        head = Checkpoint(origin=self._signer.log_key.origin, size=self._size, root=self._checked_root(tx))
        note = checkpoints.sign(head, self._signer)
        tx.ledger.add_checkpoint(self._size, note, now)
        self._signed = self._size
        self._fresh_note = note
        return Checkpoint(origin=head.origin, size=head.size, root=head.root, note=note)

    def _checked_root(self, tx: Transaction) -> bytes:
        """The root, from the leaf hashes that the disk gives back and not from what was meant to be written."""
        read = self._reader(tx)
        written = tx.ledger.hashes(self._signed, self._size)
        if len(written) != self._size - self._signed:
            raise Broken("LEDGER_LEAVES_MISSING", f"{self._signed}..{self._size}")
        again = dict.fromkeys(merkle.peaks(self._signed), b"")
        again = {place: tx.ledger.read(*place) for place in again}
        for level, place, value in merkle.append(
            self._signed, written, lambda level, place: again[level, place]
        ):
            again[level, place] = value
        root = merkle.root(self._size, lambda level, place: again[level, place])
        if root != merkle.root(self._size, read):
            raise Broken("LEDGER_ROOT_DIFFERS", str(self._size))
        return root

    def receipt(self, tx: Transaction, position: int) -> Receipt:
        """The receipt of the leaf at `position`, the same bytes whenever it is asked for."""
        if position in self._fresh and self._fresh_note:
            return self.receipt_under(tx, position, self._fresh_note)
        covering = tx.ledger.checkpoint_covering(position)
        if covering is None:
            raise Broken("LEDGER_NOT_SEALED", str(position))
        return self.receipt_under(tx, position, covering[1])

    def receipt_under(self, tx: Transaction, position: int, note: bytes) -> Receipt:
        """The receipt of the leaf at `position` under a signed head that covers it."""
        leaf = self._fresh.get(position) or tx.ledger.leaf(position)
        return receipt.make(
            leaf.record,
            kind=leaf.kind,
            salt=leaf.salt,
            index=position,
            checkpoint=note,
            read=self._reader(tx),
        )

    def consistency(self, tx: Transaction, old: int, new: int) -> tuple[bytes, ...]:
        """Proof that the first `old` leaves are the beginning of the first `new`."""
        return merkle.consistency(old, new, self._reader(tx))

    def _reader(self, tx: Transaction) -> merkle.Reader:
        def read(level: int, place: int) -> bytes:
            found = self._nodes.get((level, place))
            if found is None:
                found = tx.ledger.read(level, place)
                self._nodes[level, place] = found
            return found

        return read

    def _remember(self, nodes: Sequence[tuple[int, int, bytes]]) -> None:
        if len(self._nodes) > _CACHE_NODES:
            self._nodes.clear()
        for level, place, value in nodes:
            self._nodes[level, place] = value


def notice(kind: str, **fields: records.Scalar) -> Leaf:
    """A leaf for anything that is not a step between parties."""
    return Leaf(kind=kind, record=records.encode(records.notice(kind, **fields)))
