"""The papers of a party: from the root that the court was given to the keys that signed (docs/wire/06-descriptor.md).

Expiry plays no part: what matters is what was true when the acts were entered, and that is judged by places in ledgers.
"""

from dataclasses import dataclass
from typing import Any

from longbien_verify.cbor import Unreadable, decode
from longbien_verify.cose import Keys, Statement, kid_of, read, verify
from longbien_verify.proof import Fails, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What is proven about a party: its keys, log keys by origin, offices by descriptor, revocations."""

    code: str
    name: str
    mode: str
    fingerprint: bytes
    keys: Keys
    log_keys: dict[str, list[tuple[bytes, bytes]]]
    offices: dict[bytes, dict[str, str]]
    revoked: dict[bytes, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Root:
    version: int
    party: str
    threshold: int
    keys: Keys
    previous: bytes


def read_party(raws: list[bytes], fingerprints: list[bytes]) -> Party:
    """The party whose papers these are; raises `Fails` when they do not lead back to one of the fingerprints."""
    statements = [read(raw) for raw in raws]
    roots = _roots([item for item in statements if item.kind == "root"], fingerprints)
    pinned = roots[0][0]
    newest = roots[-1][1]
    code = newest.party
    keys: Keys = {}
    log_keys: dict[str, list[tuple[bytes, bytes]]] = {}
    offices: dict[bytes, dict[str, str]] = {}
    revoked: dict[bytes, dict[str, int]] = {}
    name, mode, before = "", "", None
    by_version = {root.version: root for _, root in roots}
    for item in statements:
        if item.kind == "root":
            continue
        if item.kind != "descriptor":
            raise Fails("PAPERS_KIND", item.kind)
        described = _payload(item)
        root = by_version.get(described["root_version"])
        if root is None or item.issuer != code or described["party"] != code:
            raise Fails("DESCRIPTOR_OF_OTHER_ROOT", code)
        _by_threshold([item], root, f"descriptor of {code}")
        if before is not None and described["previous"] != before:
            raise Fails("DESCRIPTOR_CHAIN_BROKEN", code)
        before = item.digest
        for listed in described["statement_keys"]:
            public = (listed["public0"], listed["public1"])
            keys[kid_of(listed["suite"], public)] = (listed["suite"], public)
        log = described["log_key"]
        log_keys.setdefault(log["origin"], []).append((log["ed25519"], log["mldsa44"]))
        offices[item.digest] = {office["id"]: office["name"] for office in described["offices"]}
        for gone in described["revoked"]:
            revoked[gone["kid"]] = dict(gone["sizes"])
        name, mode = described["name"], described["mode"]
    if before is None:
        raise Fails("DESCRIPTOR_MISSING", code)
    return Party(
        code=code,
        name=name,
        mode=mode,
        fingerprint=pinned,
        keys=keys,
        log_keys=log_keys,
        offices=offices,
        revoked=revoked,
    )


def _roots(statements: list[Statement], fingerprints: list[bytes]) -> list[tuple[bytes, _Root]]:
    """Root documents from the given one on, each signed by its own threshold and by that of the one before."""
    by_payload: dict[bytes, list[Statement]] = {}
    for item in statements:
        by_payload.setdefault(item.payload, []).append(item)
    documents = sorted(
        ((sha256(payload), _root(items[0]), items) for payload, items in by_payload.items()), key=_version
    )
    start = next((number for number, item in enumerate(documents) if item[0] in fingerprints), None)
    if start is None:
        raise Fails("ROOT_NOT_GIVEN", documents[0][1].party if documents else "papers")
    accepted: list[tuple[bytes, _Root]] = []
    for fingerprint, root, items in documents[start:]:
        _by_threshold(items, root, f"root of {root.party}")
        if accepted:
            _by_threshold(items, accepted[-1][1], f"root of {root.party}")
            if root.previous != accepted[-1][0] or root.version != accepted[-1][1].version + 1:
                raise Fails("ROOT_CHAIN_BROKEN", root.party)
        accepted.append((fingerprint, root))
    return accepted


def _version(item: tuple[bytes, _Root, list[Statement]]) -> int:
    return item[1].version


def _root(item: Statement) -> _Root:
    document = _payload(item)
    keys: Keys = {}
    for suite, first, second in document["keys"]:
        keys[kid_of(suite, (first, second))] = (suite, (first, second))
    threshold = document["threshold"]
    if (
        threshold < 2
        or 2 * threshold <= len(keys)
        or threshold > len(keys)
        or item.issuer != document["party"]
    ):
        raise Fails("ROOT_THRESHOLD_LOW", str(document["party"]))
    return _Root(
        version=document["version"],
        party=document["party"],
        threshold=threshold,
        keys=keys,
        previous=document["previous"],
    )


def _by_threshold(statements: list[Statement], root: _Root, where: str) -> None:
    """Enough different keys of the root signed; statements over the same words count together."""
    signed: set[bytes] = set()
    for item in statements:
        own = {kid for kid in item.signers if kid in root.keys}
        if own == set(item.signers):
            verify(item, root.keys, where)
            signed |= own
    if len(signed) < root.threshold:
        raise Fails("ROOT_THRESHOLD", where)


def _payload(item: Statement) -> dict[str, Any]:
    try:
        value = decode(item.payload)
    except Unreadable as error:
        raise Fails("PAPERS_UNREADABLE", str(error)) from error
    if not isinstance(value, dict):
        raise Fails("PAPERS_UNREADABLE", item.kind)
    return value
