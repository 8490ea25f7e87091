"""The weekly encryption keys of a node, published by the node itself.

The offline root cannot come out every week, so these keys are vouched for by a statement key, which the root
did vouch for (decision 0006). Each statement is the whole list: a key that is not in the newest one is no
longer sealed for.
"""

from dataclasses import dataclass

from longbien.keys.forms import DIGEST_SIZE, LAST_INSTANT, NOTHING_BEFORE, PARTY_FORM, PARTY_LENGTH
from longbien.keys.lifetimes import SEAL_KEY_REACH
from longbien.keys.listing import ListedSealKey, read_seal_key, seal_key_value
from longbien.wire import cbor, statement
from longbien.wire.cbor import Malformed
from longbien.wire.fields import Fields
from longbien.wire.statement import EVERYONE, Statement
from longbien.wire.suites import PRODUCTION, Signer, Suites

KIND = "seal-keys"
MAX_LISTED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKeys:
    """All keys for which others may seal letters to `party`; `issued_at` in ms.

    `previous` is the digest of the statement of version - 1, or 32 zero bytes for version 1.
    """

    party: str
    version: int
    keys: tuple[ListedSealKey, ...]
    issued_at: int
    previous: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSealKeys:
    """Seal keys as they came: the record, the statement around it, its digest. Not yet verified."""

    seal_keys: SealKeys
    statement: Statement
    digest: bytes


def encode_seal_keys(seal_keys: SealKeys) -> bytes:
    """The payload bytes. Raises Malformed as `decode_seal_keys`, so nothing unsound gets signed."""
    payload = cbor.encode(
        {
            "kind": KIND,
            "party": seal_keys.party,
            "version": seal_keys.version,
            "keys": [seal_key_value(listed) for listed in seal_keys.keys],
            "issued_at": seal_keys.issued_at,
            "previous": seal_keys.previous,
        }
    )
    decode_seal_keys(payload)
    return payload


def decode_seal_keys(payload: bytes) -> SealKeys:
    """The list in `payload`.

    Raises Malformed: the codes of `wire.cbor` and `wire.fields`; KEY_WINDOW, KEY_TOO_LONG (over seven days),
    KEY_TWICE, KEY_TOO_FAR (ends more than 60 days after `issued_at`), SEAL_KEYS_PREVIOUS.
    """
    fields = Fields(cbor.decode(payload), KIND)
    if fields.text("kind", max=32) != KIND:
        raise Malformed("FIELD_RANGE", "seal-keys.kind")
    seal_keys = SealKeys(
        party=fields.text("party", max=PARTY_LENGTH, form=PARTY_FORM),
        version=fields.int("version", min=1),
        keys=tuple(read_seal_key(item) for item in fields.maps("keys", min=1, max=MAX_LISTED)),
        issued_at=fields.int("issued_at", max=LAST_INSTANT),
        previous=fields.bytes("previous", size=DIGEST_SIZE),
    )
    fields.done()
    if len({listed.key.kid for listed in seal_keys.keys}) != len(seal_keys.keys):
        raise Malformed("KEY_TWICE", "seal-keys")
    if any(listed.until > seal_keys.issued_at + SEAL_KEY_REACH for listed in seal_keys.keys):
        raise Malformed("KEY_TOO_FAR", "seal-keys")
    if (seal_keys.version == 1) != (seal_keys.previous == NOTHING_BEFORE):
        raise Malformed("SEAL_KEYS_PREVIOUS", "previous")
    return seal_keys


def sign_seal_keys(
    seal_keys: SealKeys, *, descriptor: bytes, signer: Signer, suites: Suites = PRODUCTION
) -> bytes:
    """The statement of a list, signed by one statement key under the descriptor with that digest (32
    bytes).
    """
    return statement.make(
        encode_seal_keys(seal_keys),
        kind=KIND,
        issuer=seal_keys.party,
        audience=(EVERYONE,),
        subject=b"",
        descriptor=descriptor,
        signers=(signer,),
        suites=suites,
    )


def open_seal_keys(signed: Statement) -> SignedSealKeys:
    """Reads the record of a parsed statement and binds the two together; verifies no signature.

    Raises Malformed: as `decode_seal_keys`, and SEAL_KEYS_STATEMENT when the statement's header says
    something else.
    """
    seal_keys = decode_seal_keys(signed.payload)
    if (signed.kind, signed.issuer, signed.audience, signed.subject) != (
        KIND,
        seal_keys.party,
        (EVERYONE,),
        b"",
    ):
        raise Malformed("SEAL_KEYS_STATEMENT", "header and record disagree")
    return SignedSealKeys(seal_keys=seal_keys, statement=signed, digest=signed.digest)
