"""Parcels: what an envelope carries from one node to another.

Knows the kinds of parcel and how they are written; must never know what the statements and receipts
inside say. `sender` is a hint for finding keys and mailboxes quickly. It is not authenticated, and nothing
may be decided by it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from longbien.wire import cbor
from longbien.wire.envelope import PARCEL_BYTES_MAX
from longbien.wire.fields import Fields, checked_bytes, checked_int
from longbien.wire.statement import PARTY, PARTY_CHARACTERS_MAX, STATEMENT_BYTES_MAX
from longbien.wire.wellformed import Malformed

CODE: Final = re.compile(r"[A-Z][A-Z0-9_-]{1,47}")
_CODE_CHARACTERS_MAX: Final = 48
_HASH_BYTES: Final = 32
_MANIFEST_BYTES: Final = 16
# Key and salt of a sealed object (docs/wire/09-sealed-object.md).
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 24
# A Merkle proof has at most two hashes for each level of a tree of 2^63 leaves.
_PROOF_HASHES_MAX: Final = 128
# A note has a line for each cosigner; C2SP's signed-note asks readers to bound what they accept.
_NOTE_BYTES_MAX: Final = 64 * 1024
_CHAIN_MAX: Final = 64
# One answer for each envelope of one request; a pouch carries more in several requests.
_ANSWERS_MAX: Final = 1024
# So many proofs under one head, or keys of one part of a manifest, fit into one parcel.
EVENTS_MAX: Final = 500
KEYS_MAX: Final = 1000
_RECORD_BYTES_MAX: Final = 64 * 1024
_PATH_HASHES_MAX: Final = 63
# The heads that a request names, and at most one older head for each answer.
_PROOFS_MAX: Final = _ANSWERS_MAX + 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """An act for the host to order; `act` is a statement."""

    sender: str
    act: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a chain for another party: the act, and the host's receipt for the entry."""

    sender: str
    act: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Descriptor statements, oldest first, from one that the receiver knows to the newest."""

    sender: str
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A checkpoint of the sender, the proof that it continues the tree of `known` leaves, and a cosignature.

    `cosignature` holds the sender's cosignature lines for the receiver's checkpoint `over`; both are empty
    when the sender holds no checkpoint of the receiver yet.
    """

    sender: str
    checkpoint: bytes
    consistency: tuple[bytes, ...]
    known: int
    cosignature: bytes
    over: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One part of a manifest of evidence; `statement` is of kind "manifest"."""

    sender: str
    statement: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A record in the sender's ledger: what a receipt holds beside the head (docs/wire/05-receipt.md)."""

    record: bytes
    salt: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Custody events of the sender about items of `manifest` (16 bytes), all under one head."""

    sender: str
    manifest: bytes
    checkpoint: bytes
    events: tuple[Logged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemKey:
    """The key and the salt of the sealed object of item `number`."""

    number: int
    key: bytes = field(repr=False)
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of the items of the manifest whose statement has the digest `manifest`, which the act `act` names."""

    sender: str
    manifest: bytes
    act: bytes
    keys: tuple[ItemKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipted:
    """Durable here, with the proof (P1)."""

    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not now; the sender keeps the envelope and comes again. `code` says why."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not these bytes, ever: they are malformed, unreadable or unauthenticated. `code` says why."""

    code: str


AnswerItem: TypeAlias = Receipted | Deferred | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one request of envelopes: one item for each, in their order.

    `request` is the SHA-256 of the request; `checkpoint` is the answerer's newest signed note, or empty.
    `proofs` are pairs of a size and the proof that `checkpoint` continues the tree of so many leaves: one for
    each size that the request named and for each older head that a receipt stands under. `holds` is how many
    leaves of the asker's own ledger the answerer holds a verified head of.
    """

    sender: str
    request: bytes
    answers: tuple[AnswerItem, ...]
    checkpoint: bytes
    proofs: tuple[tuple[int, tuple[bytes, ...]], ...]
    holds: int


Parcel: TypeAlias = Propose | Entry | Descriptor | Witness | Manifest | Custody | Keys | Answer


def encode(parcel: Parcel) -> bytes:
    """The bytes of a parcel; raises `Malformed` for whatever `decode` would refuse."""
    raw = cbor.encode({"from": parcel.sender, **_content(parcel)}, limit=PARCEL_BYTES_MAX)
    decode(raw)
    return raw


def decode(raw: bytes) -> Parcel:
    """The parcel that the bytes are.

    Raises `Malformed`: every code of `cbor.decode` and `fields.Fields`; PARCEL_KIND for an unknown kind.
    """
    fields = Fields(cbor.decode(raw, limit=PARCEL_BYTES_MAX), "parcel")
    kind = fields.text("kind", max=16)
    if kind not in _READERS:
        raise Malformed("PARCEL_KIND", "parcel.kind")
    sender = fields.text("from", max=PARTY_CHARACTERS_MAX, form=PARTY)
    parcel = _READERS[kind](fields, sender)
    fields.done()
    return parcel


def _content(parcel: Parcel) -> dict[str, cbor.Value]:
    match parcel:
        case Propose():
            return {"kind": "propose", "act": parcel.act}
        case Entry():
            return {"kind": "entry", "act": parcel.act, "receipt": parcel.receipt}
        case Descriptor():
            return {"kind": "descriptor", "chain": parcel.chain}
        case Witness():
            return {
                "kind": "witness",
                "checkpoint": parcel.checkpoint,
                "consistency": parcel.consistency,
                "known": parcel.known,
                "cosignature": parcel.cosignature,
                "over": parcel.over,
            }
        case Manifest():
            return {"kind": "manifest", "statement": parcel.statement}
        case Custody():
            events: list[cbor.Value] = [
                [each.record, each.salt, each.index, each.path] for each in parcel.events
            ]
            return {
                "kind": "custody",
                "manifest": parcel.manifest,
                "checkpoint": parcel.checkpoint,
                "events": events,
            }
        case Keys():
            keys: list[cbor.Value] = [[each.number, each.key, each.salt] for each in parcel.keys]
            return {"kind": "keys", "manifest": parcel.manifest, "act": parcel.act, "keys": keys}
        case Answer():
            return {
                "kind": "answer",
                "request": parcel.request,
                "answers": [_item_content(item) for item in parcel.answers],
                "checkpoint": parcel.checkpoint,
                "proofs": [[size, proof] for size, proof in parcel.proofs],
                "holds": parcel.holds,
            }
    assert_never(parcel)


def _item_content(item: AnswerItem) -> dict[str, cbor.Value]:
    match item:
        case Receipted():
            return {"receipt": item.receipt}
        case Deferred():
            return {"deferred": item.code}
        case Refused():
            return {"refused": item.code}
    assert_never(item)


def _propose(fields: Fields, sender: str) -> Propose:
    return Propose(sender=sender, act=_statement(fields, "act"))


def _entry(fields: Fields, sender: str) -> Entry:
    act = _statement(fields, "act")
    return Entry(sender=sender, act=act, receipt=_receipt(fields))


def _descriptor(fields: Fields, sender: str) -> Descriptor:
    chain = fields.byte_strings("chain", max=STATEMENT_BYTES_MAX, items=_CHAIN_MAX, min_items=1)
    return Descriptor(sender=sender, chain=chain)


def _witness(fields: Fields, sender: str) -> Witness:
    return Witness(
        sender=sender,
        checkpoint=fields.bytes("checkpoint", max=_NOTE_BYTES_MAX, min=1),
        consistency=_consistency(fields),
        known=fields.int("known"),
        cosignature=fields.bytes("cosignature", max=_NOTE_BYTES_MAX),
        over=fields.bytes("over", max=_NOTE_BYTES_MAX),
    )


def _manifest(fields: Fields, sender: str) -> Manifest:
    return Manifest(sender=sender, statement=_statement(fields, "statement"))


def _custody(fields: Fields, sender: str) -> Custody:
    return Custody(
        sender=sender,
        manifest=fields.bytes("manifest", size=_MANIFEST_BYTES),
        checkpoint=fields.bytes("checkpoint", max=_NOTE_BYTES_MAX, min=1),
        events=tuple(_logged(each) for each in fields.array("events", max=EVENTS_MAX, min=1)),
    )


def _logged(value: cbor.Value) -> Logged:
    if not isinstance(value, list) or len(value) != 4 or not isinstance(value[3], list):
        raise Malformed("FIELD_TYPE", "parcel.events")
    record, salt, index, path = value
    if len(path) > _PATH_HASHES_MAX:
        raise Malformed("FIELD_RANGE", "parcel.events")
    return Logged(
        record=checked_bytes(record, "parcel.events", max=_RECORD_BYTES_MAX),
        salt=checked_bytes(salt, "parcel.events", size=_HASH_BYTES),
        index=checked_int(index, "parcel.events"),
        path=tuple(checked_bytes(each, "parcel.events", size=_HASH_BYTES) for each in path),
    )


def _keys(fields: Fields, sender: str) -> Keys:
    return Keys(
        sender=sender,
        manifest=fields.bytes("manifest", size=_HASH_BYTES),
        act=fields.bytes("act", size=_HASH_BYTES),
        keys=tuple(_item_key(each) for each in fields.array("keys", max=KEYS_MAX, min=1)),
    )


def _item_key(value: cbor.Value) -> ItemKey:
    if not isinstance(value, list) or len(value) != 3:
        raise Malformed("FIELD_TYPE", "parcel.keys")
    number, key, salt = value
    return ItemKey(
        number=checked_int(number, "parcel.keys", min=1),
        key=checked_bytes(key, "parcel.keys", size=_KEY_BYTES),
        salt=checked_bytes(salt, "parcel.keys", size=_SALT_BYTES),
    )


def _answer(fields: Fields, sender: str) -> Answer:
    return Answer(
        sender=sender,
        request=fields.bytes("request", size=_HASH_BYTES),
        answers=tuple(_item(item) for item in fields.maps("answers", max=_ANSWERS_MAX)),
        checkpoint=fields.bytes("checkpoint", max=_NOTE_BYTES_MAX),
        proofs=tuple(_proof(item) for item in fields.array("proofs", max=_PROOFS_MAX)),
        holds=fields.int("holds"),
    )


def _proof(value: cbor.Value) -> tuple[int, tuple[bytes, ...]]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], list):
        raise Malformed("FIELD_TYPE", "parcel.proofs")
    size = checked_int(value[0], "parcel.proofs", min=1)
    if len(value[1]) > _PROOF_HASHES_MAX:
        raise Malformed("FIELD_RANGE", "parcel.proofs")
    return size, tuple(checked_bytes(item, "parcel.proofs", size=_HASH_BYTES) for item in value[1])


def _item(fields: Fields) -> AnswerItem:
    item: AnswerItem
    if fields.has("deferred"):
        item = Deferred(code=fields.text("deferred", max=_CODE_CHARACTERS_MAX, form=CODE))
    elif fields.has("refused"):
        item = Refused(code=fields.text("refused", max=_CODE_CHARACTERS_MAX, form=CODE))
    else:
        item = Receipted(receipt=_receipt(fields))
    fields.done()
    return item


def _statement(fields: Fields, name: str) -> bytes:
    return fields.bytes(name, max=STATEMENT_BYTES_MAX, min=1)


def _receipt(fields: Fields) -> bytes:
    return fields.bytes("receipt", max=PARCEL_BYTES_MAX, min=1)


def _consistency(fields: Fields) -> tuple[bytes, ...]:
    return fields.byte_strings("consistency", size=_HASH_BYTES, items=_PROOF_HASHES_MAX)


_READERS: Final[dict[str, Callable[[Fields, str], Parcel]]] = {
    "propose": _propose,
    "entry": _entry,
    "descriptor": _descriptor,
    "witness": _witness,
    "manifest": _manifest,
    "custody": _custody,
    "keys": _keys,
    "answer": _answer,
}
