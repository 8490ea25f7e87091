"""Signing without meeting: what the holders of a root sign on machines that never see a network, and how it
comes back.

`requests_for` says which bytes each holder signs with which algorithm; each brings back signatures;
`RecordedSigner` stands for the absent holder when the statement is put together. Knows no private keys and
no files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from longbien.keys.faults import KeyFault
from longbien.wire.suites import Signer, VerifyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """The holder of `kid` is asked to sign `message` with the COSE `algorithm`."""

    kid: bytes
    algorithm: int
    message: bytes


class RecordedSigner:
    """A `Signer` that only knows the signatures it was given, by algorithm."""

    def __init__(self, verify_key: VerifyKey, signatures: Mapping[int, bytes]) -> None:
        self._verify_key = verify_key
        self._signatures = dict(signatures)

    @property
    def verify_key(self) -> VerifyKey:
        """The public half of the absent holder."""
        return self._verify_key

    def sign(self, algorithm: int, message: bytes) -> bytes:  # noqa: ARG002 - what was signed shows when it is verified
        """The recorded signature. Raises KeyFault KEY_ABSENT when the holder did not bring one for this
        algorithm.
        """
        if algorithm not in self._signatures:
            raise KeyFault("KEY_ABSENT", f"no signature by {self._verify_key.kid.hex()} with {algorithm}")
        return self._signatures[algorithm]


class _Listener:
    """Stands in for a holder and notes what it would have been asked."""

    def __init__(self, verify_key: VerifyKey, requests: list[SigningRequest]) -> None:
        self._verify_key = verify_key
        self._requests = requests

    @property
    def verify_key(self) -> VerifyKey:
        return self._verify_key

    def sign(self, algorithm: int, message: bytes) -> bytes:
        self._requests.append(SigningRequest(kid=self._verify_key.kid, algorithm=algorithm, message=message))
        return b"\x00"


def requests_for(
    holders: Sequence[VerifyKey], sign: Callable[[Sequence[Signer]], bytes]
) -> tuple[SigningRequest, ...]:
    """What `holders` must sign so that `sign` makes its statement, e.g. `lambda s: sign_root(root, s)`.

    All holders must be named before the first one signs, because each signature covers the list of signers.
    """
    requests: list[SigningRequest] = []
    sign([_Listener(key, requests) for key in holders])
    return tuple(requests)


def answer(request: SigningRequest, signer: Signer) -> bytes:
    """The holder's signature for a request. Raises KeyFault KEY_MISMATCH for a request that asks somebody
    else.
    """
    if signer.verify_key.kid != request.kid:
        raise KeyFault("KEY_MISMATCH", request.kid.hex())
    return signer.sign(request.algorithm, request.message)
