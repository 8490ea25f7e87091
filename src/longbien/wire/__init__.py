"""The room of everything that crosses the border between two nodes as bytes.

It knows strict deterministic CBOR, statements signed with COSE, envelopes sealed with HPKE, the parcels
inside them, and the suites of algorithms. It must never know what an act means, who a key belongs to, what
time it is, or where bytes come from; randomness that the formats need is an argument (inside the library,
signing and sealing draw their own). Parsers return a record or raise `Malformed`, nothing else. Modules:
`cbor`, `fields`, `suites`, `statement`, `envelope`, `parcel`, `selftest`.
"""

from longbien.wire import cbor, envelope, fields, parcel, selftest, statement, suites
from longbien.wire.cbor import Malformed, Value, decode, digest, encode
from longbien.wire.fields import Fields
from longbien.wire.missing import PrimitiveMissing, SelfTestFailed
from longbien.wire.statement import Statement
from longbien.wire.suites import (
    PRODUCTION,
    OpenKey,
    SealKey,
    Signer,
    SoftOpenKey,
    SoftSigner,
    Suite,
    Suites,
    VerifyKey,
)

__all__ = [
    "PRODUCTION",
    "Fields",
    "Malformed",
    "OpenKey",
    "PrimitiveMissing",
    "SealKey",
    "SelfTestFailed",
    "Signer",
    "SoftOpenKey",
    "SoftSigner",
    "Statement",
    "Suite",
    "Suites",
    "Value",
    "VerifyKey",
    "cbor",
    "decode",
    "digest",
    "encode",
    "envelope",
    "fields",
    "parcel",
    "selftest",
    "statement",
    "suites",
]
