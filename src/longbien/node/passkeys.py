"""Passkeys: was this draft approved by the person to whom this key belongs?

What it knows: WebAuthn assertions. What it must never know: what is approved. The challenge of every assertion is the
SHA-256 of the draft, so an approval covers exactly what is sent (promise P9), and user verification is always required:
a stolen key without its PIN or finger approves nothing.
"""

from dataclasses import dataclass
from typing import Protocol

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, AuthenticatorAssertionResponse

from longbien.store.desk_rows import CredentialRow
from longbien.wire import cbor
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What an authenticator answers (WebAuthn Level 3, section 7.2): all bytes as it gave them."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes

    def encode(self) -> bytes:
        """The bytes that the node keeps, and whose digest the act names."""
        return cbor.encode(
            {
                "credential": self.credential,
                "client_data": self.client_data,
                "authenticator_data": self.authenticator_data,
                "signature": self.signature,
            }
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Assertion":
        """The assertion in these bytes; raises `Malformed`."""
        fields = Fields(cbor.decode(raw), "assertion")
        assertion = cls(
            credential=fields.bytes("credential", max=1024, min=1),
            client_data=fields.bytes("client_data", max=8192, min=1),
            authenticator_data=fields.bytes("authenticator_data", max=8192, min=37),
            signature=fields.bytes("signature", max=8192, min=1),
        )
        fields.done()
        return assertion


class PasskeyCheck(Protocol):
    """Who decides whether an assertion holds."""

    def verify(self, assertion: Assertion, *, challenge: bytes, credential: CredentialRow) -> int:
        """The authenticator's new signature counter.

        Raises:
            Malformed: PASSKEY_INVALID, PASSKEY_SOFTWARE.
        """


class WebAuthnCheck:
    """The real check.

    `relying_party` is the node's own name, `origin` the address of its console. `software_allowed` is false on a live
    node: a key that lies in a file is for demonstrations and exercises.
    """

    def __init__(self, *, relying_party: str, origin: str, software_allowed: bool) -> None:
        self._relying_party = relying_party
        self._origin = origin
        self._software_allowed = software_allowed

    def verify(self, assertion: Assertion, *, challenge: bytes, credential: CredentialRow) -> int:
        """See `PasskeyCheck.verify`."""
        if credential.software and not self._software_allowed:
            raise Malformed("PASSKEY_SOFTWARE", "this node takes hardware passkeys only")
        try:
            verified = webauthn.verify_authentication_response(
                credential=AuthenticationCredential(
                    id=bytes_to_base64url(assertion.credential),
                    raw_id=assertion.credential,
                    response=AuthenticatorAssertionResponse(
                        client_data_json=assertion.client_data,
                        authenticator_data=assertion.authenticator_data,
                        signature=assertion.signature,
                    ),
                ),
                expected_challenge=challenge,
                expected_rp_id=self._relying_party,
                expected_origin=self._origin,
                credential_public_key=credential.public_key,
                credential_current_sign_count=credential.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError) as error:
            raise Malformed("PASSKEY_INVALID", type(error).__name__) from error
        return verified.new_sign_count
