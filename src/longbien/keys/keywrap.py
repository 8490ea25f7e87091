"""The wrapping key: what the keys of sealed evidence are kept under, so that no database holds one in the clear.

Knows one AES-256 key. Must never know what the wrapped bytes open. Destroying a row of wrapped bytes destroys what they
wrapped; destroying the wrapping key destroys everything under it at once.
"""

import hmac
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from longbien.keys.faults import KeyFault
from longbien.wire.suites import KID_BYTES

NONCE_BYTES: Final = 12
_NAME: Final = b"longbien/1/wrapping-key"


class KeyWrapper(Protocol):
    """Wraps short secrets, wherever the wrapping key lies."""

    def wrap(self, secret: bytes, *, bound_to: bytes, nonce: bytes) -> bytes:
        """The secret under the wrapping key; it comes back only for the same `bound_to`. `nonce`: 12 bytes, never twice."""
        ...

    def unwrap(self, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """The secret again. Raises KeyFault KEY_WRAP: other bytes, another key, or bound to something else."""
        ...


class SoftKeyWrapper:
    """A wrapping key in memory: 32 bytes, AES-256-GCM."""

    def __init__(self, private: bytes) -> None:
        self._cipher = AESGCM(private)

    def wrap(self, secret: bytes, *, bound_to: bytes, nonce: bytes) -> bytes:
        """See `KeyWrapper.wrap`."""
        return nonce + self._cipher.encrypt(nonce, secret, bound_to)

    def unwrap(self, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """See `KeyWrapper.unwrap`."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError) as fault:
            raise KeyFault("KEY_WRAP", bound_to.hex()) from fault


def wrapping_name(private: bytes) -> bytes:
    """The long name of a wrapping key, 32 bytes that say nothing about it; the first 16 are its kid."""
    return hmac.digest(private, _NAME, "sha256")


def wrapping_kid(private: bytes) -> bytes:
    """The name of a wrapping key in a store."""
    return wrapping_name(private)[:KID_BYTES]
