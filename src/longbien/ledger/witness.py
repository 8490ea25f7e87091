"""Witnessing: cosigning another log's heads, and telling growth from a fork.

It knows when two heads of one log can both be true. It never keeps what it saw: the last head that a witness
trusted is an argument, and the caller stores the new one together with its cosignature, in one transaction,
before either leaves the node. What is proven by which fork is said at `Fork`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from longbien.ledger import checkpoint as checkpoints
from longbien.ledger import merkle
from longbien.ledger import note as notes
from longbien.wire import cbor
from longbien.wire.fields import Fields
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longbien.ledger.checkpoint import Checkpoint, LogSigner, LogVerifier
    from longbien.ledger.merkle import Reader

MAX_PATH = 64
"""The longest opening: one starting node and a sibling on each of 63 levels."""


class Weight(StrEnum):
    """How much a fork proves to somebody who trusts neither side."""

    PROVEN = "proven"
    ALLEGED = "alleged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Two signed heads of one log, `older` not larger than `newer`, that were not shown to be consistent.

    `PROVEN`, transferable, a log that keeps its rules can never be blamed so:
    - both heads have one size and different roots; or
    - `opening` leads from the newer root down to the root that its first leaves have, and that is not the
      older root. `ALLEGED`: the sizes differ and there is no such opening. The log failed to show
      consistency, which a bad line or a bad disk can cause too; both heads are kept, and `settle` makes a
      proof of them once the newer tree is readable.
    """

    older: bytes
    newer: bytes
    opening: tuple[bytes, ...] = ()


def cosign(raw: bytes, signer: LogSigner, at: int) -> bytes:
    """Cosignature lines for the checkpoint note `raw`, at `at` ms since the epoch (whole seconds are signed).

    Only for a head that the caller verified and that `advance` accepted. Raises `Malformed`:
    COSIGNATURE_OWN_LOG for the signer's own log, NOTE_…, CHECKPOINT_… for the note, COSIGNATURE_… when the
    signer's lines do not hold.
    """
    head = checkpoints.read(raw)
    if head.origin == signer.log_key.origin:
        raise Malformed("COSIGNATURE_OWN_LOG", head.origin)
    lines = notes.encode_lines(signer.cosign(head.text, at // 1000))
    verify_cosignature(raw, lines, signer.log_key)
    return lines


def verify_cosignature(raw: bytes, cosignature: bytes, witness_key: LogVerifier) -> int:
    """When (ms since the epoch, whole seconds) the witness saw the head in `raw` as the log's largest
    consistent one.

    Raises `Malformed`: NOTE_…, CHECKPOINT_… for note and text, COSIGNATURE_MISSING, COSIGNATURE_EXTRA,
    COSIGNATURE_INVALID, COSIGNATURE_TIME.
    """
    text = notes.parse(raw).text
    return witness_key.verify_cosignature(text, notes.parse_lines(cosignature)) * 1000


def attach(raw: bytes, cosignature: bytes) -> bytes:
    """The note `raw` with the cosignature lines added, once each. Raises `Malformed` (NOTE_…)."""
    note = notes.parse(raw)
    lines = dict.fromkeys((*note.lines, *notes.parse_lines(cosignature)))
    joined = notes.encode(note.text, lines)
    notes.parse(joined)
    return joined


def advance(known: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes]) -> Checkpoint | Fork:
    """What a witness holds after meeting the verified head `new`, when `known` is what it held.

    `proof` is the consistency proof from the smaller to the larger of the two. Returns the larger head, or a
    `Fork` for the caller to keep and show; then `known` stays what the witness trusts. The first head is
    taken as it is.

    Raises `Malformed`: CHECKPOINT_ORIGIN for another log; CHECKPOINT_OLDER when `new` is smaller than `known`
    and `proof` does not place it there (late messages are normal: ask for a proof between these two);
    `ProofInvalid` (PROOF_LENGTH) when a first or equal head comes with a proof.
    """
    if known is not None and known.origin != new.origin:
        raise Malformed("CHECKPOINT_ORIGIN", "another log")
    if known is None or known == new or 0 in (known.size, new.size):
        # A first head, the same head, or growth from an empty tree, which everything extends.
        if proof:
            raise merkle.ProofInvalid("PROOF_LENGTH", "nothing to prove")
        return new if known is None or known.size < new.size else known
    if known.size == new.size:
        return _fork(known, new)
    older, newer = (known, new) if known.size < new.size else (new, known)
    try:
        merkle.verify_consistency(older.size, newer.size, older.root, newer.root, proof)
    except merkle.ProofInvalid as error:
        if new is older:
            raise Malformed("CHECKPOINT_OLDER", f"{new.size} after {known.size}") from error
        return _with_opening(_fork(older, newer), tuple(proof))
    return newer


def settle(fork: Fork, read: Reader) -> Fork:
    """The same fork with an opening made from the newer head's own tree, `read`; proven if that tree differs.

    Raises `ProofInvalid` (PROOF_RANGE) for heads of equal or no size, which need no opening or can have none.
    """
    older, newer = checkpoints.read(fork.older), checkpoints.read(fork.newer)
    return _with_opening(fork, merkle.opening(older.size, newer.size, read))


def verify_fork(fork: Fork, log_key: LogVerifier) -> Weight:
    """How much the fork proves against the log of `log_key`, checked from nothing but the fork itself.

    Raises `Malformed`: NOTE_…, CHECKPOINT_… unless the log signed both heads; FORK_ORDER unless the older
    head is first; FORK_NONE when they are one head or the opening shows that they agree; FORK_OPENING when
    the opening does not belong to the newer head; `ProofInvalid` when its shape is wrong.
    """
    older, newer = checkpoints.verify(fork.older, log_key), checkpoints.verify(fork.newer, log_key)
    if older.size > newer.size:
        raise Malformed("FORK_ORDER", "older head first")
    if older.size == newer.size:
        if fork.opening:
            raise Malformed("FORK_OPENING", "equal sizes need none")
        if older.root == newer.root:
            raise Malformed("FORK_NONE", "one head")
        return Weight.PROVEN
    if older.size == 0:
        raise Malformed("FORK_NONE", "every tree extends the empty one")
    if not fork.opening:
        return Weight.ALLEGED
    opened_old, opened_new = merkle.opened_roots(older.size, newer.size, fork.opening)
    if opened_new != newer.root:
        raise Malformed("FORK_OPENING", "not the newer tree")
    if opened_old == older.root:
        raise Malformed("FORK_NONE", "consistent")
    return Weight.PROVEN


def encode_fork(fork: Fork) -> bytes:
    """The fork as a deterministic CBOR map, to be shown to anyone."""
    return cbor.encode({"newer": fork.newer, "older": fork.older, "opening": fork.opening})


def decode_fork(raw: bytes) -> Fork:
    """Reads a fork; nothing is verified. Raises `Malformed`: CBOR_…, FIELD_…."""
    fields = Fields(cbor.decode(raw), "fork")
    fork = Fork(
        older=fields.bytes("older", max=notes.MAX_NOTE_BYTES),
        newer=fields.bytes("newer", max=notes.MAX_NOTE_BYTES),
        opening=fields.byte_strings("opening", size=merkle.HASH_BYTES, items=MAX_PATH),
    )
    fields.done()
    return fork


def _fork(older: Checkpoint, newer: Checkpoint) -> Fork:
    # Without the signed bytes there is no evidence; verified heads always carry them.
    assert older.note and newer.note
    return Fork(older=older.note, newer=newer.note)


def _with_opening(fork: Fork, opening: tuple[bytes, ...]) -> Fork:
    """Keeps `opening` only if it opens the newer head; a failed proof often does, and then it is the
    evidence.
    """
    older, newer = checkpoints.read(fork.older), checkpoints.read(fork.newer)
    try:
        opened_old, opened_new = merkle.opened_roots(older.size, newer.size, opening)
    except merkle.ProofInvalid:
        return fork
    if opened_new != newer.root or opened_old == older.root:
        return fork
    return Fork(older=fork.older, newer=fork.newer, opening=opening)
