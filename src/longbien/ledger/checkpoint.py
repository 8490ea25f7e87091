"""Checkpoints: the head of a log, signed by the log, in the bytes of C2SP tlog-checkpoint v1.

It knows three lines (origin, size, root) and who may vouch for them. It never knows keys themselves: signing
and verifying go through `LogSigner` and `LogVerifier`, so that hardware keys and the keys of a simulated
world fit.

Extension lines are refused: the ML-DSA-44 signature form does not cover them, and a line that only one of two
signatures protects would be protected by neither promise.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from longbien.ledger import note as notes
from longbien.ledger.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longbien.ledger.note import SignatureLine

# A head is read for every receipt under it, and a batch has many.
_NOTES_KEPT = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of the log named `origin`: `size` leaves, root hash `root` (32 bytes).

    `note` are the signed bytes that it was read from, empty for a head that nobody has signed yet; it takes
    no part in equality. Construction raises `Malformed` (NOTE_NAME, CHECKPOINT_SIZE, CHECKPOINT_ROOT).
    """

    origin: str
    size: int
    root: bytes
    note: bytes = field(default=b"", compare=False, repr=False)

    def __post_init__(self) -> None:
        notes.check_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise Malformed("CHECKPOINT_SIZE", "size")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise Malformed("CHECKPOINT_ROOT", "root")

    @property
    def text(self) -> str:
        """The note text: origin, size in decimal, root in base64, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class LogVerifier(Protocol):
    """What is known of a log's keys. The same keys cosign the heads of other logs."""

    @property
    def origin(self) -> str:
        """The name of the log: first line of its checkpoints and name in its signature lines."""
        ...

    def verify_lines(self, text: str, lines: Sequence[SignatureLine]) -> None:
        """Accepts when the log itself signed `text`; lines of other keys are passed over.

        Raises `Malformed`: CHECKPOINT_SIGNATURE_MISSING, CHECKPOINT_SIGNATURE_EXTRA,
        CHECKPOINT_SIGNATURE_INVALID.
        """
        ...

    def verify_cosignature(self, text: str, lines: Sequence[SignatureLine]) -> int:
        """The second (POSIX) at which this log's node cosigned `text`, another log's head.

        Raises `Malformed`: COSIGNATURE_MISSING, COSIGNATURE_EXTRA, COSIGNATURE_INVALID, COSIGNATURE_TIME.
        """
        ...


class LogSigner(Protocol):
    """Whoever holds the log's private keys: memory, a file, or an HSM behind PKCS#11."""

    @property
    def log_key(self) -> LogVerifier:
        """The public side of the same keys."""
        ...

    def sign_checkpoint(self, text: str) -> Sequence[SignatureLine]:
        """The log's own lines for the text of its checkpoint."""
        ...

    def cosign(self, text: str, seconds: int) -> Sequence[SignatureLine]:
        """Cosignature lines for another log's checkpoint text, at a POSIX second of 1 or more."""
        ...


def origin_of(party: str, root_fingerprint: bytes) -> str:
    """The origin of a party's log: "longbien/", its code, "/", eight hex digits of its root fingerprint."""
    return f"longbien/{party}/{root_fingerprint[:4].hex()}"


def sign(checkpoint: Checkpoint, signer: LogSigner) -> bytes:
    """The signed note of `checkpoint`, checked against the signer's public keys before it is handed out.

    Raises `Malformed`: CHECKPOINT_ORIGIN when the signer belongs to another log; the codes of `verify` when
    the signer returned lines that do not hold (a fault of memory or hardware must not leave the node).
    """
    raw = notes.encode(checkpoint.text, signer.sign_checkpoint(checkpoint.text))
    verify(raw, signer.log_key)
    return raw


def verify(raw: bytes, log_key: LogVerifier) -> Checkpoint:
    """The checkpoint in the signed note `raw`, vouched for by every key of `log_key`.

    Raises `Malformed`: NOTE_… for the note, CHECKPOINT_SHAPE, CHECKPOINT_EXTENSION, CHECKPOINT_SIZE,
    CHECKPOINT_ROOT for the text, CHECKPOINT_ORIGIN for another log's head, CHECKPOINT_SIGNATURE_… as in
    `LogVerifier`.
    """
    note = notes.parse(raw)
    checkpoint = read_text(note.text, raw)
    if checkpoint.origin != log_key.origin:
        raise Malformed("CHECKPOINT_ORIGIN", "another log")
    log_key.verify_lines(note.text, note.lines)
    return checkpoint


@lru_cache(maxsize=_NOTES_KEPT)
def read(raw: bytes) -> Checkpoint:
    """The checkpoint in `raw`, nothing verified: a hint, to choose keys or to route. Codes as `verify`."""
    return read_text(notes.parse(raw).text, raw)


def read_text(text: str, raw: bytes = b"") -> Checkpoint:
    """The checkpoint in a note's text; `raw` are the bytes to keep with it. Codes CHECKPOINT_…, NOTE_NAME."""
    rows = text.split("\n")
    if len(rows) < 4 or rows.pop() != "":
        raise Malformed("CHECKPOINT_SHAPE", "three lines expected")
    if len(rows) > 3:
        raise Malformed("CHECKPOINT_EXTENSION", "extension line")
    origin, size, root = rows
    # The length guard comes first: turning an endless row of digits into a number is slow.
    if not (size.isascii() and size.isdigit() and len(size) <= 19) or (size[0] == "0" and size != "0"):
        raise Malformed("CHECKPOINT_SIZE", "decimal")
    return Checkpoint(
        origin=origin, size=int(size), root=notes.decode_base64(root, "CHECKPOINT_ROOT"), note=raw
    )
