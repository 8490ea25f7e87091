"""The paper key: what signs a PDF, and the list of files in a court's file, for programs that know X.509 and nothing else.

Knows one ECDSA key on P-256 and its own certificate. Must never be what anybody trusts by itself: a certificate that
signs itself proves nothing, and what vouches for it is a statement of the node (docs/wire/12-court-file.md).
"""

from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from longbien.keys.faults import KeyFault


class PaperSigner(Protocol):
    """Signs with a paper key, wherever its private half lies."""

    @property
    def certificate(self) -> bytes:
        """The certificate (DER) that belongs to the key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 over the message, as DER; one message has one signature (RFC 6979)."""
        ...


class SoftPaperSigner:
    """A paper key in memory. `private` is PKCS#8 in DER. Raises KeyFault KEY_MISMATCH unless the two belong together."""

    def __init__(self, certificate: bytes, private: bytes) -> None:
        self._certificate = certificate
        try:
            named = x509.load_der_x509_certificate(certificate).public_key()
            key = load_der_private_key(private, None)
        except (ValueError, UnsupportedAlgorithm) as fault:
            raise KeyFault("KEY_MISMATCH", "not a certificate and its key") from fault
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != named:
            raise KeyFault("KEY_MISMATCH", "not a certificate and its key")
        self._key = key

    @property
    def certificate(self) -> bytes:
        """See `PaperSigner.certificate`."""
        return self._certificate

    def sign(self, message: bytes) -> bytes:
        """See `PaperSigner.sign`."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
