"""Statements that must be refused, cut from good ones without another signature."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from wire_keys import grown
from wire_statement_keys import DESCRIPTOR, EXCHANGE, KEYS

from longbien.wire import cbor, statement

P384_ORDER = (
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
)

Edit = Callable[[list[object]], None]
Refused = list[tuple[str, str, str, bytes]]


def heading(**changed: object) -> dict[object, object]:
    """A heading of suite 1 by VN-1 with some labels changed; None takes a label away."""
    fields: dict[object, object] = {
        2: ["suite", "signers", "descriptor"],
        15: {1: "VN", 2: EXCHANGE.hex(), 3: ["RU"]},
        16: "application/vnd.longbien.act+cbor",
        "suite": 1,
        "signers": [KEYS["VN-1"].verify_key.kid],
        "descriptor": DESCRIPTOR,
    }
    labels: dict[str, object] = {"crit": 2, "claims": 15, "typ": 16}
    for name, value in changed.items():
        fields[labels.get(name, name)] = value
    return {label: value for label, value in fields.items() if value is not None}


def edited(raw: bytes, *edits: Edit) -> bytes:
    value = cbor.decode(raw)
    for edit in edits:
        edit(value)
    return cbor.encode(value)


def unsigned(body: object, *, payload: object = b"\xa0", unprotected: object = None) -> bytes:
    """A statement with any heading and signatures that are only long enough: for faults that are found before."""
    own = [cbor.encode({1: alg, 4: KEYS["VN-1"].verify_key.kid}) for alg in (-19, -49)]
    signatures = [[own[0], {}, bytes(64)], [own[1], {}, bytes(65)]]
    protected = body if isinstance(body, bytes) else cbor.encode(body)
    return cbor.encode([protected, {} if unprotected is None else unprotected, payload, signatures])


def in_signatures(change: Callable[[list[list[object]]], None]) -> Edit:
    return lambda value: change(value[3])


def put(index: int, member: int, content: object) -> Edit:
    def change(signatures: list[list[object]]) -> None:
        signatures[index][member] = content

    return in_signatures(change)


def own_header(algorithm: int, key: str) -> bytes:
    return cbor.encode({1: algorithm, 4: KEYS[key].verify_key.kid})


def of(raw: bytes, index: int) -> bytes:
    return statement.parse(raw).signatures[index].value


def flipped(data: bytes, position: int = -1) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


def replaced_heading(raw: bytes, **changed: object) -> bytes:
    def edit(value: list[object]) -> None:
        value[0] = cbor.encode(heading(**changed))

    return edited(raw, edit)


def refused_by_verify(good: dict[str, bytes]) -> Refused:
    one, two, pair = good["suite-1"], good["suite-2"], good["two-signers"]
    other, stranger = good["another-payload"], good["by-another-key"]
    r, s = of(two, 0)[:48], int.from_bytes(of(two, 0)[48:], "big")
    der = encode_dss_signature(int.from_bytes(r, "big"), s)
    extra = [own_header(-19, "RU-1"), {}, of(stranger, 0)]
    esp384 = [own_header(-51, "VN-1"), {}, of(two, 0)]
    known = grown("nobody's kid", 16)
    return [
        ("stripped-classical", "SIGNATURE_MISSING", "Ed25519 taken away", edited(one, in_signatures(lambda x: x.pop(0)))),
        ("stripped-post-quantum", "SIGNATURE_MISSING", "ML-DSA taken away", edited(one, in_signatures(lambda x: x.pop()))),
        ("stripped-both", "SIGNATURE_MISSING", "no signature at all", edited(one, in_signatures(lambda x: x.clear()))),
        ("stripped-second-signer", "SIGNATURE_MISSING", "RU-1 taken away, although named", edited(pair, in_signatures(lambda x: x.__delitem__(slice(2, 4))))),
        ("stripped-suite-2", "SIGNATURE_MISSING", "ML-DSA-87 taken away", edited(two, in_signatures(lambda x: x.pop()))),
        ("swapped", "SIGNATURE_ORDER", "both signatures are valid, in the wrong order", edited(one, in_signatures(lambda x: x.reverse()))),
        ("signers-swapped", "SIGNATURE_ORDER", "the second signer's signatures first", edited(pair, in_signatures(lambda x: x.sort(key=lambda y: KEYS["VN-1"].verify_key.kid in y[0])))),
        ("twice", "SIGNATURE_EXTRA", "Ed25519 a second time", edited(one, in_signatures(lambda x: x.append(x[0])))),
        ("extra-signer", "SIGNATURE_EXTRA", "a valid-looking signature by a key that the heading does not name", edited(one, in_signatures(lambda x: x.append(extra)))),
        ("extra-algorithm", "SIGNATURE_EXTRA", "a third algorithm by the same key", edited(one, in_signatures(lambda x: x.append(esp384)))),
        ("twice-instead", "SIGNATURE_MISSING", "Ed25519 twice, ML-DSA not at all", edited(one, in_signatures(lambda x: x.__setitem__(1, x[0])))),
        ("values-swapped", "SIGNATURE_INVALID", "each signature under the other's header", edited(one, put(0, 2, of(one, 1)), put(1, 2, of(one, 0)))),
        ("replaced-classical", "SIGNATURE_INVALID", "Ed25519 over another payload", edited(one, put(0, 2, of(other, 0)))),
        ("replaced-post-quantum", "SIGNATURE_INVALID", "ML-DSA over another payload", edited(one, put(1, 2, of(other, 1)))),
        ("replaced-by-stranger", "SIGNATURE_INVALID", "ML-DSA by another key", edited(one, put(1, 2, of(stranger, 1)))),
        ("classical-flipped", "SIGNATURE_INVALID", "one bit of Ed25519", edited(one, put(0, 2, flipped(of(one, 0))))),
        ("post-quantum-flipped", "SIGNATURE_INVALID", "one bit of ML-DSA", edited(one, put(1, 2, flipped(of(one, 1))))),
        ("post-quantum-cut", "SIGNATURE_INVALID", "the last byte of ML-DSA is missing", edited(one, put(1, 2, of(one, 1)[:-1]))),
        ("payload-flipped", "SIGNATURE_INVALID", "one bit of the payload", edited(one, lambda v: v.__setitem__(2, flipped(v[2])))),
        ("audience-changed", "SIGNATURE_INVALID", "addressed to somebody else afterwards", replaced_heading(one, claims={1: "VN", 2: EXCHANGE.hex(), 3: ["UA"]})),
        ("issuer-changed", "SIGNATURE_INVALID", "another State's words", replaced_heading(one, claims={1: "RU", 2: EXCHANGE.hex(), 3: ["RU"]})),
        ("kind-changed", "SIGNATURE_INVALID", "an act shown as a descriptor", replaced_heading(one, typ="application/vnd.longbien.descriptor+cbor")),
        ("wrong-algorithm", "SIGNATURE_MISSING", "ML-DSA-44 instead of ML-DSA-65", edited(one, put(1, 0, own_header(-48, "VN-1")))),
        ("deprecated-algorithm", "SIGNATURE_MISSING", "EdDSA (-8) instead of Ed25519 (-19)", edited(one, put(0, 0, own_header(-8, "VN-1")))),
        ("unknown-suite", "SUITE_UNKNOWN", "suite 9", replaced_heading(one, suite=9)),
        ("suite-0", "SUITE_UNKNOWN", "the simulated world's suite outside of it", replaced_heading(one, suite=0)),
        ("suite-raised", "SUITE_MISMATCH", "suite 2 claimed for a key of suite 1", replaced_heading(one, suite=2)),
        ("suite-lowered", "SUITE_MISMATCH", "suite 1 claimed for a key of suite 2", replaced_heading(two, signers=[KEYS["VN-2"].verify_key.kid])),
        ("suites-mixed", "SUITE_MISMATCH", "one signer of each suite", replaced_heading(one, signers=[KEYS["VN-1"].verify_key.kid, KEYS["VN-2"].verify_key.kid])),
        ("signer-unknown", "SIGNER_UNKNOWN", "a kid that nobody published", replaced_heading(one, signers=[known])),
        ("high-s", "SIGNATURE_INVALID", "s replaced by n - s: valid ECDSA, but a second form", edited(two, put(0, 2, r + (P384_ORDER - s).to_bytes(48, "big")))),
        ("ecdsa-der", "SIGNATURE_INVALID", "ECDSA in DER", edited(two, put(0, 2, der))),
        ("ecdsa-zero", "SIGNATURE_INVALID", "r and s are zero", edited(two, put(0, 2, bytes(96)))),
    ]  # fmt: skip


def refused_by_parse(good: dict[str, bytes]) -> Refused:
    one = good["suite-1"]
    kid = KEYS["VN-1"].verify_key.kid
    claims: dict[object, object] = {1: "VN", 2: EXCHANGE.hex(), 3: ["RU"]}
    short = unsigned(heading())
    protected = cbor.encode(heading())

    def told(**changed: object) -> bytes:
        return unsigned(heading(**changed))

    def claimed(**changed: object) -> bytes:
        labels = {"iss": 1, "sub": 2, "aud": 3, "exp": 4}
        return told(claims=claims | {labels[name]: value for name, value in changed.items()})

    return [
        ("trailing-byte", "CBOR_TRAILING", "one more byte", one + b"\0"),
        ("cut", "CBOR_TRUNCATED", "the last byte is missing", one[:-1]),
        ("tagged", "CBOR_TYPE", "tag 98 of COSE_Sign", b"\xd8\x62" + short),
        ("doubly-encoded", "COSE_STRUCTURE", "a byte string that holds the statement", cbor.encode(short)),
        ("long-frame", "CBOR_NOT_CANONICAL", "the count of the frame in two bytes", b"\x98\x04" + short[1:]),
        ("heading-as-map", "COSE_STRUCTURE", "the heading not wrapped as a byte string", cbor.encode([heading(), {}, b"", []])),
        ("heading-doubly-encoded", "FIELD_TYPE", "a byte string inside the byte string", unsigned(cbor.encode(protected))),
        ("heading-disordered", "CBOR_NOT_CANONICAL", "the same labels in another order", unsigned(_reordered(protected))),
        ("heading-long-integer", "CBOR_NOT_CANONICAL", "the suite as 18 01", unsigned(protected.replace(b"suite\x01", b"suite\x18\x01"))),
        ("heading-label-twice", "CBOR_DUPLICATE_KEY", "crit a second time", unsigned(b"\xa7" + _pairs(protected)[0] + protected[1:])),
        ("heading-trailing", "CBOR_TRAILING", "a byte after the heading", unsigned(protected + b"\0")),
        ("heading-empty", "CBOR_TRUNCATED", "COSE's short form of an empty header", unsigned(b"")),
        ("heading-empty-map", "FIELD_MISSING", "a header without labels", unsigned({})),
        ("three-members", "COSE_STRUCTURE", "COSE_Sign without signatures", cbor.encode([protected, {}, b""])),
        ("five-members", "COSE_STRUCTURE", "one member too many", cbor.encode([protected, {}, b"", [], []])),
        ("single-signer-form", "COSE_STRUCTURE", "COSE_Sign1: a signature where the list belongs", cbor.encode([protected, {}, b"", b"\1"])),
        ("not-an-array", "COSE_STRUCTURE", "a map", cbor.encode({"payload": b""})),
        ("payload-null", "COSE_STRUCTURE", "a detached payload", unsigned(heading(), payload=None)),
        ("payload-text", "COSE_STRUCTURE", "a text as payload", unsigned(heading(), payload="act")),
        ("unprotected-kid", "COSE_HEADER", "anything unprotected", unsigned(heading(), unprotected={4: kid})),
        ("unprotected-null", "COSE_HEADER", "null instead of an empty map", cbor.encode([protected, None, b"", []])),
        ("crit-missing", "FIELD_MISSING", "private labels that are not critical", told(crit=None)),
        ("crit-short", "COSE_HEADER", "one private label is not critical", told(crit=["suite", "signers"])),
        ("crit-order", "COSE_HEADER", "crit in another order", told(crit=["signers", "suite", "descriptor"])),
        ("crit-unknown", "COSE_HEADER", "a critical label that this version does not know", told(crit=["suite", "signers", "descriptor", "more"])),
        ("label-unknown", "FIELD_UNKNOWN", "an unknown label", told(more=1)),
        ("label-alg", "FIELD_UNKNOWN", "alg in the shared header", unsigned(heading() | {1: -19})),
        ("suite-missing", "FIELD_MISSING", "no suite", told(suite=None)),
        ("suite-text", "FIELD_TYPE", "the suite as text", told(suite="1")),
        ("suite-true", "FIELD_TYPE", "true is not 1", told(suite=True)),
        ("suite-negative", "FIELD_RANGE", "suite -1", told(suite=-1)),
        ("claim-unknown", "FIELD_UNKNOWN", "exp: clocks decide nothing here", claimed(exp=1)),
        ("issuer-lower-case", "FIELD_RANGE", "vn", claimed(iss="vn")),
        ("issuer-empty", "FIELD_RANGE", "no issuer", claimed(iss="")),
        ("issuer-long", "FIELD_RANGE", "17 characters", claimed(iss="A" * 17)),
        ("issuer-newline", "FIELD_RANGE", "a line feed after the name", claimed(iss="VN\n")),
        ("issuer-homoglyph", "FIELD_RANGE", "a Cyrillic letter", claimed(iss="R\u0423")),
        ("subject-upper-case", "FIELD_RANGE", "hexadecimal in capitals", claimed(sub="AB" * 16)),
        ("subject-short", "FIELD_RANGE", "15 bytes", claimed(sub="ab" * 15)),
        ("subject-bytes", "FIELD_TYPE", "a byte string", claimed(sub=EXCHANGE)),
        ("audience-empty", "FIELD_RANGE", "for nobody", claimed(aud=[])),
        ("audience-twice", "FIELD_RANGE", "RU twice", claimed(aud=["RU", "RU"])),
        ("audience-text", "FIELD_TYPE", "a single text, as RFC 8392 would allow", claimed(aud="RU")),
        ("audience-513", "FIELD_RANGE", "too many", claimed(aud=[f"P{number}" for number in range(100, 613)])),
        ("type-foreign", "COSE_TYPE", "not one of ours", told(typ="application/json")),
        ("type-empty-kind", "COSE_TYPE", "no kind", told(typ="application/vnd.longbien.+cbor")),
        ("type-capital", "COSE_TYPE", "Act", told(typ="application/vnd.longbien.Act+cbor")),
        ("type-hyphen-first", "COSE_TYPE", "-act", told(typ="application/vnd.longbien.-act+cbor")),
        ("type-number", "FIELD_TYPE", "a CoAP content format", told(typ=60)),
        ("signers-empty", "FIELD_RANGE", "nobody", told(signers=[])),
        ("signers-twice", "FIELD_RANGE", "one key counted twice", told(signers=[kid, kid])),
        ("signers-short", "FIELD_RANGE", "a kid of 15 bytes", told(signers=[kid[:15]])),
        ("signers-17", "FIELD_RANGE", "too many", told(signers=[bytes([n]) * 16 for n in range(17)])),
        ("descriptor-short", "FIELD_RANGE", "31 bytes", told(descriptor=bytes(31))),
        ("descriptor-missing", "FIELD_MISSING", "absent is not empty", told(descriptor=None)),
        ("signature-four-members", "COSE_STRUCTURE", "a signature with a fourth member", edited(short, in_signatures(lambda x: x[0].append(b"")))),
        ("signature-flat", "COSE_STRUCTURE", "bare bytes as a signature", edited(short, in_signatures(lambda x: x.append(b"\1")))),
        ("signature-empty", "FIELD_RANGE", "a signature of no bytes", edited(short, put(0, 2, b""))),
        ("signature-long", "FIELD_RANGE", "8193 bytes", edited(short, put(0, 2, bytes(8193)))),
        ("signature-unprotected", "COSE_HEADER", "alg outside the signed header", edited(short, put(0, 1, {1: -19}))),
        ("signature-kid-missing", "FIELD_MISSING", "nobody's signature", edited(short, put(0, 0, cbor.encode({1: -19})))),
        ("signature-label-unknown", "FIELD_UNKNOWN", "an unknown label", edited(short, put(0, 0, cbor.encode({1: -19, 4: kid, 5: b""})))),
        ("signature-alg-text", "FIELD_TYPE", "an algorithm by name", edited(short, put(0, 0, cbor.encode({1: "Ed25519", 4: kid})))),
        ("signatures-33", "COSE_STRUCTURE", "more than sixteen signers can give", edited(short, in_signatures(lambda x: x.extend(x[:1] * 31)))),
    ]  # fmt: skip


def _reordered(protected: bytes) -> bytes:
    first, second, *rest = _pairs(protected)
    return protected[:1] + b"".join([second, first, *rest])


def _pairs(protected: bytes) -> list[bytes]:
    value = cbor.decode(protected)
    assert isinstance(value, dict)
    return [cbor.encode(label) + cbor.encode(content) for label, content in value.items()]
