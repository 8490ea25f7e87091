"""The closed registry of suites, and the keys that belong to one.

Knows which algorithms go together under which number; must never know who owns a key or what it may
authorise. A suite is a number in a signed header; nothing is negotiated in a message (P15). The functions of
this room take a `Suites`, so that a simulated world can bring a suite of its own; `PRODUCTION` never holds
such a suite.

| suite | signatures, both must verify | HPKE |
|---|---|---|
| 1 | Ed25519 and ML-DSA-65 | X-Wing (0x647A), HKDF-SHA256, AES-256-GCM |
| 2 | ECDSA P-384 / SHA-384 and ML-DSA-87 | MLKEM1024-P384, HKDF-SHA384, AES-256-GCM |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from longbien.wire.cbor import digest, encode
from longbien.wire.sealing import MLKEM1024_P384, SEED_BYTES, X_WING, Sealing
from longbien.wire.signatures import ESP384, ML_DSA_65, ML_DSA_87, Algorithm, Ed25519
from longbien.wire.wellformed import Malformed

KID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyKey:
    """A public statement key: one key for each of the two algorithms of its suite.

    `kid` names it: the first 16 bytes of SHA-256 over the deterministic CBOR of [suite, public[0],
    public[1]].
    """

    suite: int
    public: tuple[bytes, bytes]
    kid: bytes = field(init=False)

    def __post_init__(self) -> None:
        kid = digest(encode([self.suite, *self.public]))[:KID_BYTES]
        object.__setattr__(self, "kid", kid)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """A public encryption key.

    `kid` names it: the first 16 bytes of SHA-256 over the deterministic CBOR of [suite, public].
    """

    suite: int
    public: bytes
    kid: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kid", digest(encode([self.suite, self.public]))[:KID_BYTES])


class Signer(Protocol):
    """Whoever can sign with both private halves of a statement key: memory, a sealed file, PKCS#11."""

    @property
    def verify_key(self) -> VerifyKey:
        """The public half."""

    def sign(self, algorithm: int, message: bytes) -> bytes:
        """A signature by the COSE `algorithm`, which is one of the suite's two, in the form that COSE writes.

        An ECDSA signature is 96 bytes with the lower s: see `longbien.wire.signatures.ecdsa_signature`.
        """


class OpenKey(Protocol):
    """Whoever can open what was sealed for a key."""

    @property
    def seal_key(self) -> SealKey:
        """The public half."""

    def open(self, info: bytes, ciphertext: bytes) -> bytes:
        """The plaintext.

        Raises `Malformed`: ENVELOPE_TAMPERED when it does not authenticate, ENVELOPE_NOT_FOR_US when the key
        has been destroyed meanwhile.
        """


class Suite(Protocol):
    """A number and the algorithms behind it.

    `algorithms` are the two COSE identifiers in the order in which signatures stand in a statement.
    `overhead_bytes` is by how much sealed bytes exceed their plaintext.
    """

    @property
    def number(self) -> int:
        """The number on the wire."""

    @property
    def name(self) -> str:
        """The name for people."""

    @property
    def algorithms(self) -> tuple[int, int]:
        """COSE identifiers."""

    @property
    def overhead_bytes(self) -> int:
        """Size of the encapsulated key and the tag."""

    def check_verify_key(self, public: tuple[bytes, bytes]) -> None:
        """Raises `Malformed` KEY_INVALID unless both are public keys of the suite's algorithms."""

    def check_seal_key(self, public: bytes) -> None:
        """Raises `Malformed` KEY_INVALID unless it is a public key of the suite's KEM."""

    def verify(self, algorithm: int, public: tuple[bytes, bytes], message: bytes, signature: bytes) -> None:
        """One signature by one of the two algorithms, against a `VerifyKey.public`.

        Raises `Malformed`: SIGNATURE_INVALID, KEY_INVALID, ALGORITHM_UNKNOWN. Silence means valid.
        """

    def seal(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        """Sealed bytes for a `SealKey.public`; raises `Malformed` KEY_INVALID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridSuite:
    """A suite of a classical and a post-quantum signature algorithm and a hybrid KEM."""

    number: int
    name: str
    signatures: tuple[Algorithm, Algorithm]
    sealing: Sealing

    @property
    def algorithms(self) -> tuple[int, int]:
        """COSE identifiers, the classical one first."""
        return self.signatures[0].cose, self.signatures[1].cose

    @property
    def overhead_bytes(self) -> int:
        """Size of the encapsulated key and the tag."""
        return self.sealing.overhead_bytes

    @property
    def signing_private_bytes(self) -> tuple[int, int]:
        """Sizes of the two private halves that `SoftSigner` takes."""
        return self.signatures[0].private_bytes, self.signatures[1].private_bytes

    @property
    def opening_private_bytes(self) -> int:
        """Size of the seed that `SoftOpenKey` takes."""
        return SEED_BYTES

    def index(self, algorithm: int) -> int:
        """0 for the suite's first algorithm, 1 for its second; raises `Malformed` ALGORITHM_UNKNOWN."""
        if algorithm not in self.algorithms:
            raise Malformed("ALGORITHM_UNKNOWN", f"{algorithm} is not of suite {self.number}")
        return self.algorithms.index(algorithm)

    def check_verify_key(self, public: tuple[bytes, bytes]) -> None:
        """See `Suite.check_verify_key`."""
        for algorithm, key in zip(self.signatures, public, strict=True):
            algorithm.check(key)

    def check_seal_key(self, public: bytes) -> None:
        """See `Suite.check_seal_key`."""
        self.sealing.check(public)

    def verify(self, algorithm: int, public: tuple[bytes, bytes], message: bytes, signature: bytes) -> None:
        """See `Suite.verify`."""
        index = self.index(algorithm)
        self.signatures[index].verify(public[index], message, signature)

    def seal(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        """See `Suite.seal`."""
        return self.sealing.seal(public, info, plaintext)


class Suites:
    """A registry: suites by number."""

    __slots__ = ("_suites",)

    def __init__(self, suites: Iterable[Suite]) -> None:
        self._suites = {suite.number: suite for suite in suites}

    def get(self, number: int) -> Suite:
        """The suite of that number; raises `Malformed` SUITE_UNKNOWN."""
        if number not in self._suites:
            raise Malformed("SUITE_UNKNOWN", str(number))
        return self._suites[number]

    def __contains__(self, number: object) -> bool:
        return number in self._suites

    def __iter__(self) -> Iterator[Suite]:
        return iter(self._suites.values())

    def __len__(self) -> int:
        return len(self._suites)


SUITE_1: Final = HybridSuite(
    number=1, name="Ed25519 + ML-DSA-65, X-Wing", signatures=(Ed25519(), ML_DSA_65), sealing=X_WING
)
SUITE_2: Final = HybridSuite(
    number=2,
    name="P-384 + ML-DSA-87, ML-KEM-1024 + P-384",
    signatures=(ESP384(), ML_DSA_87),
    sealing=MLKEM1024_P384,
)
PRODUCTION: Final = Suites((SUITE_1, SUITE_2))

_HYBRID: Final = {suite.number: suite for suite in (SUITE_1, SUITE_2)}


def _hybrid(number: int) -> HybridSuite:
    if number not in _HYBRID:
        raise Malformed("SUITE_UNKNOWN", str(number))
    return _HYBRID[number]


class SoftSigner:
    """A `Signer` whose private halves lie in memory.

    `private` holds the two private keys in their raw forms: for suite 1 two seeds of 32 bytes, for suite 2
    the P-384 scalar (48 bytes, big-endian) and a seed of 32 bytes. Raises `Malformed`: SUITE_UNKNOWN,
    KEY_INVALID.
    """

    __slots__ = ("_keys", "_suite", "_verify_key")

    def __init__(self, suite: int, private: tuple[bytes, bytes]) -> None:
        self._suite = _hybrid(suite)
        first, second = self._suite.signatures
        self._keys = (first.load(private[0]), second.load(private[1]))
        self._verify_key = VerifyKey(suite=suite, public=(self._keys[0].public, self._keys[1].public))

    @property
    def verify_key(self) -> VerifyKey:
        """See `Signer.verify_key`."""
        return self._verify_key

    def sign(self, algorithm: int, message: bytes) -> bytes:
        """See `Signer.sign`; raises `Malformed` ALGORITHM_UNKNOWN for an algorithm of another suite."""
        return self._keys[self._suite.index(algorithm)].sign(message)


class SoftOpenKey:
    """An `OpenKey` in memory, grown from a 32-byte seed; raises `Malformed`: SUITE_UNKNOWN, KEY_INVALID."""

    __slots__ = ("_key", "_seal_key")

    def __init__(self, suite: int, private: bytes) -> None:
        self._key = _hybrid(suite).sealing.load(private)
        self._seal_key = SealKey(suite=suite, public=self._key.public)

    @property
    def seal_key(self) -> SealKey:
        """See `OpenKey.seal_key`."""
        return self._seal_key

    def open(self, info: bytes, ciphertext: bytes) -> bytes:
        """See `OpenKey.open`."""
        return self._key.open(info, ciphertext)
