"""A passkey in software: an authenticator for demonstrations, exercises and tests.

What it knows: WebAuthn as an authenticator speaks it (P-256, user verified). What it must never be: a key on a live node;
`WebAuthnCheck` refuses it there, because a file can be copied and a hardware key cannot.
"""

import json
from dataclasses import dataclass
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from longbien.node.passkeys import Assertion

# WebAuthn flags: user present, user verified.
_FLAGS = b"\x05"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftPasskey:
    """One officer's key; `secret` is the P-256 scalar (32 bytes)."""

    credential: bytes
    secret: bytes
    relying_party: str
    origin: str

    @property
    def public_key(self) -> bytes:
        """The key as WebAuthn registers it: a COSE_Key map for ES256."""
        numbers = self._key().public_key().public_numbers()
        x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def sign(self, challenge: bytes, count: int) -> Assertion:
        """The assertion over a challenge; `count` must rise from use to use."""
        client_data = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": bytes_to_base64url(challenge),
                "origin": self.origin,
                "crossOrigin": False,
            }
        ).encode()
        data = sha256(self.relying_party.encode()).digest() + _FLAGS + count.to_bytes(4)
        signature = self._key().sign(data + sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return Assertion(
            credential=self.credential, client_data=client_data, authenticator_data=data, signature=signature
        )

    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self.secret), ec.SECP256R1())
