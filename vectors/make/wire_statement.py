"""Vectors of statements (docs/wire/02-statement.md).

Signatures hold randomness. A statement that stands in the files already and signs the same bytes is kept;
everything that must be refused is cut from such statements without another signature, so that a second run
changes nothing.
"""

from collections.abc import Sequence

from wire_keys import Case, existing, rendered, signing_private
from wire_statement_keys import DESCRIPTOR, EXCHANGE, KEYS, KEYS_BY_KID
from wire_statement_refused import refused_by_parse, refused_by_verify

from longbien.wire import cbor, statement
from longbien.wire.suites import PRODUCTION, SoftSigner
from longbien.wire.wellformed import Malformed


def made(old: dict[str, bytes], name: str, by: Sequence[SoftSigner], **changed: object) -> bytes:
    """A valid statement, as the files have it if it signs the same bytes."""
    wanted: dict[str, object] = {
        "payload": cbor.encode({"say": name}),
        "kind": "act",
        "issuer": "VN",
        "audience": ("RU",),
        "subject": EXCHANGE,
        "descriptor": DESCRIPTOR,
    }
    wanted.update(changed)
    payload = wanted.pop("payload")
    if name in old:
        try:
            kept = statement.parse(old[name])
            statement.verify(kept, KEYS_BY_KID, PRODUCTION)
            reads = {key: getattr(kept, key) for key in wanted}
            if reads == wanted and kept.payload == payload and _kids(by) == kept.signers:
                return old[name]
        except Malformed:
            pass
    return statement.make(payload, signers=by, **wanted)


def _kids(by: Sequence[SoftSigner]) -> tuple[bytes, ...]:
    return tuple(key.verify_key.kid for key in by)


def accepted() -> dict[str, bytes]:
    old = existing("statement/accept.json")
    everyone = tuple(f"P{number:03}" for number in range(200))
    vn1, ru1, vn2, ru2 = (KEYS[name] for name in ("VN-1", "RU-1", "VN-2", "RU-2"))
    return {
        "suite-1": made(old, "suite-1", [vn1]),
        "suite-2": made(old, "suite-2", [vn2]),
        "another-payload": made(old, "another-payload", [vn1]),
        "by-another-key": made(old, "by-another-key", [ru1], payload=cbor.encode({"say": "suite-1"})),
        "two-signers": made(old, "two-signers", [vn1, ru1]),
        "two-signers-suite-2": made(old, "two-signers-suite-2", [vn2, ru2], kind="descriptor"),
        "no-exchange-no-descriptor": made(
            old, "no-exchange-no-descriptor", [vn1], subject=b"", descriptor=b"", audience=("ALL",)
        ),
        "empty-payload": made(old, "empty-payload", [vn1], payload=b""),
        "payload-not-cbor": made(old, "payload-not-cbor", [vn1], payload=b"\xff\x00"),
        "two-hundred-addressees": made(old, "two-hundred-addressees", [vn1], audience=everyone),
    }


COMMENTS = {
    "suite-1": "Ed25519 and ML-DSA-65",
    "suite-2": "ECDSA P-384 and ML-DSA-87",
    "another-payload": "the same heading over another payload",
    "by-another-key": "the payload of suite-1 by another key",
    "two-signers": "four signatures: two keys, two algorithms",
    "two-signers-suite-2": "the same in suite 2",
    "no-exchange-no-descriptor": "both may be empty; ALL is everybody",
    "empty-payload": "a statement may be its heading alone",
    "payload-not-cbor": "the payload is opaque here; its own decoder judges it",
    "two-hundred-addressees": "a broadcast",
}


def files() -> dict[str, str]:
    good = accepted()
    accept: list[Case] = []
    for name, raw in good.items():
        read = statement.parse(raw)
        statement.verify(read, KEYS_BY_KID, PRODUCTION)
        reads = {
            "kind": read.kind,
            "suite": read.suite,
            "issuer": read.issuer,
            "audience": list(read.audience),
            "subject": read.subject.hex(),
            "signers": [kid.hex() for kid in read.signers],
            "descriptor": read.descriptor.hex(),
            "payload": read.payload.hex(),
            "digest": read.digest.hex(),
        }
        accept.append(
            {"name": name, "expect": "accept", "comment": COMMENTS[name], "reads": reads, "hex": raw.hex()}
        )
    keys: list[Case] = [
        {
            "name": name,
            "suite": key.verify_key.suite,
            "kid": key.verify_key.kid.hex(),
            "private": [half.hex() for half in signing_private(name, key.verify_key.suite)],
            "public": [half.hex() for half in key.verify_key.public],
        }
        for name, key in KEYS.items()
    ]
    return {
        "statement/keys.json": rendered(
            "statement-keys", "The keys that a verifier knows; made for these vectors only.", keys
        ),
        "statement/accept.json": rendered(
            "statement", "Each parses, verifies with keys.json, and reads as given.", accept
        ),
        "statement/refuse-parse.json": _refused(refused_by_parse(good), "Each is refused by its form alone."),
        "statement/refuse-verify.json": _refused(
            refused_by_verify(good), "Each parses and is refused by verification with keys.json."
        ),
    }


def _refused(cases: list[tuple[str, str, str, bytes]], comment: str) -> str:
    return rendered(
        "statement",
        comment,
        [
            {"name": name, "expect": code, "comment": note, "hex": raw.hex()}
            for name, code, note, raw in cases
        ],
    )
