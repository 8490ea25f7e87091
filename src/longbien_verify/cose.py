"""Signed statements: `COSE_Sign` with every signature of the suite required (docs/wire/02-statement.md)."""

from dataclasses import dataclass
from typing import Any

from longbien_verify.cbor import Unreadable, decode, encode_bytes, encode_text, encode_value
from longbien_verify.proof import SUITES, Fails, check_signature, sha256

PREFIX, SUFFIX = "application/vnd.longbien.", "+cbor"

Keys = dict[bytes, tuple[int, tuple[bytes, bytes]]]
"""kid -> (suite, public keys)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement whose structure was read; `verified_by` says whether its signatures hold."""

    kind: str
    issuer: str
    audience: tuple[str, ...]
    subject: bytes
    suite: int
    signers: tuple[bytes, ...]
    descriptor: bytes
    payload: bytes
    protected: bytes
    signatures: tuple[tuple[bytes, int, bytes, bytes], ...]
    digest: bytes


def kid_of(suite: int, public: tuple[bytes, bytes]) -> bytes:
    """The name of a statement key."""
    return sha256(encode_value([suite, *public]))[:16]


def read(raw: bytes) -> Statement:
    """The statement in the bytes; raises `Fails` STATEMENT_UNREADABLE."""
    try:
        protected, unprotected, payload, signatures = decode(raw)
        heading = decode(protected)
        if set(heading) != {2, 15, 16, "suite", "signers", "descriptor"} or unprotected != {}:
            raise Unreadable("heading")
        if heading[2] != ["suite", "signers", "descriptor"] or set(heading[15]) != {1, 2, 3}:
            raise Unreadable("heading")
        typ = heading[16]
        if not typ.startswith(PREFIX) or not typ.endswith(SUFFIX):
            raise Unreadable("typ")
        return Statement(
            kind=typ[len(PREFIX) : -len(SUFFIX)],
            issuer=heading[15][1],
            audience=tuple(heading[15][3]),
            subject=bytes.fromhex(heading[15][2]),
            suite=heading["suite"],
            signers=tuple(heading["signers"]),
            descriptor=heading["descriptor"],
            payload=payload,
            protected=protected,
            signatures=tuple(_signature(item) for item in signatures),
            digest=sha256(raw),
        )
    except (Unreadable, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Fails("STATEMENT_UNREADABLE", str(error)) from error


def _signature(item: Any) -> tuple[bytes, int, bytes, bytes]:  # noqa: ANN401 - CBOR is untyped
    protected, unprotected, value = item
    header = decode(protected)
    if unprotected != {} or set(header) != {1, 4} or not isinstance(value, bytes):
        raise Unreadable("signature")
    return protected, header[1], header[4], value


def verify(statement: Statement, keys: Keys, where: str) -> None:
    """Each signer is one of `keys` and signed with both algorithms of the suite, in order, and nobody else did."""
    algorithms = SUITES.get(statement.suite)
    if algorithms is None:
        raise Fails("SUITE_UNKNOWN", where)
    due = [(kid, algorithm) for kid in statement.signers for algorithm in algorithms]
    if not due or due != [(kid, algorithm) for _, algorithm, kid, _ in statement.signatures]:
        raise Fails("SIGNATURES_INCOMPLETE", where)
    for own, algorithm, kid, value in statement.signatures:
        if kid not in keys or keys[kid][0] != statement.suite:
            raise Fails("SIGNER_UNKNOWN", where)
        message = b"\x85" + encode_text("Signature") + encode_bytes(statement.protected)
        message += encode_bytes(own) + encode_bytes(b"") + encode_bytes(statement.payload)
        check_signature(algorithm, keys[kid][1][algorithms.index(algorithm)], message, value, where)
