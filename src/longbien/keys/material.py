"""What a key store holds: descriptions of keys, which anyone on the node may see, and private halves, which
stay inside.

Knows purposes, windows and how a private half becomes something that signs or opens. Knows no files and no
randomness. Private bytes never appear in a `repr`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key

from longbien.keys.faults import KeyFault
from longbien.keys.keywrap import KeyWrapper, SoftKeyWrapper, wrapping_kid
from longbien.keys.papersign import PaperSigner, SoftPaperSigner
from longbien.ledger import LogKey, LogSigner, SoftLogSigner
from longbien.wire import cbor
from longbien.wire.suites import KID_BYTES, OpenKey, SealKey, Signer, SoftOpenKey, SoftSigner, VerifyKey


class Purpose(StrEnum):
    """What a key may be used for. One key has one purpose."""

    ROOT = "root"
    STATEMENT = "statement"
    SEAL = "seal"
    LOG = "log"
    TLS = "tls"
    PAPER = "paper"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A key to be made. `suite` is 0 for log, TLS, paper and evidence keys, whose algorithms are fixed.

    `label` is the origin of a log key, the host names of a TLS key (separated by blanks), the name in the
    certificate of a paper key, and free otherwise. `made_at`, `since` and `until` are ms.
    """

    purpose: Purpose
    suite: int
    label: str
    made_at: int
    since: int
    until: int

    def entry(self, kid: bytes, public: tuple[bytes, ...]) -> "KeyEntry":
        """The key as a store lists it once it is made."""
        return KeyEntry(
            purpose=self.purpose,
            kid=kid,
            suite=self.suite,
            public=public,
            label=self.label,
            made_at=self.made_at,
            since=self.since,
            until=self.until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """A key that a store holds, without its private half. Fields as in `Wanted`.

    `public` has two halves for root, statement and log keys (Ed25519, ML-DSA-44), one for a seal key, and
    the certificate (DER) for a TLS or paper key, the long name for an evidence key, which wraps. `kid` is the key's name on the wire where it has one; `log_kid`,
    `certificate_kid` and `wrapping_kid` say what it is for the others.
    """

    purpose: Purpose
    kid: bytes
    suite: int
    public: tuple[bytes, ...]
    label: str
    made_at: int
    since: int
    until: int

    @property
    def verify_key(self) -> VerifyKey:
        """The public key of a root or statement key. Raises KeyFault KEY_PURPOSE."""
        self.require(Purpose.ROOT, Purpose.STATEMENT)
        return VerifyKey(suite=self.suite, public=(self.public[0], self.public[1]))

    @property
    def seal_key(self) -> SealKey:
        """The public key of a seal key. Raises KeyFault KEY_PURPOSE."""
        self.require(Purpose.SEAL)
        return SealKey(suite=self.suite, public=self.public[0])

    @property
    def log_key(self) -> LogKey:
        """The public key of a log key. Raises KeyFault KEY_PURPOSE."""
        self.require(Purpose.LOG)
        return LogKey(origin=self.label, ed25519=self.public[0], mldsa44=self.public[1])

    @property
    def certificate(self) -> bytes:
        """The certificate (DER) of a TLS or paper key. Raises KeyFault KEY_PURPOSE."""
        self.require(Purpose.TLS, Purpose.PAPER)
        return self.public[0]

    def require(self, *purposes: Purpose) -> None:
        """Raises KeyFault KEY_PURPOSE unless the key has one of these purposes."""
        if self.purpose not in purposes:
            raise KeyFault("KEY_PURPOSE", f"{self.kid.hex()} is a {self.purpose} key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A key with its private half, in the raw forms of `SoftSigner`, `SoftOpenKey`, `SoftLogSigner`; PKCS#8
    for TLS and paper, 32 bytes for evidence.
    """

    entry: KeyEntry
    private: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A key that is ready for use: exactly the one member that its purpose calls for."""

    entry: KeyEntry
    signer: Signer | None = field(default=None, repr=False)
    opener: OpenKey | None = field(default=None, repr=False)
    log_signer: LogSigner | None = field(default=None, repr=False)
    tls_private: bytes | None = field(default=None, repr=False)
    paper_signer: PaperSigner | None = field(default=None, repr=False)
    wrapper: KeyWrapper | None = field(default=None, repr=False)


Maker = Callable[[Wanted], Held]


def held(material: Material) -> Held:
    """Makes a key usable. Raises KeyFault KEY_MISMATCH when the private half does not belong to the
    description.
    """
    entry, private = material.entry, material.private
    if entry.purpose in {Purpose.ROOT, Purpose.STATEMENT}:
        signer = SoftSigner(entry.suite, (private[0], private[1]))
        _check_belongs(entry, signer.verify_key.kid)
        return Held(entry=entry, signer=signer)
    if entry.purpose is Purpose.SEAL:
        opener = SoftOpenKey(entry.suite, private[0])
        _check_belongs(entry, opener.seal_key.kid)
        return Held(entry=entry, opener=opener)
    if entry.purpose is Purpose.LOG:
        log_signer = SoftLogSigner(origin=entry.label, ed25519_seed=private[0], mldsa44_seed=private[1])
        _check_belongs(entry, log_kid(log_signer.log_key))
        return Held(entry=entry, log_signer=log_signer)
    if entry.purpose is Purpose.EVIDENCE:
        _check_belongs(entry, wrapping_kid(private[0]))
        return Held(entry=entry, wrapper=SoftKeyWrapper(private[0]))
    _check_belongs(entry, certificate_kid(entry.certificate))
    if entry.purpose is Purpose.PAPER:
        return Held(entry=entry, paper_signer=SoftPaperSigner(entry.certificate, private[0]))
    _check_tls_pair(entry, private[0])
    return Held(entry=entry, tls_private=private[0])


def log_kid(key: LogKey) -> bytes:
    """The name of a log key in a store: 16 bytes of SHA-256 over the deterministic CBOR of [origin,
    ed25519, mldsa44].
    """
    return cbor.digest(cbor.encode([key.origin, key.ed25519, key.mldsa44]))[:KID_BYTES]


def certificate_kid(certificate: bytes) -> bytes:
    """The name of a TLS or paper key in a store: the first 16 bytes of the certificate's SHA-256."""
    return cbor.digest(certificate)[:KID_BYTES]


def _check_tls_pair(entry: KeyEntry, private: bytes) -> None:
    try:
        named = x509.load_der_x509_certificate(entry.certificate).public_key()
        paired = load_der_private_key(private, None).public_key()
    except ValueError as fault:
        raise KeyFault("KEY_MISMATCH", f"{entry.kid.hex()}: not a certificate and its key") from fault
    if named != paired:
        raise KeyFault("KEY_MISMATCH", entry.kid.hex())


def _check_belongs(entry: KeyEntry, kid: bytes) -> None:
    if kid != entry.kid:
        raise KeyFault("KEY_MISMATCH", entry.kid.hex())
