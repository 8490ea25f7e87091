"""Keys and messages that the tests of the wire room share, grown once from fixed seeds."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from longbien.wire import cbor, statement
from longbien.wire.suites import SUITE_1, SUITE_2, SoftOpenKey, SoftSigner, VerifyKey

SUITES = {1: SUITE_1, 2: SUITE_2}
EXCHANGE = bytes(range(16))
DESCRIPTOR = bytes(range(32))


def grown(name: str, size: int) -> bytes:
    return hashlib.shake_256(name.encode()).digest(size)


@lru_cache
def signer(name: str = "VN", suite: int = 1) -> SoftSigner:
    first, second = SUITES[suite].signing_private_bytes
    return SoftSigner(suite, (grown(f"{name} 0", first), grown(f"{name} 1", second)))


@lru_cache
def open_key(name: str = "RU", suite: int = 1) -> SoftOpenKey:
    return SoftOpenKey(suite, grown(f"{name} sealing", 32))


def keys(*signers: SoftSigner) -> Mapping[bytes, VerifyKey]:
    return {each.verify_key.kid: each.verify_key for each in signers}


def make(signers: Sequence[SoftSigner] = (), payload: bytes = b"payload", **changed: object) -> bytes:
    heading: dict[str, object] = {
        "kind": "act",
        "issuer": "VN",
        "audience": ("RU",),
        "subject": EXCHANGE,
        "descriptor": DESCRIPTOR,
    }
    heading.update(changed)
    return statement.make(payload, signers=signers or (signer(),), **heading)


def diagnostic(value: object) -> str:
    """RFC 8949 §8 as the documents write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case bytes():
            return f"h'{value.hex()}'"
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(map(diagnostic, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{diagnostic(k)}: {diagnostic(v)}" for k, v in value.items()) + "}"
    return str(value)


def edited(raw: bytes, edit: Any) -> bytes:
    """The message with its decoded value changed in place by `edit`."""
    value = cbor.decode(raw)
    edit(value)
    return cbor.encode(value)
