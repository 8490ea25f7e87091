"""Statements: what a court sees of an act, a descriptor or any other thing that a party says and signs.

A statement is a `COSE_Sign` (RFC 9052 §4.1, untagged) in deterministic CBOR whose signatures must all verify.
Knows the headings, the signatures and their order; must never know what a payload means, nor who is entitled
to say it: `verify` proves only that the named keys signed these bytes.

Laws:

1. `parse` trusts nothing and either returns a `Statement` or raises `Malformed`.
2. A statement has exactly one signature by each algorithm of its suite for each of its signers, in order.
   Taking one away, adding, swapping or replacing one leaves no statement (P15).
3. Bytes are kept: `raw` is what was signed, stored and shown, and is never written anew.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from longbien.wire.cbor import Value, decode, digest, encode
from longbien.wire.fields import Fields, checked_bytes
from longbien.wire.suites import KID_BYTES, PRODUCTION, Signer, Suites, VerifyKey
from longbien.wire.wellformed import Malformed

# 960 KiB: a statement, its receipt and the parcel around them fit into the largest envelope (1 MiB).
STATEMENT_BYTES_MAX: Final = 960 * 1024
# The largest descriptor that a threshold signs needs five; the rest is room.
SIGNERS_MAX: Final = 16
# The United Nations have 193 members; organisations are parties too.
AUDIENCE_MAX: Final = 512
# The longest signature of the suites is ML-DSA-87's with 4627 bytes.
SIGNATURE_BYTES_MAX: Final = 8192
DESCRIPTOR_BYTES: Final = 32
SUBJECT_BYTES: Final = 16
EXTERNAL_AAD: Final = b""

# Some 200 parties with one or two statement keys each.
_HEADERS_KEPT: Final = 1024

# The audience of a statement that is meant for everybody, such as a descriptor.
EVERYONE: Final = "ALL"

PARTY: Final = re.compile(r"[A-Z][A-Z0-9-]{1,15}")
KIND: Final = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
KIND_CHARACTERS_MAX: Final = 48
PARTY_CHARACTERS_MAX: Final = 16

_TYPE: Final = re.compile(r"application/vnd\.longbien\.(?P<kind>[a-z0-9.-]{1,48})\+cbor")
_TYPE_CHARACTERS_MAX: Final = 96
_SUBJECT: Final = re.compile(r"(?:[0-9a-f]{32})?")

# Header labels: RFC 9052 §3.1, RFC 9597 (CWT claims) and RFC 9596 (typ); claim labels: RFC 8392 §4.
_ALG, _CRIT, _KID, _CLAIMS, _TYP = 1, 2, 4, 15, 16
_ISS, _SUB, _AUD = 1, 2, 3
_PRIVATE_LABELS: Final = ("suite", "signers", "descriptor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature as it stands in a statement; `protected` is its header, in the bytes that were signed."""

    protected: bytes
    algorithm: int
    kid: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A parsed statement; nothing in it is trusted before `verify`.

    `issuer` and `audience` are parties; `subject` is the identifier of an exchange (16 bytes) or empty;
    `signers` are kids; `descriptor` is the digest of the issuer's descriptor in use, or empty; `digest` is
    SHA-256 of `raw`.
    """

    kind: str
    suite: int
    issuer: str
    audience: tuple[str, ...]
    subject: bytes
    signers: tuple[bytes, ...]
    descriptor: bytes
    payload: bytes
    protected: bytes
    signatures: tuple[Signature, ...]
    digest: bytes
    raw: bytes


def make(
    payload: bytes,
    *,
    kind: str,
    issuer: str,
    audience: Sequence[str],
    subject: bytes,
    descriptor: bytes,
    signers: Sequence[Signer],
    suites: Suites = PRODUCTION,
) -> bytes:
    """The bytes of a statement, as `sign` makes it."""
    return sign(
        payload,
        kind=kind,
        issuer=issuer,
        audience=audience,
        subject=subject,
        descriptor=descriptor,
        signers=signers,
        suites=suites,
    ).raw


def sign(
    payload: bytes,
    *,
    kind: str,
    issuer: str,
    audience: Sequence[str],
    subject: bytes,
    descriptor: bytes,
    signers: Sequence[Signer],
    suites: Suites = PRODUCTION,
) -> Statement:
    """A statement, signed by every signer with every algorithm of their common suite; what `parse` gives for its bytes.

    Raises `Malformed` for whatever `parse` would refuse, and SUITE_UNKNOWN, SUITE_MISMATCH (signers of two
    suites).
    """
    checked_bytes(payload, "statement.payload")
    if not signers:
        raise Malformed("FIELD_RANGE", "statement.signers")
    keys = tuple(signer.verify_key for signer in signers)
    suite = suites.get(keys[0].suite)
    if any(key.suite != suite.number for key in keys):
        raise Malformed("SUITE_MISMATCH", "signers of two suites")
    protected = encode(
        {
            _CRIT: _PRIVATE_LABELS,
            _CLAIMS: {_ISS: issuer, _SUB: subject.hex(), _AUD: tuple(audience)},
            _TYP: f"application/vnd.longbien.{kind}+cbor",
            "suite": suite.number,
            "signers": [key.kid for key in keys],
            "descriptor": descriptor,
        }
    )
    # The heading is read back before anything is signed: a statement that nobody would accept is never made.
    heading = _heading(protected)
    signatures: list[Signature] = []
    for signer, key in zip(signers, keys, strict=True):
        for algorithm in suite.algorithms:
            own = _own_header(algorithm, key.kid)
            value = signer.sign(algorithm, to_be_signed(protected, own, payload))
            checked_bytes(value, "signature.value", min=1, max=SIGNATURE_BYTES_MAX)
            signatures.append(Signature(protected=own, algorithm=algorithm, kid=key.kid, value=value))
    frames: list[Value] = [[item.protected, {}, item.value] for item in signatures]
    raw = encode([protected, {}, payload, frames], limit=STATEMENT_BYTES_MAX)
    return _statement(heading, protected, payload, tuple(signatures), raw)


def parse(raw: bytes) -> Statement:
    """The statement that the bytes are, by structure alone.

    Raises `Malformed`: every code of `cbor.decode` and `fields.Fields`; COSE_STRUCTURE, COSE_HEADER
    (unprotected or unexpected headers), COSE_TYPE (typ).
    """
    # (1) size and deterministic form
    body = decode(raw, limit=STATEMENT_BYTES_MAX)
    # (2) the frame of COSE_Sign: four members, nothing unprotected
    protected, payload, rest = _frame(body, "statement")
    if not isinstance(rest, list) or len(rest) > 2 * SIGNERS_MAX:
        raise Malformed("COSE_STRUCTURE", "statement.signatures")
    # (3) the protected heading
    heading = _heading(protected)
    # (4) each signature's own frame and header
    signatures = tuple(_signature(member) for member in rest)
    return _statement(heading, protected, payload, signatures, raw)


def verify(statement: Statement, keys: Mapping[bytes, VerifyKey], suites: Suites) -> None:
    """Silence means: each of `statement.signers` is one of `keys` and signed with all algorithms of the
    suite.

    `keys` are those that the caller accepts for this issuer, by kid; which ones, and whether the suite is
    high enough for the issuer's floor, the caller decides.

    Raises `Malformed`: SUITE_UNKNOWN, SIGNER_UNKNOWN, SUITE_MISMATCH, SIGNATURE_MISSING, SIGNATURE_EXTRA,
    SIGNATURE_ORDER, SIGNATURE_INVALID, KEY_INVALID.
    """
    # (1) the suite is one of ours
    suite = suites.get(statement.suite)
    # (2) every signer is known, and (3) its key is of the same suite
    for kid in statement.signers:
        if kid not in keys or keys[kid].kid != kid:
            raise Malformed("SIGNER_UNKNOWN", kid.hex())
        if keys[kid].suite != suite.number:
            raise Malformed("SUITE_MISMATCH", kid.hex())
    # (4) the signatures are exactly those that the suite and the signers ask for
    _check_complete(statement, suite.algorithms)
    # (5) all of them verify
    for signature in statement.signatures:
        message = to_be_signed(statement.protected, signature.protected, statement.payload)
        suite.verify(signature.algorithm, keys[signature.kid].public, message, signature.value)


def to_be_signed(protected: bytes, sign_protected: bytes, payload: bytes) -> bytes:
    """`Sig_structure` of RFC 9052 §4.4 for one signature: the bytes that an algorithm signs."""
    return encode(
        ["Signature", protected, sign_protected, EXTERNAL_AAD, payload], limit=STATEMENT_BYTES_MAX + 256
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    kind: str
    suite: int
    issuer: str
    audience: tuple[str, ...]
    subject: bytes
    signers: tuple[bytes, ...]
    descriptor: bytes


def _statement(
    heading: _Heading, protected: bytes, payload: bytes, signatures: tuple[Signature, ...], raw: bytes
) -> Statement:
    return Statement(
        kind=heading.kind,
        suite=heading.suite,
        issuer=heading.issuer,
        audience=heading.audience,
        subject=heading.subject,
        signers=heading.signers,
        descriptor=heading.descriptor,
        payload=payload,
        protected=protected,
        signatures=signatures,
        digest=digest(raw),
        raw=raw,
    )


def _frame(value: Value, place: str) -> tuple[bytes, bytes, Value]:
    """Protected header, third member and fourth member of a COSE array whose unprotected header is empty."""
    if not isinstance(value, list) or len(value) not in {3, 4}:
        raise Malformed("COSE_STRUCTURE", place)
    protected, unprotected, content = value[:3]
    if not isinstance(protected, bytes) or not isinstance(content, bytes):
        raise Malformed("COSE_STRUCTURE", place)
    if unprotected != {}:
        raise Malformed("COSE_HEADER", f"{place}: unprotected")
    return protected, content, value[3] if len(value) == 4 else None


def _heading(protected: bytes) -> _Heading:
    fields = Fields(decode(protected), "statement")
    if fields.texts(_CRIT, max=16, items=8) != _PRIVATE_LABELS:
        raise Malformed("COSE_HEADER", "statement.crit")
    claims = fields.map(_CLAIMS)
    issuer = claims.text(_ISS, max=PARTY_CHARACTERS_MAX, form=PARTY)
    subject = claims.text(_SUB, min=0, max=2 * SUBJECT_BYTES, form=_SUBJECT)
    audience = claims.texts(_AUD, max=PARTY_CHARACTERS_MAX, items=AUDIENCE_MAX, min_items=1, form=PARTY)
    claims.done()
    typ = _TYPE.fullmatch(fields.text(_TYP, max=_TYPE_CHARACTERS_MAX))
    if typ is None or KIND.fullmatch(typ["kind"]) is None:
        raise Malformed("COSE_TYPE", "statement.typ")
    suite = fields.int("suite")
    signers = fields.byte_strings("signers", size=KID_BYTES, items=SIGNERS_MAX, min_items=1)
    descriptor = fields.bytes("descriptor", max=DESCRIPTOR_BYTES)
    fields.done()
    if len(descriptor) not in {0, DESCRIPTOR_BYTES}:
        raise Malformed("FIELD_RANGE", "statement.descriptor")
    if len(set(audience)) != len(audience):
        raise Malformed("FIELD_RANGE", "statement.audience: a party twice")
    if len(set(signers)) != len(signers):
        raise Malformed("FIELD_RANGE", "statement.signers: a key twice")
    return _Heading(
        kind=typ["kind"],
        suite=suite,
        issuer=issuer,
        audience=audience,
        subject=bytes.fromhex(subject),
        signers=signers,
        descriptor=descriptor,
    )


def _signature(value: Value) -> Signature:
    protected, signature, more = _frame(value, "signature")
    if more is not None or not isinstance(value, list) or len(value) != 3:
        raise Malformed("COSE_STRUCTURE", "signature")
    algorithm, kid = _signature_header(protected)
    checked_bytes(signature, "signature.value", min=1, max=SIGNATURE_BYTES_MAX)
    return Signature(protected=protected, algorithm=algorithm, kid=kid, value=signature)


@lru_cache(maxsize=_HEADERS_KEPT)
def _own_header(algorithm: int, kid: bytes) -> bytes:
    """The header of every signature that a key makes by an algorithm."""
    return encode({_ALG: algorithm, _KID: kid})


@lru_cache(maxsize=_HEADERS_KEPT)
def _signature_header(protected: bytes) -> tuple[int, bytes]:
    """Algorithm and key: a key has two such headers for as long as it lives."""
    fields = Fields(decode(protected), "signature")
    algorithm = fields.int(_ALG, min=-(1 << 31), max=(1 << 31) - 1)
    kid = fields.bytes(_KID, size=KID_BYTES)
    fields.done()
    return algorithm, kid


def _check_complete(statement: Statement, algorithms: tuple[int, int]) -> None:
    due = [(kid, algorithm) for kid in statement.signers for algorithm in algorithms]
    present = [(signature.kid, signature.algorithm) for signature in statement.signatures]
    if present == due:
        return
    if not set(due) <= set(present):
        raise Malformed("SIGNATURE_MISSING", f"{len(present)} signatures, {len(due)} due")
    if len(present) > len(due):
        raise Malformed("SIGNATURE_EXTRA", f"{len(present)} signatures, {len(due)} due")
    raise Malformed("SIGNATURE_ORDER", "the signatures are not in the order of signers and suite")
