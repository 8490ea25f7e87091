"""The signature algorithms that suites are made of, over bytes.

Knows how each algorithm writes keys and signatures; must never know what is signed, or which algorithms go
together. Keys are raw bytes in their standards' own forms; parsed public keys are kept in bounded caches,
because one node hears the same few keys for months.
"""

from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from longbien.wire.missing import PrimitiveMissing
from longbien.wire.wellformed import Malformed

# COSE algorithm identifiers: RFC 9864 (fully specified) and RFC 9964 (ML-DSA).
COSE_ED25519: Final = -19
COSE_ESP384: Final = -51
COSE_ML_DSA_44: Final = -48
COSE_ML_DSA_65: Final = -49
COSE_ML_DSA_87: Final = -50

# A node speaks with some 200 parties that have a few keys each; ML-DSA keys take about 10 kB when parsed.
_KEYS_KEPT: Final = 1024

_P384_ORDER: Final = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16
)
_P384_BYTES: Final = 48
_P384_POINT_BYTES: Final = 97

_MLDSAPublic = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
_MLDSAPrivate = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey


class SigningKey(Protocol):
    """A private signature key in memory."""

    @property
    def public(self) -> bytes:
        """The public key in the algorithm's own form."""

    def sign(self, message: bytes) -> bytes:
        """A signature over `message` in the form that COSE writes."""


class Algorithm(Protocol):
    """One signature algorithm.

    `cose` is its COSE identifier; the other attributes are sizes in bytes.
    """

    cose: int
    public_bytes: int
    private_bytes: int
    signature_bytes: int

    def check(self, public: bytes) -> None:
        """Raises `Malformed` KEY_INVALID for bytes that are no public key."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """Raises `Malformed` SIGNATURE_INVALID or KEY_INVALID; silence means valid."""

    def load(self, private: bytes) -> SigningKey:
        """The signing key; raises `Malformed` KEY_INVALID."""


def _sized(key: bytes, size: int, name: str) -> bytes:
    if len(key) != size:
        raise Malformed("KEY_INVALID", f"{name}: {len(key)} bytes")
    return key


# --- Ed25519 (RFC 8032) -------------------------------------------------------------------------------------


class _Ed25519Key:
    def __init__(self, private: bytes) -> None:
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@lru_cache(maxsize=_KEYS_KEPT)
def _ed25519_public(public: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(_sized(public, 32, "Ed25519"))


class Ed25519:
    """Ed25519 (RFC 8032); keys and signatures as 32, 32 and 64 raw bytes."""

    cose = COSE_ED25519
    public_bytes = 32
    private_bytes = 32
    signature_bytes = 64

    def check(self, public: bytes) -> None:
        """See `Algorithm.check`."""
        _ed25519_public(public)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """See `Algorithm.verify`."""
        try:
            _ed25519_public(public).verify(signature, message)
        except InvalidSignature as error:
            raise Malformed("SIGNATURE_INVALID", "Ed25519") from error

    def load(self, private: bytes) -> SigningKey:
        """See `Algorithm.load`."""
        return _Ed25519Key(_sized(private, 32, "Ed25519"))


# --- ECDSA on P-384 with SHA-384 (FIPS 186-5; COSE ESP384) --------------------------------------------------


def ecdsa_signature(r: int, s: int) -> bytes:
    """The 96 bytes that COSE writes for an ECDSA P-384 signature (RFC 9053 §2.1): r, then the lower of s and
    n - s.

    ECDSA has two valid values of s for each r, and anyone can turn one into the other without a key. A
    statement is named by the digest of its bytes, so only the lower is admitted. A hardware signer needs this
    function.
    """
    return r.to_bytes(_P384_BYTES, "big") + min(s, _P384_ORDER - s).to_bytes(_P384_BYTES, "big")


class _ESP384Key:
    def __init__(self, private: bytes) -> None:
        self._key = ec.derive_private_key(_p384_scalar(private), ec.SECP384R1())
        self.public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        return ecdsa_signature(*decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA384()))))


def _p384_scalar(private: bytes) -> int:
    scalar = int.from_bytes(_sized(private, _P384_BYTES, "P-384"), "big")
    if not 0 < scalar < _P384_ORDER:
        raise Malformed("KEY_INVALID", "P-384: scalar outside the group")
    return scalar


@lru_cache(maxsize=_KEYS_KEPT)
def _p384_public(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        # The size admits the uncompressed form only: one key has one form.
        return ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP384R1(), _sized(public, _P384_POINT_BYTES, "P-384")
        )
    except Malformed:
        raise
    except ValueError as error:
        raise Malformed("KEY_INVALID", "P-384: not a point of the curve") from error


class ESP384:
    """ECDSA on P-384 with SHA-384; public keys are uncompressed points (SEC 1), signatures r and low s."""

    cose = COSE_ESP384
    public_bytes = _P384_POINT_BYTES
    private_bytes = _P384_BYTES
    signature_bytes = 2 * _P384_BYTES

    def check(self, public: bytes) -> None:
        """See `Algorithm.check`."""
        _p384_public(public)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """See `Algorithm.verify`; also refuses the higher of the two possible values of s."""
        key = _p384_public(public)
        r, s = (int.from_bytes(half, "big") for half in (signature[:_P384_BYTES], signature[_P384_BYTES:]))
        if len(signature) != self.signature_bytes or not 0 < s <= _P384_ORDER // 2:
            raise Malformed("SIGNATURE_INVALID", "ESP384: form")
        try:
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA384()))
        except InvalidSignature as error:
            raise Malformed("SIGNATURE_INVALID", "ESP384") from error

    def load(self, private: bytes) -> SigningKey:
        """See `Algorithm.load`; `private` is the scalar, 48 bytes, big-endian."""
        return _ESP384Key(private)


# --- ML-DSA (FIPS 204; RFC 9964: pure, hedged, empty context) -----------------------------------------------


class _MLDSAKey:
    def __init__(self, key: _MLDSAPrivate) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@lru_cache(maxsize=_KEYS_KEPT)
def _mldsa_public(kind: type[_MLDSAPublic], public: bytes) -> _MLDSAPublic:
    try:
        return kind.from_public_bytes(public)
    except UnsupportedAlgorithm as error:
        raise PrimitiveMissing("ML_DSA_MISSING") from error


class MLDSA:
    """One parameter set of ML-DSA; the private key is the 32-byte seed (FIPS 204 §5.1, RFC 9964 §4)."""

    private_bytes = 32

    def __init__(
        self,
        cose: int,
        public: type[_MLDSAPublic],
        private: type[_MLDSAPrivate],
        *,
        public_bytes: int,
        signature_bytes: int,
    ) -> None:
        self.cose = cose
        self.public_bytes = public_bytes
        self.signature_bytes = signature_bytes
        self._public = public
        self._private = private

    def check(self, public: bytes) -> None:
        """See `Algorithm.check`. Every string of the right size is an ML-DSA public key."""
        self._parse(public)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """See `Algorithm.verify`."""
        try:
            self._parse(public).verify(signature, message)
        except InvalidSignature as error:
            raise Malformed("SIGNATURE_INVALID", "ML-DSA") from error

    def load(self, private: bytes) -> SigningKey:
        """See `Algorithm.load`."""
        seed = _sized(private, self.private_bytes, "ML-DSA")
        try:
            return _MLDSAKey(self._private.from_seed_bytes(seed))
        except UnsupportedAlgorithm as error:
            raise PrimitiveMissing("ML_DSA_MISSING") from error

    def _parse(self, public: bytes) -> _MLDSAPublic:
        return _mldsa_public(self._public, _sized(public, self.public_bytes, "ML-DSA"))


ML_DSA_44: Final = MLDSA(
    COSE_ML_DSA_44, mldsa.MLDSA44PublicKey, mldsa.MLDSA44PrivateKey, public_bytes=1312, signature_bytes=2420
)
ML_DSA_65: Final = MLDSA(
    COSE_ML_DSA_65, mldsa.MLDSA65PublicKey, mldsa.MLDSA65PrivateKey, public_bytes=1952, signature_bytes=3309
)
ML_DSA_87: Final = MLDSA(
    COSE_ML_DSA_87, mldsa.MLDSA87PublicKey, mldsa.MLDSA87PrivateKey, public_bytes=2592, signature_bytes=4627
)
