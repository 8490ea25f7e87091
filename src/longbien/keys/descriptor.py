"""The descriptor: what a State's root says in public about the State's node.

Knows the record, its bytes, and what must hold inside one descriptor. What must hold between two (nothing
older, no second truth, no lower floor) is `directory`. Never sees private keys or a clock.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from longbien.keys.forms import DIGEST_SIZE, LAST_INSTANT, MAX_SUITE, NOTHING_BEFORE, PARTY_FORM, PARTY_LENGTH
from longbien.keys.lifetimes import DESCRIPTOR_LONGEST
from longbien.keys.listing import (
    MAX_ORIGIN,
    Revocation,
    StatementKey,
    read_revocation,
    read_statement_key,
    revocation_value,
    statement_key_value,
)
from longbien.keys.office import Office, office_value, read_office
from longbien.ledger import LogKey
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed, Value
from longbien.wire.fields import INT_MAX, Fields
from longbien.wire.statement import EVERYONE, Statement
from longbien.wire.suites import PRODUCTION, Signer, Suites

KIND = "descriptor"
MODES = ("live", "exercise", "demo")
Declaration = str | int | bool | tuple[str, ...]

ENDPOINT_FORM = re.compile(r"[a-z][a-z0-9+.-]{0,15}://[!-~]{1,240}")
CODE_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._():-]{0,63}")
MAX_CERTIFICATE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """A node as others may know it. Times are milliseconds since the epoch, UTC.

    `floor` is the lowest suite in which the party still takes and gives signatures and seals; `suites` are
    those that it offers, ascending. `tls` are the SHA-256 digests of `certificates` (DER), in the same order,
    more than one while an old certificate gives way to a new one. `previous` is the digest of the previous
    descriptor's statement, or 32 zero bytes for version 1. `declarations` are what the State has declared
    under a treaty, by code; `reservations` the codes of its reservations.
    """

    party: str
    name: str
    version: int
    root_version: int
    issued_at: int
    expires_at: int
    floor: int
    suites: tuple[int, ...]
    endpoints: tuple[str, ...]
    tls: tuple[bytes, ...]
    certificates: tuple[bytes, ...]
    offices: tuple[Office, ...]
    statement_keys: tuple[StatementKey, ...]
    log_key: LogKey
    revoked: tuple[Revocation, ...]
    reservations: tuple[str, ...]
    declarations: Mapping[str, Declaration]
    mode: str
    previous: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDescriptor:
    """A descriptor as it came: the record, the statement around it, the statement's digest. Not yet
    verified.
    """

    descriptor: Descriptor
    statement: Statement
    digest: bytes


def encode_descriptor(descriptor: Descriptor) -> bytes:
    """The payload bytes of a descriptor. Raises Malformed as `decode_descriptor`, so nothing unsound gets
    signed.
    """
    payload = cbor.encode(
        {
            "kind": KIND,
            "party": descriptor.party,
            "name": descriptor.name,
            "version": descriptor.version,
            "root_version": descriptor.root_version,
            "issued_at": descriptor.issued_at,
            "expires_at": descriptor.expires_at,
            "floor": descriptor.floor,
            "suites": descriptor.suites,
            "endpoints": descriptor.endpoints,
            "tls": descriptor.tls,
            "certificates": descriptor.certificates,
            "offices": [office_value(office) for office in descriptor.offices],
            "statement_keys": [statement_key_value(listed) for listed in descriptor.statement_keys],
            "log_key": {
                "origin": descriptor.log_key.origin,
                "ed25519": descriptor.log_key.ed25519,
                "mldsa44": descriptor.log_key.mldsa44,
            },
            "revoked": [revocation_value(revocation) for revocation in descriptor.revoked],
            "reservations": descriptor.reservations,
            "declarations": descriptor.declarations,
            "mode": descriptor.mode,
            "previous": descriptor.previous,
        }
    )
    decode_descriptor(payload)
    return payload


def decode_descriptor(payload: bytes) -> Descriptor:
    """The descriptor in `payload`.

    Raises Malformed: the codes of `wire.cbor` and `wire.fields`; KEY_WINDOW, KEY_TOO_LONG, KEY_TWICE,
    KEY_BELOW_FLOOR, LOG_KEY_SIZE, NOTE_NAME, DESCRIPTOR_TOO_LONG (over 397 days), DESCRIPTOR_SUITES,
    DESCRIPTOR_CERTIFICATE, DESCRIPTOR_OFFICE, DESCRIPTOR_LOG, DESCRIPTOR_MODE, DESCRIPTOR_PREVIOUS.
    """
    fields = Fields(cbor.decode(payload), KIND)
    if fields.text("kind", max=32) != KIND:
        raise Malformed("FIELD_RANGE", "descriptor.kind")
    descriptor = Descriptor(
        party=fields.text("party", max=PARTY_LENGTH, form=PARTY_FORM),
        name=fields.text("name", max=200),
        version=fields.int("version", min=1),
        root_version=fields.int("root_version", min=1),
        issued_at=fields.int("issued_at", max=LAST_INSTANT),
        expires_at=fields.int("expires_at", max=LAST_INSTANT),
        floor=fields.int("floor", max=MAX_SUITE),
        suites=_read_suites(fields),
        endpoints=fields.texts("endpoints", max=256, items=8, form=ENDPOINT_FORM),
        tls=fields.byte_strings("tls", size=DIGEST_SIZE, items=8),
        certificates=fields.byte_strings("certificates", max=MAX_CERTIFICATE, items=8),
        offices=tuple(read_office(item) for item in fields.maps("offices", min=1, max=256)),
        statement_keys=tuple(
            read_statement_key(item) for item in fields.maps("statement_keys", min=1, max=16)
        ),
        log_key=_read_log_key(fields.map("log_key")),
        revoked=tuple(read_revocation(item) for item in fields.maps("revoked", max=64)),
        reservations=fields.texts("reservations", max=64, items=256, form=CODE_FORM),
        declarations=_read_declarations(fields.value("declarations")),
        mode=fields.text("mode", max=16),
        previous=fields.bytes("previous", size=DIGEST_SIZE),
    )
    fields.done()
    _check_times(descriptor)
    _check_keys(descriptor)
    _check_place(descriptor)
    return descriptor


def sign_descriptor(
    descriptor: Descriptor, signers: Sequence[Signer], *, suites: Suites = PRODUCTION
) -> bytes:
    """The statement of a descriptor, signed by a threshold of the root keys of `root_version`."""
    return statement.make(
        encode_descriptor(descriptor),
        kind=KIND,
        issuer=descriptor.party,
        audience=(EVERYONE,),
        subject=b"",
        descriptor=b"",
        signers=signers,
        suites=suites,
    )


def open_descriptor(signed: Statement) -> SignedDescriptor:
    """Reads the record of a parsed statement and binds the two together; verifies no signature.

    Raises Malformed: as `decode_descriptor`, and DESCRIPTOR_STATEMENT when the statement's header says
    something else.
    """
    descriptor = decode_descriptor(signed.payload)
    headers = (signed.kind, signed.issuer, signed.audience, signed.subject, signed.descriptor)
    if headers != (KIND, descriptor.party, (EVERYONE,), b"", b""):
        raise Malformed("DESCRIPTOR_STATEMENT", "header and record disagree")
    return SignedDescriptor(descriptor=descriptor, statement=signed, digest=signed.digest)


def office_roles(descriptor: Descriptor, office: str) -> tuple[str, ...]:
    """The roles of the office with that id; empty when the descriptor has no such office."""
    return next((entry.roles for entry in descriptor.offices if entry.id == office), ())


def _check_times(descriptor: Descriptor) -> None:
    if not 0 < descriptor.expires_at - descriptor.issued_at <= DESCRIPTOR_LONGEST:
        raise Malformed("DESCRIPTOR_TOO_LONG", "expires_at")
    if (descriptor.version == 1) != (descriptor.previous == NOTHING_BEFORE):
        raise Malformed("DESCRIPTOR_PREVIOUS", "previous")


def _check_keys(descriptor: Descriptor) -> None:
    kids = [listed.key.kid for listed in descriptor.statement_keys]
    gone = [revocation.kid for revocation in descriptor.revoked]
    if len(set(kids)) != len(kids) or len(set(gone)) != len(gone):
        raise Malformed("KEY_TWICE", "statement_keys or revoked")
    # Keys whose time is over stay listed for those who verify history, also below a floor that has risen
    # since.
    for listed in descriptor.statement_keys:
        if listed.until > descriptor.issued_at and listed.key.suite not in descriptor.suites:
            raise Malformed("KEY_BELOW_FLOOR", f"suite {listed.key.suite}")


def _check_place(descriptor: Descriptor) -> None:
    if tuple(cbor.digest(der) for der in descriptor.certificates) != descriptor.tls:
        raise Malformed("DESCRIPTOR_CERTIFICATE", "tls are not the digests of certificates")
    if len({office.id for office in descriptor.offices}) != len(descriptor.offices):
        raise Malformed("DESCRIPTOR_OFFICE", "one id twice")
    if not descriptor.log_key.origin.startswith(f"longbien/{descriptor.party}/"):
        raise Malformed("DESCRIPTOR_LOG", "origin of another party")
    if descriptor.mode not in MODES:
        raise Malformed("DESCRIPTOR_MODE", "mode")
    if descriptor.mode == "live" and any(office.illustrative for office in descriptor.offices):
        raise Malformed("DESCRIPTOR_MODE", "an illustrative office in a live descriptor")


def _read_suites(fields: Fields) -> tuple[int, ...]:
    numbers = []
    for item in fields.array("suites", min=1, max=16):
        if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item <= MAX_SUITE:
            raise Malformed("FIELD_TYPE", "descriptor.suites")
        numbers.append(item)
    floor = fields.int("floor", max=MAX_SUITE)
    if numbers != sorted(set(numbers)) or numbers[0] < floor:
        raise Malformed("DESCRIPTOR_SUITES", "not ascending, or below the floor")
    return tuple(numbers)


def _read_log_key(fields: Fields) -> LogKey:
    key = LogKey(
        origin=fields.text("origin", max=MAX_ORIGIN),
        ed25519=fields.bytes("ed25519", max=64),
        mldsa44=fields.bytes("mldsa44", max=2048),
    )
    fields.done()
    return key


def _read_declarations(value: Value) -> Mapping[str, Declaration]:
    if not isinstance(value, dict):
        raise Malformed("FIELD_TYPE", "descriptor.declarations")
    if len(value) > 256:
        raise Malformed("FIELD_RANGE", "descriptor.declarations")
    read: dict[str, Declaration] = {}
    for code, content in value.items():
        if not isinstance(code, str) or CODE_FORM.fullmatch(code) is None:
            raise Malformed("FIELD_RANGE", "descriptor.declarations: code")
        read[code] = _read_declaration(content)
    return MappingProxyType(read)


def _read_declaration(content: Value) -> Declaration:
    if isinstance(content, bool):
        return content
    if isinstance(content, int) and 0 <= content <= INT_MAX:
        return content
    if isinstance(content, str) and len(content) <= 2000:
        return content
    if isinstance(content, list) and len(content) <= 256:
        texts = tuple(item for item in content if isinstance(item, str) and len(item) <= 2000)
        if len(texts) == len(content):
            return texts
    raise Malformed("FIELD_TYPE", "descriptor.declarations: text, number, boolean or list of texts")
