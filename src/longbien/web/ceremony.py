"""Passkeys in a browser: what an authenticator is asked, and whether its answer holds (WebAuthn Level 3, §7).

What it knows: challenges and answers. What it must never know: sessions, or what an approval is about: there the challenge is the
digest of the draft, and the desk checks it. A challenge of this module proves by itself when and for what it was made, so asking
costs the store nothing; it is answered once.
"""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from longbien.node import Assertion
from longbien.node.ports import Entropy, Now
from longbien.store.desk_rows import CredentialRow, OfficerRow
from longbien.wire.cbor import Malformed

LASTS_MS: Final = 10 * 60_000
ANSWER_BYTES_MAX: Final = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What an authenticator made; `device_bound`: it says that the key can never leave it."""

    credential: bytes
    public_key: bytes
    sign_count: int
    device_bound: bool


class Ceremonies:
    """What one process asks of authenticators."""

    def __init__(self, *, relying_party: str, origin: str, name: str, now: Now, entropy: Entropy) -> None:
        self.relying_party = relying_party
        self._origin = origin
        self._name = name
        self._now = now
        self._entropy = entropy
        self._key = entropy(32)
        self._answered: dict[bytes, int] = {}

    def ask_new(self, officer: OfficerRow, known: list[bytes]) -> str:
        """The options (JSON) with which a browser makes a passkey for this person."""
        options = webauthn.generate_registration_options(
            rp_id=self.relying_party,
            rp_name=self._name,
            user_id=officer.person,
            user_name=officer.name,
            challenge=self._challenge(b"enrol" + officer.person),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=item) for item in known],
        )
        return webauthn.options_to_json(options)

    def made(self, officer: OfficerRow, answer: str) -> NewPasskey:
        """The passkey that the answer proves; raises `Malformed` PASSKEY_INVALID, CEREMONY_OLD."""
        challenge = self._take(_client_challenge(answer), b"enrol" + officer.person)
        try:
            verified = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.relying_party,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise Malformed("PASSKEY_INVALID", type(error).__name__) from error
        return NewPasskey(
            credential=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            device_bound=verified.credential_device_type is CredentialDeviceType.SINGLE_DEVICE,
        )

    def ask_known(self) -> str:
        """The options with which a browser signs in, whoever it is."""
        return self.options(self._challenge(b"enter"), [])

    def options(self, challenge: bytes, keys: list[CredentialRow]) -> str:
        """The options with which one of these passkeys signs a challenge; with none, any that the person picks."""
        options = webauthn.generate_authentication_options(
            rp_id=self.relying_party,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=key.id) for key in keys],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    def entered(self, answer: str) -> tuple[Assertion, bytes]:
        """The assertion of a sign-in, and the challenge that it is over; raises `Malformed` PASSKEY_INVALID, CEREMONY_OLD."""
        challenge = self._take(_client_challenge(answer), b"enter")
        return read_assertion(answer), challenge

    def _challenge(self, purpose: bytes) -> bytes:
        stamp = self._entropy(16) + self._now().to_bytes(8)
        return stamp + self._proof(stamp, purpose)

    def _take(self, challenge: bytes, purpose: bytes) -> bytes:
        """The challenge, if it was made here, for this, not long ago, and not answered before."""
        now = self._now()
        stamp, proof = challenge[:24], challenge[24:]
        if len(challenge) != 56 or not hmac.compare_digest(proof, self._proof(stamp, purpose)):
            raise Malformed("CEREMONY_OLD", "challenge")
        made = int.from_bytes(stamp[16:])
        self._answered = {key: at for key, at in self._answered.items() if now - at < LASTS_MS}
        if not 0 <= now - made < LASTS_MS or challenge in self._answered:
            raise Malformed("CEREMONY_OLD", "challenge")
        self._answered[challenge] = made
        return challenge

    def _proof(self, stamp: bytes, purpose: bytes) -> bytes:
        return hmac.digest(self._key, stamp + purpose, sha256)


def read_assertion(answer: str) -> Assertion:
    """The assertion in what a browser sent (JSON of PublicKeyCredential); raises `Malformed` PASSKEY_INVALID."""
    found = _object(answer)
    response = found.get("response")
    try:
        assert isinstance(response, dict)
        return Assertion(
            credential=base64url_to_bytes(found["rawId"]),
            client_data=base64url_to_bytes(response["clientDataJSON"]),
            authenticator_data=base64url_to_bytes(response["authenticatorData"]),
            signature=base64url_to_bytes(response["signature"]),
        )
    except (AssertionError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("PASSKEY_INVALID", "answer") from error


def _client_challenge(answer: str) -> bytes:
    response = _object(answer).get("response")
    try:
        assert isinstance(response, dict)
        client = _object(base64url_to_bytes(response["clientDataJSON"]).decode())
        return base64url_to_bytes(client["challenge"])
    except (AssertionError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("PASSKEY_INVALID", "answer") from error


def _object(text: str) -> dict[str, Any]:
    if len(text) > ANSWER_BYTES_MAX:
        raise Malformed("PASSKEY_INVALID", "size")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("PASSKEY_INVALID", "answer") from error
    if not isinstance(found, dict):
        raise Malformed("PASSKEY_INVALID", "answer")
    return found


def credential_name(credential: bytes) -> str:
    """How a passkey is called on a page: the beginning of its identifier."""
    return bytes_to_base64url(credential)[:8]
