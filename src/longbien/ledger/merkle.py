"""The Merkle tree: hashes, proofs and their checks, over SHA-256 as RFC 9162 §2.1 defines them.

It knows hashes and their places. It never knows what a leaf means, who signed a root, or where nodes are
kept: nodes come from a `Reader`, and new ones are handed back for the caller to store.

A node is named by (level, index): the hash over the leaves [index · 2^level, (index + 1) · 2^level), all
present. Such a node never changes once it exists, so appending only adds. Everything else (the root, a ragged
right edge) is folded from complete nodes when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TypeAlias

from longbien.wire.wellformed import Malformed

Reader: TypeAlias = Callable[[int, int], bytes]
"""(level, index) -> the 32-byte hash of that complete node; asked only for nodes that exist."""

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
"""Largest number of leaves; fits a signed 64-bit column everywhere."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162 §2.1.1)."""


class ProofInvalid(Malformed):
    """A proof proves something else. Codes: PROOF_RANGE, PROOF_LENGTH, PROOF_HASH_SIZE, PROOF_ROOT."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf; the prefix 0x00 keeps leaves and nodes apart (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node; the prefix 0x01 keeps leaves and nodes apart (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def append(size: int, leaf_hashes: Sequence[bytes], read: Reader) -> list[tuple[int, int, bytes]]:
    """All nodes that become complete when `leaf_hashes` follow the first `size` leaves.

    Returns (level, index, hash), level by level and left to right; level 0 are the leaves themselves. For k
    leaves it hashes fewer than k + log2(size) times and reads at most one old node per level, on the right
    edge only.
    """
    assert 0 <= size <= MAX_SIZE - len(leaf_hashes)
    level, first = 0, size
    row = list(leaf_hashes)
    nodes: list[tuple[int, int, bytes]] = []
    while row:
        nodes.extend((level, first + offset, value) for offset, value in enumerate(row))
        if first & 1:
            # The first new node is a right child: its left sibling was complete before.
            first -= 1
            row.insert(0, read(level, first))
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        level, first = level + 1, first >> 1
    return nodes


def peaks(size: int) -> tuple[tuple[int, int], ...]:
    """The complete nodes, left to right, that together cover exactly the first `size` leaves."""
    return tuple((level, (size >> level) - 1) for level in _set_bits(size))


def root(size: int, read: Reader) -> bytes:
    """Root of the tree of the first `size` leaves; log2(size) reads."""
    assert 0 <= size <= MAX_SIZE
    if size == 0:
        return EMPTY_ROOT
    return _fold([read(level, index) for level, index in peaks(size)])


def inclusion(index: int, size: int, read: Reader) -> tuple[bytes, ...]:
    """Proof that leaf `index` is in the tree of `size` leaves: siblings from the leaf upwards (RFC 9162
    §2.1.3).

    Raises `ProofInvalid` (PROOF_RANGE) when there is no such leaf, since a peer may have asked.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "index or size")
    return tuple(_siblings(0, index, size, read))


def consistency(old: int, new: int, read: Reader) -> tuple[bytes, ...]:
    """Proof that the tree of `old` leaves is a prefix of the tree of `new` leaves (RFC 9162 §2.1.4).

    Empty when `old` is 0 (everything extends nothing) or equal to `new`. Raises `ProofInvalid` (PROOF_RANGE)
    when the sizes are not in order, since a peer may have asked.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "sizes")
    if old in (0, new):
        return ()
    level, index = _last_peak(old)
    siblings = _siblings(level, index, new, read)
    # When the old tree is one complete node the verifier has it already: it is the old root.
    return tuple(siblings) if index == 0 else (read(level, index), *siblings)


def opening(old: int, new: int, read: Reader) -> tuple[bytes, ...]:
    """Like `consistency`, always with the starting node: what the tree of `new` leaves holds for its first
    `old`.

    Such an opening shows a third party which root the first `old` leaves had, without asking anyone for it.
    Raises `ProofInvalid` (PROOF_RANGE) unless 0 < old < new.
    """
    if not 0 < old < new <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "sizes")
    level, index = _last_peak(old)
    return (read(level, index), *_siblings(level, index, new, read))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], tree_root: bytes) -> None:
    """Accepts when `path` leads from the leaf hash `leaf` at `index` to `tree_root`; else raises
    `ProofInvalid`.
    """
    if root_above(leaf, index, size, path) != tree_root:
        raise ProofInvalid("PROOF_ROOT", "inclusion")


def root_above(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from the leaf hash `leaf` at `index` of `size` (RFC 9162 §2.1.3.2).

    Raises `ProofInvalid` (PROOF_RANGE, PROOF_LENGTH, PROOF_HASH_SIZE) when there is no such way.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "index or size")
    _check_hashes((leaf, *path))
    turns = tuple(_turns(0, index, size))
    _check_length(path, len(turns))
    value = leaf
    for is_left, sibling in zip(turns, path, strict=True):
        value = node_hash(sibling, value) if is_left else node_hash(value, sibling)
    return value


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Accepts when `path` shows that `old_root` is the root of a prefix of `new_root`'s tree; else
    `ProofInvalid`.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "sizes")
    _check_hashes((old_root, new_root, *path))
    if old in (0, new):
        _check_length(path, 0)
        if old_root != (EMPTY_ROOT if old == 0 else new_root) or (new == 0 and new_root != EMPTY_ROOT):
            raise ProofInvalid("PROOF_ROOT", "consistency")
        return
    whole = _last_peak(old)[1] == 0
    roots = opened_roots(old, new, (old_root, *path) if whole else path)
    if roots != (old_root, new_root):
        raise ProofInvalid("PROOF_ROOT", "consistency")


def opened_roots(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots, of `old` and of `new` leaves, that an `opening` leads to.

    If the second equals a signed root, the first is the only root that its first `old` leaves can have: any
    other would be a SHA-256 collision. Raises `ProofInvalid` when sizes or lengths do not fit.
    """
    if not 0 < old < new <= MAX_SIZE:
        raise ProofInvalid("PROOF_RANGE", "sizes")
    _check_hashes(path)
    level, index = _last_peak(old)
    turns = tuple(_turns(level, index, new))
    _check_length(path, 1 + len(turns))
    old_root = new_root = path[0]
    for is_left, sibling in zip(turns, path[1:], strict=True):
        if is_left:
            # A left sibling lies wholly before the end of the old tree, so both trees hold it.
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
        else:
            new_root = node_hash(new_root, sibling)
    return old_root, new_root


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root recomputed in one pass from all leaf hashes, sharing no code with `append` and `root`.

    A second road to the same answer, for the check before signing: a flipped bit or a wrong line in the first
    road shows here (T22 of the threat model). Memory is one hash per level.
    """
    stack: list[bytes] = []
    for count, value in enumerate(leaf_hashes):
        carry, full = value, count
        while full % 2:
            carry = sha256(b"\x01" + stack.pop() + carry).digest()
            full //= 2
        stack.append(carry)
    if not stack:
        return sha256(b"").digest()
    top = stack.pop()
    while stack:
        top = sha256(b"\x01" + stack.pop() + top).digest()
    return top


def _fold(hashes: list[bytes]) -> bytes:
    """Joins peaks from the right, which is how RFC 9162 splits a ragged tree."""
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value


def _set_bits(size: int) -> Iterator[int]:
    return (bit for bit in range(size.bit_length() - 1, -1, -1) if size >> bit & 1)


def _last_peak(size: int) -> tuple[int, int]:
    """The complete node that ends exactly at the last of `size` leaves."""
    level = (size & -size).bit_length() - 1
    return level, (size >> level) - 1


def _turns(level: int, index: int, size: int) -> Iterator[bool]:
    """One item for each sibling on the way up from a node: True when the sibling stands left of the way."""
    last = (size - 1) >> level
    while last:
        if index & 1:
            yield True
        elif index < last:
            yield False
        index, last = index >> 1, last >> 1


def _siblings(level: int, index: int, size: int, read: Reader) -> Iterator[bytes]:
    last = (size - 1) >> level
    while last:
        if index & 1:
            yield read(level, index - 1)
        elif (index + 2) << level <= size:
            yield read(level, index + 1)
        elif index < last:
            # The sibling is the ragged right edge: fold the peaks that lie in it.
            start = (index + 1) << level
            yield _fold([read(*peak) for peak in peaks(size) if peak[1] << peak[0] >= start])
        index, last, level = index >> 1, last >> 1, level + 1


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofInvalid("PROOF_HASH_SIZE", "32 bytes expected")


def _check_length(path: Sequence[bytes], expected: int) -> None:
    if len(path) != expected:
        raise ProofInvalid("PROOF_LENGTH", f"{len(path)} for {expected}")
