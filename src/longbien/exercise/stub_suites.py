"""Signatures and seals of the simulated world: keyed hashes that are a thousand times faster than the real ones.

What it knows: the shapes that the node asks of its cryptography. What it must never be: security. Whoever reads a public key here
can sign with it; that is enough for a world in which nobody forges, and every changed byte is still noticed. The suite has a
number of its own, so nothing made here is ever read by a node outside, and `PRODUCTION` never holds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256

from longbien.keys import Purpose, Wanted
from longbien.keys.keywrap import SoftKeyWrapper, wrapping_kid, wrapping_name
from longbien.keys.material import Held, log_kid
from longbien.ledger import LogKey
from longbien.ledger.logkey import ED25519_PUBLIC_BYTES, MLDSA44_PUBLIC_BYTES
from longbien.ledger.note import ED25519_COSIGNATURE, ED25519_NOTE, SignatureLine, key_id
from longbien.node import Assertion
from longbien.store.desk_rows import CredentialRow
from longbien.wire.cbor import Malformed
from longbien.wire.suites import SealKey, Suites, VerifyKey

STUB_SUITE = 0xFF01
"""From the range that docs/wire leaves to private use."""

# Private-use COSE algorithm numbers (RFC 9053 §10).
_ALGORITHMS = (-65_601, -65_602)
_TAG_BYTES = 32


def _tag(key: bytes, *parts: bytes) -> bytes:
    made = blake2b(key=key[:64], digest_size=_TAG_BYTES)
    for part in parts:
        made.update(part)
    return made.digest()


class StubSuite:
    """A `Suite` whose signatures and seals are keyed hashes under the public key."""

    number = STUB_SUITE
    name = "exercise only: keyed hashes"
    algorithms = _ALGORITHMS
    overhead_bytes = _TAG_BYTES

    def check_verify_key(self, public: tuple[bytes, bytes]) -> None:
        """See `Suite.check_verify_key`."""
        for half in public:
            self.check_seal_key(half)

    def check_seal_key(self, public: bytes) -> None:
        """See `Suite.check_seal_key`."""
        if len(public) != _TAG_BYTES:
            raise Malformed("KEY_INVALID", f"{len(public)} bytes")

    def verify(self, algorithm: int, public: tuple[bytes, bytes], message: bytes, signature: bytes) -> None:
        """See `Suite.verify`."""
        if signature != sign_stub(algorithm, public, message):
            raise Malformed("SIGNATURE_INVALID", str(algorithm))

    def seal(self, public: bytes, info: bytes, plaintext: bytes) -> bytes:
        """See `Suite.seal`; nothing is hidden, but only whoever names the same key and context opens it."""
        return _tag(public, len(info).to_bytes(4), info, plaintext) + plaintext


def sign_stub(algorithm: int, public: tuple[bytes, bytes], message: bytes) -> bytes:
    """The signature by one of the two algorithms; raises `Malformed` ALGORITHM_UNKNOWN."""
    if algorithm not in _ALGORITHMS:
        raise Malformed("ALGORITHM_UNKNOWN", str(algorithm))
    return _tag(public[_ALGORITHMS.index(algorithm)], message)


STUBS = Suites((StubSuite(),))


@dataclass(frozen=True, slots=True)
class StubSigner:
    """A `Signer` of the stub suite."""

    verify_key: VerifyKey

    def sign(self, algorithm: int, message: bytes) -> bytes:
        """See `Signer.sign`."""
        return sign_stub(algorithm, self.verify_key.public, message)


@dataclass(frozen=True, slots=True)
class StubOpenKey:
    """An `OpenKey` of the stub suite."""

    seal_key: SealKey

    def open(self, info: bytes, ciphertext: bytes) -> bytes:
        """See `OpenKey.open`."""
        tag, plaintext = ciphertext[:_TAG_BYTES], ciphertext[_TAG_BYTES:]
        if tag != _tag(self.seal_key.public, len(info).to_bytes(4), info, plaintext):
            raise Malformed("ENVELOPE_TAMPERED")
        return plaintext


@dataclass(frozen=True, slots=True)
class StubLog:
    """A `LogVerifier` and a `LogSigner` in one: its one line covers the text, its cosignature the second and the text."""

    key: LogKey

    @property
    def origin(self) -> str:
        """See `LogVerifier.origin`."""
        return self.key.origin

    @property
    def log_key(self) -> "StubLog":
        """See `LogSigner.log_key`."""
        return self

    def sign_checkpoint(self, text: str) -> Sequence[SignatureLine]:
        """See `LogSigner.sign_checkpoint`."""
        return (self._line(ED25519_NOTE, _tag(self.key.ed25519, text.encode())),)

    def cosign(self, text: str, seconds: int) -> Sequence[SignatureLine]:
        """See `LogSigner.cosign`."""
        stamp = seconds.to_bytes(8, signed=True)
        return (self._line(ED25519_COSIGNATURE, stamp + _tag(self.key.ed25519, stamp, text.encode())),)

    def verify_lines(self, text: str, lines: Sequence[SignatureLine]) -> None:
        """See `LogVerifier.verify_lines`."""
        if tuple(lines) != self.sign_checkpoint(text):
            raise Malformed("CHECKPOINT_SIGNATURE_INVALID", self.origin)

    def verify_cosignature(self, text: str, lines: Sequence[SignatureLine]) -> int:
        """See `LogVerifier.verify_cosignature`."""
        seconds = int.from_bytes(lines[0].signature[:8], signed=True) if lines else 0
        if tuple(lines) != self.cosign(text, seconds):
            raise Malformed("COSIGNATURE_INVALID", self.origin)
        return seconds

    def _line(self, kind: int, signature: bytes) -> SignatureLine:
        named = key_id(self.origin, kind, self.key.ed25519)
        return SignatureLine(name=self.origin, key_id=named, signature=signature)


def stub_maker(seed: bytes) -> Callable[[Wanted], Held]:
    """Makes keys one after the other, the same ones from the same seed: the `Maker` of a `MemoryKeyStore`."""
    made = 0

    def grown(size: int) -> bytes:
        nonlocal made
        made += 1
        return (sha256(seed + made.to_bytes(8)).digest() * (size // 32 + 1))[:size]

    def make(wanted: Wanted) -> Held:
        match wanted.purpose:
            case Purpose.ROOT | Purpose.STATEMENT:
                key = VerifyKey(suite=STUB_SUITE, public=(grown(32), grown(32)))
                return Held(entry=wanted.entry(key.kid, key.public), signer=StubSigner(key))
            case Purpose.SEAL:
                seal_key = SealKey(suite=STUB_SUITE, public=grown(32))
                return Held(
                    entry=wanted.entry(seal_key.kid, (seal_key.public,)), opener=StubOpenKey(seal_key)
                )
            case Purpose.LOG:
                log = LogKey(
                    origin=wanted.label,
                    ed25519=grown(ED25519_PUBLIC_BYTES),
                    mldsa44=grown(MLDSA44_PUBLIC_BYTES),
                )
                return Held(
                    entry=wanted.entry(log_kid(log), (log.ed25519, log.mldsa44)), log_signer=StubLog(log)
                )
            case Purpose.EVIDENCE:
                secret = grown(32)
                named = wanted.entry(wrapping_kid(secret), (wrapping_name(secret),))
                return Held(entry=named, wrapper=SoftKeyWrapper(secret))
            case Purpose.TLS | Purpose.PAPER:
                raise Malformed("KEY_PURPOSE", "the simulated world has no TLS and no paper")

    return make


@dataclass(frozen=True, slots=True, kw_only=True)
class StubPasskey:
    """An officer's passkey of the simulated world."""

    credential: bytes

    @property
    def public_key(self) -> bytes:
        """What is enrolled."""
        return sha256(self.credential).digest()

    def sign(self, challenge: bytes, count: int) -> Assertion:
        """The assertion over a challenge; `count` rises from use to use."""
        data = count.to_bytes(37)
        return Assertion(
            credential=self.credential,
            client_data=challenge,
            authenticator_data=data,
            signature=_tag(self.public_key, challenge, data),
        )


class StubPasskeyCheck:
    """The `PasskeyCheck` for `StubPasskey`."""

    def verify(self, assertion: Assertion, *, challenge: bytes, credential: CredentialRow) -> int:
        """See `PasskeyCheck.verify`."""
        expected = _tag(credential.public_key, challenge, assertion.authenticator_data)
        count = int.from_bytes(assertion.authenticator_data)
        if assertion.signature != expected or count <= credential.sign_count:
            raise Malformed("PASSKEY_INVALID", "stub")
        return count
