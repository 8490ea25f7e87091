"""The two keys of a log, Ed25519 and ML-DSA-44, and the exact messages that they sign.

It knows the signature forms of C2SP signed-note (type 0x01) and tlog-cosignature (types 0x04 and 0x06). It
never keeps a secret longer than the signer object that it was given to, and never decides whether a head
deserves a signature.

A head is vouched for by both keys or by neither: one broken algorithm forges nothing. One pair of keys serves
for the node's own log and for cosigning others'. No message of one kind can be read as another: a checkpoint
text has a number in its second line, a cosigned text begins with "cosignature/v1" and has "time …" there, a
`subtree/v1` message names both signer and log, and a COSE structure begins with a byte that no text begins
with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from longbien.ledger.checkpoint import read_text
from longbien.ledger.note import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MLDSA44_COSIGNATURE,
    SignatureLine,
    check_name,
    key_id,
    vkey,
)
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ED25519_PUBLIC_BYTES = 32
MLDSA44_PUBLIC_BYTES = 1312
ED25519_SIGNATURE_BYTES = 64
MLDSA44_SIGNATURE_BYTES = 2420
TIMESTAMP_BYTES = 8
MAX_SECONDS = 2**63 - 1

COSE_ED25519 = -19
COSE_MLDSA44 = -48

NO_TIME = 0
"""The timestamp in a log's own ML-DSA-44 line: the log states what its head is, not when. Times are in its
leaves.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """Public keys of a log: 32 bytes Ed25519, 1,312 bytes ML-DSA-44. A `LogVerifier`.

    Construction raises `Malformed` (NOTE_NAME, LOG_KEY_SIZE).
    """

    origin: str
    ed25519: bytes = field(repr=False)
    mldsa44: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_name(self.origin)
        if (len(self.ed25519), len(self.mldsa44)) != (ED25519_PUBLIC_BYTES, MLDSA44_PUBLIC_BYTES):
            raise Malformed("LOG_KEY_SIZE", "public key")

    @property
    def vkeys(self) -> tuple[str, str, str]:
        """The verifier keys for other C2SP tools: note signature, Ed25519 cosignature, ML-DSA-44
        (co)signature.
        """
        return (
            vkey(self.origin, ED25519_NOTE, self.ed25519),
            vkey(self.origin, ED25519_COSIGNATURE, self.ed25519),
            vkey(self.origin, MLDSA44_COSIGNATURE, self.mldsa44),
        )

    def verify_lines(self, text: str, lines: Sequence[SignatureLine]) -> None:
        """See `LogVerifier.verify_lines`: exactly one line of each key, and both hold."""
        family = "CHECKPOINT_SIGNATURE"
        classic = _only(lines, self.origin, key_id(self.origin, ED25519_NOTE, self.ed25519), family)
        lattice = _only(lines, self.origin, key_id(self.origin, MLDSA44_COSIGNATURE, self.mldsa44), family)
        seconds, signature = _timed(lattice, family)
        if seconds != NO_TIME:
            raise Malformed(f"{family}_INVALID", "timestamp in the log's own line")
        _verify_ed25519(self.ed25519, classic, text.encode(), family)
        _verify_mldsa44(self.mldsa44, signature, subtree_message(self.origin, NO_TIME, text), family)

    def verify_cosignature(self, text: str, lines: Sequence[SignatureLine]) -> int:
        """See `LogVerifier.verify_cosignature`: both lines hold and name the same second."""
        family = "COSIGNATURE"
        classic = _only(lines, self.origin, key_id(self.origin, ED25519_COSIGNATURE, self.ed25519), family)
        lattice = _only(lines, self.origin, key_id(self.origin, MLDSA44_COSIGNATURE, self.mldsa44), family)
        seconds, first = _timed(classic, family)
        also, second = _timed(lattice, family)
        if seconds != also or not 0 < seconds <= MAX_SECONDS:
            raise Malformed("COSIGNATURE_TIME", "timestamps")
        _verify_ed25519(self.ed25519, first, cosigned_text(seconds, text), family)
        _verify_mldsa44(self.mldsa44, second, subtree_message(self.origin, seconds, text), family)
        return seconds

    def verify_root(self, algorithm: int, message: bytes, signature: bytes) -> None:
        """Checks a COSE signature by one of the two keys (-19 Ed25519, -48 ML-DSA-44).

        Raises `Malformed`: COSE_ALGORITHM for another number, COSE_SIGNATURE_INVALID.
        """
        if algorithm == COSE_ED25519:
            _verify_ed25519(self.ed25519, signature, message, "COSE_SIGNATURE")
        elif algorithm == COSE_MLDSA44:
            _verify_mldsa44(self.mldsa44, signature, message, "COSE_SIGNATURE")
        else:
            raise Malformed("COSE_ALGORITHM", str(algorithm))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLogSigner:
    """A `LogSigner` made of two raw signing functions, wherever the keys live (an HSM, for instance)."""

    log_key: LogKey
    ed25519: Callable[[bytes], bytes] = field(repr=False)
    mldsa44: Callable[[bytes], bytes] = field(repr=False)

    def sign_checkpoint(self, text: str) -> tuple[SignatureLine, SignatureLine]:
        """See `LogSigner.sign_checkpoint`: Ed25519 over the text, ML-DSA-44 over the subtree message without
        time.
        """
        origin = self.log_key.origin
        return (
            self._line(ED25519_NOTE, self.ed25519(text.encode())),
            self._line(
                MLDSA44_COSIGNATURE, _stamp(NO_TIME) + self.mldsa44(subtree_message(origin, NO_TIME, text))
            ),
        )

    def cosign(self, text: str, seconds: int) -> tuple[SignatureLine, SignatureLine]:
        """See `LogSigner.cosign`."""
        assert 0 < seconds <= MAX_SECONDS
        message = subtree_message(self.log_key.origin, seconds, text)
        return (
            self._line(ED25519_COSIGNATURE, _stamp(seconds) + self.ed25519(cosigned_text(seconds, text))),
            self._line(MLDSA44_COSIGNATURE, _stamp(seconds) + self.mldsa44(message)),
        )

    def sign_root(self, algorithm: int, message: bytes) -> bytes:
        """A COSE signature by one of the two keys; the counterpart of `LogKey.verify_root`."""
        return {COSE_ED25519: self.ed25519, COSE_MLDSA44: self.mldsa44}[algorithm](message)

    def _line(self, kind: int, signature: bytes) -> SignatureLine:
        key = self.log_key
        public = key.mldsa44 if kind == MLDSA44_COSIGNATURE else key.ed25519
        return SignatureLine(name=key.origin, key_id=key_id(key.origin, kind, public), signature=signature)


class SoftLogSigner(PairLogSigner):
    """A `LogSigner` whose keys are in memory, from two 32-byte seeds."""

    __slots__ = ()

    def __init__(self, *, origin: str, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        classic = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        lattice = MLDSA44PrivateKey.from_seed_bytes(mldsa44_seed)
        super().__init__(
            log_key=LogKey(
                origin=origin,
                ed25519=classic.public_key().public_bytes_raw(),
                mldsa44=lattice.public_key().public_bytes_raw(),
            ),
            ed25519=classic.sign,
            mldsa44=lattice.sign,
        )


def cosigned_text(seconds: int, text: str) -> bytes:
    """What an Ed25519 cosignature (type 0x04) covers: two header lines, then the whole checkpoint text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def subtree_message(signer: str, seconds: int, text: str) -> bytes:
    """What an ML-DSA-44 line (type 0x06) covers: signer, second, and the tree [0, size) of the checkpoint
    text.
    """
    head = read_text(text)
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _short(signer),
            _stamp(seconds),
            _short(head.origin),
            _stamp(0),
            _stamp(head.size),
            head.root,
        )
    )


def _stamp(number: int) -> bytes:
    return number.to_bytes(TIMESTAMP_BYTES)


def _short(name: str) -> bytes:
    data = name.encode()
    return bytes([len(data)]) + data


def _only(lines: Sequence[SignatureLine], name: str, wanted: bytes, family: str) -> bytes:
    found = [line.signature for line in lines if line.name == name and line.key_id == wanted]
    if not found:
        raise Malformed(f"{family}_MISSING", name)
    if len(found) > 1:
        raise Malformed(f"{family}_EXTRA", name)
    return found[0]


def _timed(signature: bytes, family: str) -> tuple[int, bytes]:
    """Splits timestamp and signature; the length of the latter is checked with the signature itself."""
    if len(signature) <= TIMESTAMP_BYTES:
        raise Malformed(f"{family}_INVALID", "too short")
    return int.from_bytes(signature[:TIMESTAMP_BYTES]), signature[TIMESTAMP_BYTES:]


def _verify_ed25519(public: bytes, signature: bytes, message: bytes, family: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Malformed(f"{family}_INVALID", "Ed25519") from error


def _verify_mldsa44(public: bytes, signature: bytes, message: bytes, family: str) -> None:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Malformed(f"{family}_INVALID", "ML-DSA-44") from error
