"""A tree in memory, the definition of its root written as RFC 9162 writes it, and test keys."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256

import pytest

from longbien.ledger import Checkpoint, LogSigner, SoftLogSigner, checkpoint, merkle
from longbien.wire.wellformed import Malformed


def reference_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1 over leaf hashes, by its recursive definition."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + reference_root(leaves[:split]) + reference_root(leaves[split:])).digest()


def reference_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*reference_inclusion(index, leaves[:split]), reference_root(leaves[split:])]
    return [*reference_inclusion(index - split, leaves[split:]), reference_root(leaves[:split])]


def reference_consistency(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 §2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [reference_root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*reference_consistency(old, leaves[:split], whole=whole), reference_root(leaves[split:])]
    return [*reference_consistency(old - split, leaves[split:], whole=False), reference_root(leaves[:split])]


class Tree:
    """A store of complete nodes that refuses to overwrite and to read what is not there, and counts."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.leaves: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.reads = 0
        self.grow(leaves)

    def read(self, level: int, index: int) -> bytes:
        self.reads += 1
        return self.nodes[level, index]

    def grow(self, leaves: Iterable[bytes]) -> "Tree":
        leaves = list(leaves)
        for level, index, value in merkle.append(len(self.leaves), leaves, self.read):
            assert (level, index) not in self.nodes
            self.nodes[level, index] = value
        self.leaves += leaves
        return self

    def root(self, size: int | None = None) -> bytes:
        return merkle.root(len(self.leaves) if size is None else size, self.read)

    def head(self, signer: LogSigner, size: int | None = None) -> bytes:
        """The signed note of the head at `size`."""
        size = len(self.leaves) if size is None else size
        return checkpoint.sign(
            Checkpoint(origin=signer.log_key.origin, size=size, root=self.root(size)), signer
        )

    def verified(self, signer: LogSigner, size: int | None = None) -> Checkpoint:
        return checkpoint.verify(self.head(signer, size), signer.log_key)


def numbered(count: int, mark: bytes = b"") -> list[bytes]:
    return [merkle.leaf_hash(mark + str(number).encode()) for number in range(count)]


@cache
def signer(party: str) -> SoftLogSigner:
    seed = sha256(b"longbien test log key " + party.encode()).digest()
    return SoftLogSigner(
        origin=checkpoint.origin_of(party, sha256(party.encode()).digest()),
        ed25519_seed=seed,
        mldsa44_seed=sha256(seed).digest(),
    )


def code_of(raised: pytest.ExceptionInfo[Malformed]) -> str:
    return raised.value.code
