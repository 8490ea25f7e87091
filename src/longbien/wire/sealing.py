"""The key encapsulations that suites seal with: HPKE (RFC 9180), base mode, single shot.

Knows how hybrid keys are written and expanded; must never know what is sealed. Public keys are the
post-quantum part followed by the classical part; private keys are one 32-byte seed. Parsed public keys are
kept in bounded caches.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from longbien.wire.missing import PrimitiveMissing
from longbien.wire.wellformed import Malformed

SEED_BYTES: Final = 32

# Of the 96 or 112 bytes that a seed expands to, the first 64 are the ML-KEM seed (d and z of FIPS 203).
_MLKEM_SEED_BYTES: Final = 64
_MLKEM_768_BYTES: Final = 1184
_MLKEM_1024_BYTES: Final = 1568
_X25519_BYTES: Final = 32
_P384_SCALAR_BYTES: Final = 48
_P384_POINT_BYTES: Final = 97
_TAG_BYTES: Final = 16

# Encryption keys change weekly; some 200 parties have one or two that are in use.
_KEYS_KEPT: Final = 512

_Public = hpke.MLKEM768X25519PublicKey | hpke.MLKEM1024P384PublicKey
_Private = hpke.MLKEM768X25519PrivateKey | hpke.MLKEM1024P384PrivateKey


class Opener(Protocol):
    """A private sealing key in memory."""

    @property
    def public(self) -> bytes:
        """The public key."""

    def open(self, info: bytes, ciphertext: bytes) -> bytes:
        """The plaintext; raises `Malformed` ENVELOPE_TAMPERED."""


class Sealing:
    """One HPKE suite over a hybrid KEM.

    `public_bytes` is the size of a public key, `overhead_bytes` by how much a ciphertext exceeds its
    plaintext (encapsulated key and authentication tag).
    """

    def __init__(
        self,
        suite: hpke.Suite,
        *,
        public: Callable[[bytes], _Public],
        private: Callable[[bytes], tuple[_Private, bytes]],
        public_bytes: int,
        encapsulated_bytes: int,
    ) -> None:
        self.public_bytes = public_bytes
        self.overhead_bytes = encapsulated_bytes + _TAG_BYTES
        self._suite = suite
        self._public = lru_cache(maxsize=_KEYS_KEPT)(public)
        self._private = private

    def check(self, public: bytes) -> None:
        """Raises `Malformed` KEY_INVALID for bytes that are no public key of this KEM."""
        self._parse(public)

    def seal(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        """Encapsulated key followed by ciphertext, bound to `info`; raises `Malformed` KEY_INVALID."""
        key = self._parse(public)
        try:
            return self._suite.encrypt(plaintext, key, info=info)
        except ValueError as error:
            # The X25519 half is a point of small order, with which no secret can be shared (RFC 7748 §6.1).
            raise Malformed("KEY_INVALID", "no shared secret") from error

    def load(self, seed: bytes) -> Opener:
        """The private key that grows from a 32-byte seed; raises `Malformed` KEY_INVALID."""
        if len(seed) != SEED_BYTES:
            raise Malformed("KEY_INVALID", f"seed: {len(seed)} bytes")
        try:
            key, public = self._private(seed)
        except UnsupportedAlgorithm as error:
            raise PrimitiveMissing("ML_KEM_MISSING") from error
        return _Opener(self._suite, key, public)

    def _parse(self, public: bytes) -> _Public:
        if len(public) != self.public_bytes:
            raise Malformed("KEY_INVALID", f"sealing key: {len(public)} bytes")
        try:
            return self._public(public)
        except UnsupportedAlgorithm as error:
            raise PrimitiveMissing("ML_KEM_MISSING") from error
        except ValueError as error:
            raise Malformed("KEY_INVALID", "sealing key") from error


class _Opener:
    def __init__(self, suite: hpke.Suite, key: _Private, public: bytes) -> None:
        self._suite = suite
        self._key = key
        self.public = public

    def open(self, info: bytes, ciphertext: bytes) -> bytes:
        try:
            return self._suite.decrypt(ciphertext, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise Malformed("ENVELOPE_TAMPERED") from error


def _x_wing_public(public: bytes) -> _Public:
    return hpke.MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_768_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(public[_MLKEM_768_BYTES:]),
    )


def _x_wing_private(seed: bytes) -> tuple[_Private, bytes]:
    # expandDecapsulationKey of X-Wing: SHAKE-256 to 96 bytes.
    grown = hashlib.shake_256(seed).digest(_MLKEM_SEED_BYTES + _X25519_BYTES)
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(grown[:_MLKEM_SEED_BYTES])
    curve = x25519.X25519PrivateKey.from_private_bytes(grown[_MLKEM_SEED_BYTES:])
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    return hpke.MLKEM768X25519PrivateKey(lattice, curve), public


def _mlkem1024_p384_public(public: bytes) -> _Public:
    return hpke.MLKEM1024P384PublicKey(
        mlkem.MLKEM1024PublicKey.from_public_bytes(public[:_MLKEM_1024_BYTES]),
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), public[_MLKEM_1024_BYTES:]),
    )


def _mlkem1024_p384_private(seed: bytes) -> tuple[_Private, bytes]:
    # The same expansion as X-Wing's; a scalar outside the group (one seed in 2^190) is a ValueError of the
    # library.
    grown = hashlib.shake_256(seed).digest(_MLKEM_SEED_BYTES + _P384_SCALAR_BYTES)
    lattice = mlkem.MLKEM1024PrivateKey.from_seed_bytes(grown[:_MLKEM_SEED_BYTES])
    curve = ec.derive_private_key(int.from_bytes(grown[_MLKEM_SEED_BYTES:], "big"), ec.SECP384R1())
    point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hpke.MLKEM1024P384PrivateKey(lattice, curve), lattice.public_key().public_bytes_raw() + point


X_WING: Final = Sealing(
    hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    public=_x_wing_public,
    private=_x_wing_private,
    public_bytes=_MLKEM_768_BYTES + _X25519_BYTES,
    encapsulated_bytes=1120,
)

MLKEM1024_P384: Final = Sealing(
    hpke.Suite(hpke.KEM.MLKEM1024_P384, hpke.KDF.HKDF_SHA384, hpke.AEAD.AES_256_GCM),
    public=_mlkem1024_p384_public,
    private=_mlkem1024_p384_private,
    public_bytes=_MLKEM_1024_BYTES + _P384_POINT_BYTES,
    encapsulated_bytes=1665,
)
