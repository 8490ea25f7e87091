"""Writes the vectors of root, descriptor, seal keys and chain: vectors/keys.

.venv/bin/python vectors/make/keys.py     writes what has changed; a second run changes nothing
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from keys_papers import DESCRIPTOR_1, NOW, ROOT_1, ROOT_2, SEAL_KEYS_1, papers
from wire_keys import VECTORS, Case, rendered, write

from longbien.keys.descriptor import decode_descriptor, encode_descriptor
from longbien.keys.directory import advance, pin
from longbien.keys.faults import Refused
from longbien.keys.fingerprint import grouped, spoken
from longbien.keys.lifetimes import DAY
from longbien.keys.peer import Peer, seal_key_for
from longbien.keys.root import decode_root, encode_root, fingerprint_of
from longbien.keys.seal_keys import decode_seal_keys, encode_seal_keys
from longbien.wire import cbor
from longbien.wire.suites import PRODUCTION, VerifyKey
from longbien.wire.wellformed import Malformed


def bent(payload: bytes, **changes: object) -> bytes:
    """A payload with some fields changed; None takes a field away."""
    fields: Any = cbor.decode(payload)
    changed = fields | changes
    return cbor.encode({name: value for name, value in changed.items() if value is not None})


def case(name: str, expect: str, payload: bytes, comment: str, **more: object) -> Case:
    return {"name": name, "expect": expect, "comment": comment, **more, "hex": payload.hex()}


def checked(cases: list[Case], read: Callable[[bytes], object]) -> list[Case]:
    for one in cases:
        try:
            read(bytes.fromhex(str(one["hex"])))
            got = "accept"
        except Malformed as fault:
            got = fault.code
        assert got == one["expect"], (one["name"], got)
    return cases


def small(key: VerifyKey) -> VerifyKey:
    """A stand-in of 64 bytes: what refuses a payload is seldom in the keys themselves."""
    return VerifyKey(suite=key.suite, public=(cbor.digest(key.public[0]), cbor.digest(key.public[1])))


def root_cases() -> list[Case]:
    real = encode_root(ROOT_1)
    plain = encode_root(replace(ROOT_1, keys=tuple(small(key) for key in ROOT_1.keys)))
    keys: Any = cbor.decode(plain)
    first, second, third = keys["keys"]
    shown = fingerprint_of(real)
    return checked(
        [
            case(
                "first",
                "accept",
                real,
                "2 of 3 keys of suite 1",
                fingerprint=shown.hex(),
                grouped=grouped(shown),
                spoken=spoken(shown),
            ),
            case(
                "second",
                "accept",
                encode_root(ROOT_2),
                "names the fingerprint of the first",
                previous=shown.hex(),
            ),
            case("one-of-three", "ROOT_THRESHOLD_LOW", bent(plain, threshold=1), "no single holder speaks"),
            case("four-of-three", "ROOT_THRESHOLD_LOW", bent(plain, threshold=4), "more than there are"),
            case("two-keys", "FIELD_RANGE", bent(plain, keys=[first, second]), "three keys at least"),
            case("a-key-twice", "ROOT_KEY_TWICE", bent(plain, keys=[first, second, first]), "counts once"),
            case(
                "half-a-key-twice",
                "ROOT_KEY_TWICE",
                bent(plain, keys=[first, second, [1, first[1], third[2]]]),
                "another kid, but the same classical half",
            ),
            case(
                "two-suites",
                "ROOT_SUITES_MIXED",
                bent(plain, keys=[first, second, [2, *third[1:]]]),
                "one suite",
            ),
            case(
                "six-years",
                "ROOT_TOO_LONG",
                bent(plain, expires_at=NOW + 1828 * DAY),
                "five years with two leap days at most",
            ),
            case(
                "first-with-previous", "ROOT_PREVIOUS", bent(plain, previous=b"\x01" * 32), "nothing before 1"
            ),
            case("small-letters", "FIELD_RANGE", bent(plain, party="vn"), "form of a party"),
            case("unknown-field", "FIELD_UNKNOWN", bent(plain, more=1), "closed record"),
            case("no-threshold", "FIELD_MISSING", bent(plain, threshold=None), "every field is there"),
            case(
                "another-kind", "FIELD_RANGE", bent(plain, kind="descriptor"), "kind is bound in the payload"
            ),
            case("trailing", "CBOR_TRAILING", plain + b"\x00", "one item"),
        ],
        decode_root,
    )


def descriptor_cases() -> list[Case]:
    (listed,) = DESCRIPTOR_1.statement_keys
    plain = encode_descriptor(replace(DESCRIPTOR_1, statement_keys=(replace(listed, key=small(listed.key)),)))
    fields: Any = cbor.decode(plain)
    key, office = fields["statement_keys"][0], fields["offices"][0]
    refused: list[tuple[str, str, Mapping[str, Any], str]] = [
        ("fourteen-months", "DESCRIPTOR_TOO_LONG", {"expires_at": NOW + 398 * DAY}, "397 days at most"),
        ("ends-before-it-begins", "DESCRIPTOR_TOO_LONG", {"expires_at": NOW}, "no life"),
        ("suite-below-floor", "DESCRIPTOR_SUITES", {"floor": 2}, "offers suite 1 under floor 2"),
        ("suites-out-of-order", "DESCRIPTOR_SUITES", {"suites": [2, 1]}, "ascending"),
        ("key-of-no-suite", "KEY_BELOW_FLOOR", {"floor": 2, "suites": [2]}, "a current key of suite 1"),
        ("key-twice", "KEY_TWICE", {"statement_keys": [key, key]}, "one entry for a key"),
        (
            "key-of-two-years",
            "KEY_TOO_LONG",
            {"statement_keys": [key | {"until": NOW + 730 * DAY}]},
            "397 days",
        ),
        (
            "key-without-window",
            "KEY_WINDOW",
            {"statement_keys": [key | {"until": key["from"]}]},
            "empty window",
        ),
        (
            "foreign-certificate",
            "DESCRIPTOR_CERTIFICATE",
            {"tls": [bytes(32)]},
            "tls are digests of certificates",
        ),
        ("office-twice", "DESCRIPTOR_OFFICE", {"offices": [office, office]}, "one id, one office"),
        (
            "log-of-another",
            "DESCRIPTOR_LOG",
            {"log_key": fields["log_key"] | {"origin": "longbien/RU/0"}},
            "origin",
        ),
        (
            "short-log-key",
            "LOG_KEY_SIZE",
            {"log_key": fields["log_key"] | {"ed25519": bytes(31)}},
            "32 bytes",
        ),
        ("illustrative-and-live", "DESCRIPTOR_MODE", {"mode": "live"}, "no invented office is live"),
        ("unknown-mode", "DESCRIPTOR_MODE", {"mode": "test"}, "live, exercise, demo"),
        (
            "first-with-previous",
            "DESCRIPTOR_PREVIOUS",
            {"previous": b"\x01" * 32},
            "nothing before version 1",
        ),
        ("second-without-previous", "DESCRIPTOR_PREVIOUS", {"version": 2}, "version 2 has a forerunner"),
        (
            "nested-declaration",
            "FIELD_TYPE",
            {"declarations": {"a": [["b"]]}},
            "texts, numbers, booleans, lists",
        ),
        ("unknown-field", "FIELD_UNKNOWN", {"more": 1}, "closed record"),
        ("no-floor", "FIELD_MISSING", {"floor": None}, "every field is there"),
    ]
    cases = [
        case("real", "accept", encode_descriptor(DESCRIPTOR_1), "as in the chain vectors"),
        case("plain", "accept", plain, "with short stand-ins for keys, as all below"),
    ]
    cases += [case(name, code, bent(plain, **change), why) for name, code, change, why in refused]
    return checked(cases, decode_descriptor)


def seal_keys_cases() -> list[Case]:
    plain = encode_seal_keys(SEAL_KEYS_1)
    fields: Any = cbor.decode(plain)
    key = fields["keys"][0]
    return checked(
        [
            case("two-weeks", "accept", plain, "this week's key and the next"),
            case(
                "eight-days",
                "KEY_TOO_LONG",
                bent(plain, keys=[key | {"until": NOW + 8 * DAY}]),
                "a week at most",
            ),
            case("key-twice", "KEY_TWICE", bent(plain, keys=[key, key]), "one entry for a key"),
            case(
                "too-far",
                "KEY_TOO_FAR",
                bent(plain, keys=[key | {"from": NOW + 54 * DAY, "until": NOW + 61 * DAY}]),
                "ends at most 60 days after the list was made",
            ),
            case("empty", "FIELD_RANGE", bent(plain, keys=[]), "at least one key"),
            case(
                "first-with-previous", "SEAL_KEYS_PREVIOUS", bent(plain, previous=b"\x01" * 32), "version 1"
            ),
            case("second-without-previous", "SEAL_KEYS_PREVIOUS", bent(plain, version=2), "has a forerunner"),
            case(
                "seven-days-and-a-bit",
                "KEY_TOO_LONG",
                bent(plain, keys=[key | {"until": NOW + 7 * DAY + 1}]),
                "one millisecond more than a week",
            ),
            case("no-window", "KEY_WINDOW", bent(plain, keys=[key | {"until": key["from"]}]), "empty window"),
            case(
                "the-last-day",
                "accept",
                bent(plain, keys=[key | {"from": NOW + 53 * DAY, "until": NOW + 60 * DAY}]),
                "ends exactly 60 days after the list was made",
            ),
            case(
                "thirty-three",
                "FIELD_RANGE",
                bent(plain, keys=[key | {"public": bytes([number])} for number in range(33)]),
                "32 keys at most",
            ),
            case("unknown-field", "FIELD_UNKNOWN", bent(plain, more=1), "closed record"),
            case("another-kind", "FIELD_RANGE", bent(plain, kind="root"), "kind is bound in the payload"),
        ],
        decode_seal_keys,
    )


def chain(name: str, held: str, offered: str, comment: str, *, day: int = 1) -> dict[str, Any]:
    """A case: what a node holds, what it is offered, on which day; papers by name, separated by blanks."""
    return {
        "name": name,
        "held": held.split(),
        "offered": offered.split(),
        "comment": comment,
        "now": NOW + day * DAY,
    }


PINNED = "root-1 descriptor-1 seal-keys-1"
REVOKED = "root-1 descriptor-1 descriptor-2-revokes"

CHAINS = [
    chain("pin", "", PINNED, "the pinned root, a descriptor, seal keys"),
    chain(
        "pin-other-holders",
        "",
        "root-1-by-others-of-the-holders descriptor-1",
        "one document, one fingerprint",
    ),
    chain("pin-one-signer", "", "root-1-one-signer descriptor-1", "below the threshold"),
    chain(
        "pin-nothing-pinned", "", "root-2-together descriptor-2-under-root-2", "the pinned root is not there"
    ),
    chain("pin-no-descriptor", "", "root-1", "a root alone is no party"),
    chain("pin-expired", "", PINNED, "a year later", day=365),
    chain("pin-early", "", PINNED, "two days before it was issued", day=-2),
    chain("pin-disordered", "", "descriptor-1 root-1", "roots, descriptors, seal keys"),
    chain("same-again", PINNED, PINNED, "nothing new, nothing wrong"),
    chain("advance", PINNED, "descriptor-2", "the next version"),
    chain("advance-two", PINNED, "descriptor-2 descriptor-3", "a gap that the chain fills"),
    chain("gap", PINNED, "descriptor-3", "version 2 is missing"),
    chain("rollback", "root-1 descriptor-1 descriptor-2", "descriptor-1", "an older version"),
    chain("fork", "root-1 descriptor-1 descriptor-2", "descriptor-2-other", "a second version 2"),
    chain("unconnected", PINNED, "descriptor-2 descriptor-3-unconnected", "continues something else"),
    chain("one-signer", PINNED, "descriptor-2-one-signer", "below the threshold"),
    chain("strangers", PINNED, "descriptor-2-strangers", "two who are not holders"),
    chain("and-a-stranger", PINNED, "descriptor-2-and-a-stranger", "nobody else may sign along"),
    chain("floor-lowered", PINNED, "descriptor-2-floor-lowered", "the floor only rises"),
    chain("mode-changed", PINNED, "descriptor-2-live", "a demonstration stays one"),
    chain("frozen", PINNED, "descriptor-2-expired", "what is offered has ended", day=2),
    chain(
        "root-in-two-statements",
        PINNED,
        "root-2-by-the-old root-2-by-the-new descriptor-2-under-root-2",
        "apart",
    ),
    chain(
        "root-in-one-statement",
        PINNED,
        "root-2-together descriptor-2-under-root-2",
        "both thresholds at once",
    ),
    chain(
        "root-old-only", PINNED, "root-2-by-the-old descriptor-2-under-root-2", "the new holders are missing"
    ),
    chain(
        "root-new-only", PINNED, "root-2-by-the-new descriptor-2-under-root-2", "the old holders are missing"
    ),
    chain("root-without-descriptor", PINNED, "root-2-together", "a new root brings a descriptor under it"),
    chain("root-unknown", PINNED, "descriptor-2-under-root-2", "under a root nobody has seen"),
    chain("revocation", PINNED, "descriptor-2-revokes", "accepted; the seal keys of the revoked key end"),
    chain("revocation-taken-back", REVOKED, "descriptor-3-takes-it-back", "for ever"),
    chain("revocation-raised", REVOKED, "descriptor-3-raises-the-size", "never weaker"),
    chain("revocation-lowered", REVOKED, "descriptor-3-lowers-the-size", "stricter is allowed"),
    chain("seal-keys-next", PINNED, "seal-keys-2", "the next list"),
    chain("seal-keys-rollback", "root-1 descriptor-1 seal-keys-2", "seal-keys-1", "an older list"),
    chain("seal-keys-fork", "root-1 descriptor-1 seal-keys-2", "seal-keys-2-other", "a second version 2"),
    chain("seal-keys-unconnected", PINNED, "seal-keys-2-unconnected", "does not continue what is held"),
    chain("seal-keys-by-a-stranger", PINNED, "seal-keys-2-by-a-stranger", "not a statement key of the party"),
    chain(
        "seal-keys-by-a-root-holder", PINNED, "seal-keys-2-by-a-root-holder", "holders vouch for descriptors"
    ),
    chain("seal-keys-by-the-revoked-key", REVOKED, "seal-keys-2-by-the-revoked-key", "no longer believed"),
    chain("seal-keys-by-the-spare-key", REVOKED, "seal-keys-2-by-the-spare-key", "the new key takes over"),
    chain(
        "seal-keys-under-unknown-descriptor",
        PINNED,
        "seal-keys-2-by-the-spare-key",
        "names a descriptor not held",
    ),
]


def answered(one: Mapping[str, Any], made: Mapping[str, bytes]) -> Peer | Refused:
    """What this implementation answers to a chain case."""
    fingerprint = fingerprint_of(encode_root(ROOT_1))
    offered = [made[name] for name in one["offered"]]
    if not one["held"]:
        return pin(offered, fingerprint, one["now"], suites=PRODUCTION)
    held = pin([made[name] for name in one["held"]], fingerprint, NOW, suites=PRODUCTION)
    assert isinstance(held, Peer), (one["name"], held)
    return advance(held, offered, one["now"], suites=PRODUCTION)


def chain_cases(made: Mapping[str, bytes]) -> list[Case]:
    cases: list[Case] = []
    for one in CHAINS:
        answer = answered(one, made)
        if isinstance(answer, Refused):
            cases.append({**one, "expect": answer.code})
            continue
        seal_key = seal_key_for(answer, one["now"])
        reads = {
            "root": answer.root.version,
            "descriptor": answer.descriptor.version,
            "seal_key": seal_key.code if isinstance(seal_key, Refused) else seal_key.kid.hex(),
            "revoked": {kid.hex(): dict(sizes) for kid, sizes in answer.revoked.items()},
        }
        cases.append({**one, "expect": "accept", "reads": reads})
    return cases


def recorded() -> dict[str, bytes]:
    file = VECTORS / "keys/chain.json"
    if not file.exists():
        return {}
    return {name: bytes.fromhex(raw) for name, raw in json.loads(file.read_text())["papers"].items()}


def files() -> dict[str, str]:
    """Every vector file of the room, by its path under vectors/."""
    made = papers(recorded())
    return {
        "keys/root.json": rendered("root", "Payloads of root documents.", root_cases()),
        "keys/descriptor.json": rendered("descriptor", "Payloads of descriptors.", descriptor_cases()),
        "keys/seal-keys.json": rendered("seal-keys", "Payloads of lists of seal keys.", seal_keys_cases()),
        "keys/chain.json": rendered(
            "chain",
            "A node that holds these papers (or only the pin) is offered those; now is in ms. Suites 1 and 2.",
            chain_cases(made),
            pinned=fingerprint_of(encode_root(ROOT_1)).hex(),
            papers={name: raw.hex() for name, raw in made.items()},
        ),
    }


def main() -> None:
    write(files())


if __name__ == "__main__":
    main()
