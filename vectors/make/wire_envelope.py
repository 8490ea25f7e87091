"""Vectors of envelopes and parcels (docs/wire/03-envelope.md).

Sealing holds randomness: an envelope that stands in the files already and opens to the same plaintext is
kept.
"""

from collections.abc import Callable

from wire_keys import SUITES, Case, existing, grown, open_key, rendered

from longbien.wire import cbor, envelope, parcel
from longbien.wire.suites import PRODUCTION
from longbien.wire.wellformed import Malformed

KEYS = {"RU-1": open_key("RU-1", 1), "RU-2": open_key("RU-2", 2)}
STRANGER = open_key("nobody", 1)
HASH = grown("hash", 32)

PARCELS: dict[str, parcel.Parcel] = {
    "propose": parcel.Propose(sender="VN", act=b"an act"),
    "entry": parcel.Entry(sender="RU", act=b"an act", receipt=b"a receipt"),
    "descriptor": parcel.Descriptor(sender="UNODC", chain=(b"older", b"newer")),
    "witness": parcel.Witness(
        sender="VN",
        checkpoint=b"a note",
        consistency=(HASH,),
        known=7,
        cosignature=b"a cosignature",
        over=b"your note",
    ),
    "witness-bare": parcel.Witness(
        sender="VN", checkpoint=b"a note", consistency=(), known=0, cosignature=b"", over=b""
    ),
    "manifest": parcel.Manifest(sender="VN", statement=b"a part of a manifest"),
    "custody": parcel.Custody(
        sender="VN",
        manifest=grown("manifest", 16),
        checkpoint=b"a note",
        events=(
            parcel.Logged(record=b"collected", salt=grown("salt 1", 32), index=40, path=(HASH,)),
            parcel.Logged(record=b"sealed", salt=grown("salt 2", 32), index=41, path=()),
        ),
    ),
    "keys": parcel.Keys(
        sender="VN",
        manifest=grown("manifest statement", 32),
        act=HASH,
        keys=(
            parcel.ItemKey(number=1, key=grown("key 1", 32), salt=grown("seal salt 1", 24)),
            parcel.ItemKey(number=3, key=grown("key 3", 32), salt=grown("seal salt 3", 24)),
        ),
    ),
    "answer": parcel.Answer(
        sender="RU",
        request=HASH,
        answers=(
            parcel.Receipted(receipt=b"r"),
            parcel.Deferred(code="BUSY"),
            parcel.Refused(code="CBOR_TRUNCATED"),
        ),
        checkpoint=b"a note",
        proofs=((12, (HASH, HASH)), (15, ())),
        holds=7,
    ),
    "answer-empty": parcel.Answer(sender="RU", request=HASH, answers=(), checkpoint=b"", proofs=(), holds=0),
}


def header(key: str, name: str, **changed: object) -> bytes:
    seal_key = KEYS[key].seal_key
    fields: dict[str, object] = {
        "class": 2,
        "id": grown(name, 16),
        "suite": seal_key.suite,
        "to": seal_key.kid,
    }
    fields.update(changed)
    return cbor.encode({label: value for label, value in fields.items() if value is not None})


class Sealer:
    """Seals a plaintext under a header, or keeps what the files have."""

    def __init__(self) -> None:
        self._old = existing("envelope/accept.json") | existing("envelope/refuse.json")

    def __call__(self, name: str, head: bytes, plaintext: bytes, *, key: str = "RU-1") -> bytes:
        info = b"longbien/1/envelope" + cbor.digest(head)
        if name in self._old:
            try:
                kept = cbor.decode(self._old[name], limit=envelope.ENVELOPE_BYTES_MAX)
                if isinstance(kept, list) and kept[0] == head and KEYS[key].open(info, kept[1]) == plaintext:
                    return self._old[name]
            except (Malformed, TypeError):
                pass
        seal_key = KEYS[key].seal_key
        sealed = SUITES[seal_key.suite].seal(seal_key.public, info, plaintext)
        return cbor.encode([head, sealed], limit=envelope.ENVELOPE_BYTES_MAX)


def padded(content: bytes, size: int = 4096) -> bytes:
    return (content + b"\x80").ljust(size, b"\0")


def accepted(seal: Sealer) -> dict[str, tuple[bytes, bytes, str]]:
    small = parcel.encode(PARCELS["propose"])
    full = bytes(range(1, 256)) * 16 + bytes(15)
    return {
        "suite-1": (seal("suite-1", header("RU-1", "suite-1"), padded(small)), small, "class 2: 4 KiB"),
        "suite-2": (
            seal("suite-2", header("RU-2", "suite-2"), padded(small), key="RU-2"),
            small,
            "the same in suite 2",
        ),
        "full": (
            seal("full", header("RU-1", "full"), padded(full)),
            full,
            "4095 bytes: the mark is the last byte; the zeros before it are the parcel's own",
        ),
        "next-class": (
            seal("next-class", header("RU-1", "next-class", **{"class": 3}), padded(full + b"\0", 8192)),
            full + b"\0",
            "4096 bytes need class 3: 8 KiB",
        ),
        "larger-than-needed": (
            seal("larger-than-needed", header("RU-1", "larger", **{"class": 3}), padded(small, 8192)),
            small,
            "a sender may choose a larger class",
        ),
        "marks-inside": (
            seal("marks-inside", header("RU-1", "marks"), padded(b"\x80\0\x80\0\0")),
            b"\x80\0\x80\0\0",
            "only the last mark ends the parcel",
        ),
    }


def refused(seal: Sealer, good: bytes) -> list[tuple[str, str, str, bytes]]:
    parts = cbor.decode(good)
    assert isinstance(parts, list)
    head, sealed = parts
    assert isinstance(head, bytes)
    assert isinstance(sealed, bytes)

    def under(changed: bytes) -> bytes:
        return cbor.encode([changed, sealed])

    def edited(edit: Callable[[bytearray], None]) -> bytes:
        content = bytearray(sealed)
        edit(content)
        return cbor.encode([head, bytes(content)])

    return [
        ("cut", "CBOR_TRUNCATED", "the last byte is missing", good[:-1]),
        ("trailing", "CBOR_TRAILING", "one more byte", good + b"\0"),
        ("three-members", "ENVELOPE_STRUCTURE", "a third member", cbor.encode([head, sealed, b""])),
        ("header-as-map", "ENVELOPE_STRUCTURE", "the header not wrapped", cbor.encode([{}, b""])),
        ("sealed-text", "ENVELOPE_STRUCTURE", "text where bytes belong", cbor.encode([head, ""])),
        ("doubly-encoded", "ENVELOPE_STRUCTURE", "a byte string that holds an envelope", cbor.encode(under(head))),
        ("header-unknown-field", "FIELD_UNKNOWN", "a subject line", cbor.encode([header("RU-1", "x", about="x"), b""])),
        ("header-missing-suite", "FIELD_MISSING", "no suite", cbor.encode([header("RU-1", "x", suite=None), b""])),
        ("header-short-id", "FIELD_RANGE", "15 bytes", cbor.encode([header("RU-1", "x", id=bytes(15)), b""])),
        ("header-class-1", "FIELD_RANGE", "2 KiB", cbor.encode([header("RU-1", "x", **{"class": 1}), b""])),
        ("header-class-11", "FIELD_RANGE", "2 MiB", cbor.encode([header("RU-1", "x", **{"class": 11}), b""])),
        ("header-not-canonical", "CBOR_NOT_CANONICAL", "the class in two bytes", cbor.encode([_long_class(head), b""])),
        ("header-large", "CBOR_TOO_LARGE", "257 bytes", cbor.encode([b"\x58\xff" + bytes(255), b""])),
        ("suite-unknown", "SUITE_UNKNOWN", "suite 9", under(header("RU-1", "suite-1", suite=9))),
        ("suite-raised", "SUITE_MISMATCH", "a key of suite 1", under(header("RU-1", "suite-1", suite=2))),
        ("not-for-us", "ENVELOPE_NOT_FOR_US", "a key that we do not have", under(header("RU-1", "suite-1", to=STRANGER.seal_key.kid))),
        ("class-raised", "ENVELOPE_CLASS", "class 3 over 4 KiB", under(header("RU-1", "suite-1", **{"class": 3}))),
        ("sealed-short", "ENVELOPE_CLASS", "one byte less", edited(lambda x: x.__delitem__(-1))),
        ("sealed-long", "ENVELOPE_CLASS", "one byte more", edited(lambda x: x.append(0))),
        ("sealed-empty", "ENVELOPE_CLASS", "nothing sealed", cbor.encode([head, b""])),
        ("id-changed", "ENVELOPE_TAMPERED", "another identifier", under(header("RU-1", "another"))),
        ("tag-flipped", "ENVELOPE_TAMPERED", "one bit of the tag", edited(lambda x: x.__setitem__(-1, x[-1] ^ 1))),
        ("lattice-flipped", "ENVELOPE_TAMPERED", "one bit of the ML-KEM part", edited(lambda x: x.__setitem__(0, x[0] ^ 1))),
        ("curve-flipped", "ENVELOPE_TAMPERED", "one bit of the X25519 part", edited(lambda x: x.__setitem__(1088, x[1088] ^ 1))),
        ("curve-zero", "ENVELOPE_TAMPERED", "an X25519 point of small order", edited(lambda x: x.__setitem__(slice(1088, 1120), bytes(32)))),
        ("no-mark", "ENVELOPE_PADDING", "nothing but zeros", seal("no-mark", header("RU-1", "no-mark"), bytes(4096))),
        ("wrong-mark", "ENVELOPE_PADDING", "01 instead of 80", seal("wrong-mark", header("RU-1", "wrong-mark"), b"\x01".ljust(4096, b"\0"))),
        ("dirty-padding", "ENVELOPE_PADDING", "a byte hidden after the mark", seal("dirty-padding", header("RU-1", "dirty"), padded(b"a")[:-1] + b"\x01")),
    ]  # fmt: skip


def _long_class(head: bytes) -> bytes:
    return head.replace(b"class\x02", b"class\x18\x02")


def parcels_refused() -> list[tuple[str, str, str, bytes]]:
    def changed(name: str, **fields: object) -> bytes:
        value = cbor.decode(parcel.encode(PARCELS[name]))
        assert isinstance(value, dict)
        merged = value | {
            ("from" if label == "sender" else label): content for label, content in fields.items()
        }
        return cbor.encode({label: content for label, content in merged.items() if content is not None})

    return [
        ("empty", "CBOR_TRUNCATED", "no byte", b""),
        ("not-a-map", "FIELD_TYPE", "an array", b"\x80"),
        ("kind-missing", "FIELD_MISSING", "no kind", changed("propose", kind=None)),
        ("kind-unknown", "PARCEL_KIND", "a kind of a later version", changed("propose", kind="poll")),
        ("sender-missing", "FIELD_MISSING", "no sender", changed("propose", sender=None)),
        ("sender-form", "FIELD_RANGE", "small letters", changed("propose", sender="vn")),
        ("act-empty", "FIELD_RANGE", "no act", changed("propose", act=b"")),
        ("act-text", "FIELD_TYPE", "text", changed("propose", act="act")),
        ("field-unknown", "FIELD_UNKNOWN", "a receipt with a proposal", changed("propose", receipt=b"r")),
        ("receipt-missing", "FIELD_MISSING", "an entry without its receipt", changed("entry", receipt=None)),
        ("chain-empty", "FIELD_RANGE", "no descriptor", changed("descriptor", chain=[])),
        ("chain-text", "FIELD_TYPE", "text in the chain", changed("descriptor", chain=["x"])),
        ("hash-short", "FIELD_RANGE", "a hash of 31 bytes", changed("witness", consistency=[bytes(31)])),
        ("known-negative", "FIELD_RANGE", "minus one leaf", changed("witness", known=-1)),
        ("known-large", "FIELD_RANGE", "2^63 leaves", changed("witness", known=1 << 63)),
        ("manifest-empty", "FIELD_RANGE", "no statement", changed("manifest", statement=b"")),
        ("custody-of-nothing", "FIELD_RANGE", "an identifier of 15 bytes", changed("custody", manifest=bytes(15))),
        ("custody-no-head", "FIELD_RANGE", "no note", changed("custody", checkpoint=b"")),
        ("custody-empty", "FIELD_RANGE", "no event", changed("custody", events=[])),
        ("custody-many", "FIELD_RANGE", "501 events", changed("custody", events=[0] * 501)),
        ("custody-flat", "FIELD_TYPE", "a bare record", changed("custody", events=[b"collected"])),
        ("custody-path-long", "FIELD_RANGE", "64 hashes", changed("custody", events=[[b"", bytes(32), 0, [HASH] * 64]])),
        ("custody-salt-short", "FIELD_RANGE", "a salt of 31 bytes", changed("custody", events=[[b"", bytes(31), 0, []]])),
        ("keys-empty", "FIELD_RANGE", "no key", changed("keys", keys=[])),
        ("keys-many", "FIELD_RANGE", "1,001 keys", changed("keys", keys=[0] * 1001)),
        ("keys-pair", "FIELD_TYPE", "a key without its salt", changed("keys", keys=[[1, bytes(32)]])),
        ("keys-item-zero", "FIELD_RANGE", "item 0", changed("keys", keys=[[0, bytes(32), bytes(24)]])),
        ("keys-short", "FIELD_RANGE", "a key of 31 bytes", changed("keys", keys=[[1, bytes(31), bytes(24)]])),
        ("keys-act-short", "FIELD_RANGE", "the act's digest cut", changed("keys", act=bytes(31))),
        ("request-short", "FIELD_RANGE", "31 bytes", changed("answer", request=bytes(31))),
        ("proof-flat", "FIELD_TYPE", "a proof that is not a pair", changed("answer", proofs=[7])),
        ("proof-three", "FIELD_TYPE", "a third member", changed("answer", proofs=[[7, [], 1]])),
        ("proof-hashes-bytes", "FIELD_TYPE", "the hashes as one byte string", changed("answer", proofs=[[7, bytes(64)]])),
        ("proof-of-nothing", "FIELD_RANGE", "a proof from the empty tree", changed("answer", proofs=[[0, []]])),
        ("proof-long", "FIELD_RANGE", "129 hashes", changed("answer", proofs=[[7, [bytes(32)] * 129]])),
        ("proof-hash-short", "FIELD_RANGE", "a hash of 31 bytes", changed("answer", proofs=[[7, [bytes(31)]]])),
        ("answer-empty-item", "FIELD_MISSING", "neither receipt nor code", changed("answer", answers=[{}])),
        ("answer-two-items", "FIELD_UNKNOWN", "receipt and code", changed("answer", answers=[{"receipt": b"r", "refused": "NO"}])),
        ("answer-two-codes", "FIELD_UNKNOWN", "deferred and refused", changed("answer", answers=[{"deferred": "LATER", "refused": "NO"}])),
        ("answer-code-form", "FIELD_RANGE", "small letters", changed("answer", answers=[{"refused": "no"}])),
        ("answer-not-a-map", "FIELD_TYPE", "a bare receipt", changed("answer", answers=[b"r"])),
    ]  # fmt: skip


def files() -> dict[str, str]:
    seal = Sealer()
    good = accepted(seal)
    accept: list[Case] = []
    for name, (raw, content, comment) in good.items():
        keys = {key.seal_key.kid: key for key in KEYS.values()}
        assert envelope.open_envelope(raw, keys, PRODUCTION) == content
        accept.append(
            {"name": name, "expect": "accept", "comment": comment, "parcel": content.hex(), "hex": raw.hex()}
        )
    keys_page: list[Case] = [
        {
            "name": name,
            "suite": key.seal_key.suite,
            "kid": key.seal_key.kid.hex(),
            "private": grown(f"{name} sealing", 32).hex(),
            "public": key.seal_key.public.hex(),
        }
        for name, key in KEYS.items()
    ]
    parcels: list[Case] = [
        {"name": name, "expect": "accept", "comment": "", "hex": parcel.encode(content).hex()}
        for name, content in PARCELS.items()
    ]
    return {
        "envelope/keys.json": rendered(
            "envelope-keys", "The keys that the receiver has; for these vectors only.", keys_page
        ),
        "envelope/accept.json": rendered("envelope", "Each opens to the parcel given.", accept),
        "envelope/refuse.json": _refused("envelope", refused(seal, good["suite-1"][0])),
        "envelope/parcel-accept.json": rendered(
            "parcel", "Each decodes and encodes to the same bytes.", parcels
        ),
        "envelope/parcel-refuse.json": _refused("parcel", parcels_refused()),
    }


def _refused(vector_format: str, cases: list[tuple[str, str, str, bytes]]) -> str:
    return rendered(
        vector_format,
        "Each is refused with the code in expect.",
        [
            {"name": name, "expect": code, "comment": note, "hex": raw.hex()}
            for name, code, note, raw in cases
        ],
    )
