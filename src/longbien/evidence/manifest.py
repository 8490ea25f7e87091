"""The manifest: what is handed over, where it comes from, and how anyone can see that it is still the same.

Knows items, sources, acquisition and conditions of use, and how they become bytes and come back
(docs/wire/10-manifest.md). It must never know keys or whether somebody may see an item. A manifest is the payload of
a statement of kind "manifest"; one of many items is cut into parts, each a statement of its own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from longbien.evidence import digests
from longbien.evidence.digests import SHA256
from longbien.evidence.names import NAME_BYTES_MAX
from longbien.evidence.sealed import COMMITMENT_BYTES, OBJECT_BYTES, SIZE_MAX
from longbien.wire.cbor import Value, decode, encode
from longbien.wire.fields import Fields
from longbien.wire.statement import PARTY, PARTY_CHARACTERS_MAX
from longbien.wire.wellformed import Malformed

KIND: Final = "manifest"
ID_BYTES: Final = 16
DIGEST_BYTES: Final = 32
# A part stays below the payload of a statement (960 KiB) and below the items that CBOR may hold.
PART_BYTES_MAX: Final = 768 * 1024
PART_ITEMS_MAX: Final = 1000
PARTS_MAX: Final = 10_000
SOURCES_MAX: Final = 1000
CONDITIONS_MAX: Final = 64
IDENTIFIERS_MAX: Final = 32
TEXT_MAX: Final = 256
NOTE_MAX: Final = 4096

SOURCE_KINDS: Final = ("account", "capture", "device", "document", "other", "provider", "register")
METHODS: Final = ("capture", "cloud", "copy", "logical", "memory", "other", "physical", "provider")

_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MEDIA_TYPE: Final = re.compile(r"(?:[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64})?")
_SOURCE_KIND: Final = re.compile("|".join(SOURCE_KINDS))
_METHOD: Final = re.compile("|".join(METHODS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of use that binds the receiver: a code of the law data, and its words."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is known of a device; `capacity` in bytes, 0 where unknown; `identifiers` such as ("imei", "…")."""

    make: str = ""
    model: str = ""
    serial: str = ""
    capacity: int = 0
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where items come from: a device, an account, a provider … Numbers begin with 1."""

    number: int
    kind: str
    description: str = ""
    device: Device | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How an item was taken: tool, version, method, when (ms), by whom, and the digests that the tool gave then."""

    tool: str
    version: str
    method: str
    at: int
    by: str
    digests: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file handed over.

    `name` is the name as given, bytes, trusted by nobody (`longbien.evidence.names`). `declared` is its media type or
    empty. `digests` are of the whole plaintext, SHA-256 always among them. `object_id` and `commitment` name the
    sealed object; its key travels in an act. `source` is a number, 0 where none is named. `original` is the SHA-256
    of what a redacted copy was made from, or empty.
    """

    number: int
    name: bytes
    size: int
    digests: Mapping[str, bytes]
    object_id: bytes
    commitment: bytes
    declared: str = ""
    description: str = ""
    source: int = 0
    original: bytes = b""
    acquisition: Acquisition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One part of a manifest: part `part` (1 …) of `parts`. `made_at` in ms. Conditions and sources stand in every
    part.
    """

    id: bytes
    exchange: bytes
    party: str
    made_at: int
    conditions: tuple[Condition, ...] = ()
    sources: tuple[Source, ...] = ()
    items: tuple[Item, ...] = ()
    part: int = 1
    parts: int = 1

    def encode(self) -> bytes:
        """The payload bytes; they are read back first, so nothing unreadable is ever signed. Codes: those of `read`."""
        raw = encode(_manifest_value(self))
        read(raw)
        return raw


def split(manifest: Manifest) -> tuple[Manifest, ...]:
    """The manifest in as many parts as it needs. Raises `Malformed` CBOR_TOO_LARGE (one item), MANIFEST_PART (too
    many).
    """
    cut: list[list[Item]] = [[]]
    room = PART_BYTES_MAX - len(encode(_manifest_value(replace(manifest, items=()))))
    left = room
    for item in manifest.items:
        needed = len(encode(_item_value(item)))
        if cut[-1] and (needed > left or len(cut[-1]) == PART_ITEMS_MAX):
            cut.append([])
            left = room
        cut[-1].append(item)
        left -= needed
    if len(cut) > PARTS_MAX:
        raise Malformed("MANIFEST_PART", f"{len(cut)} parts")
    return tuple(
        replace(manifest, items=tuple(items), part=number, parts=len(cut))
        for number, items in enumerate(cut, 1)
    )


def join(parts: Sequence[Manifest]) -> Manifest:
    """One manifest from all of its parts, in any order.

    Raises `Malformed`: MANIFEST_PART (one missing, twice, or of another manifest), MANIFEST_NUMBER, MANIFEST_OBJECT
    (one sealed object twice).
    """
    ordered = sorted(parts, key=lambda part: part.part)
    if not ordered or [part.part for part in ordered] != list(range(1, ordered[0].parts + 1)):
        raise Malformed("MANIFEST_PART", f"{len(ordered)} parts")
    first = ordered[0]
    for part in ordered:
        if replace(part, items=first.items, part=1) != first:
            raise Malformed("MANIFEST_PART", str(part.part))
    items = tuple(item for part in ordered for item in part.items)
    _check_items(items)
    return replace(first, items=items, parts=1)


def read(raw: bytes) -> Manifest:
    """Reads the payload of a manifest's statement.

    Raises `Malformed`: CBOR_…, FIELD_…, DIGEST_FORM, MANIFEST_PART (part beyond parts), MANIFEST_NUMBER (numbers not
    rising), MANIFEST_SOURCE (a source that is not there), MANIFEST_OBJECT, MANIFEST_DIGEST (no SHA-256).
    """
    fields = Fields(decode(raw), "manifest")
    manifest = Manifest(
        id=fields.bytes("id", size=ID_BYTES),
        exchange=fields.bytes("exchange", size=ID_BYTES),
        party=fields.text("party", max=PARTY_CHARACTERS_MAX, form=PARTY),
        made_at=fields.int("made_at"),
        part=fields.int("part", min=1, max=PARTS_MAX),
        parts=fields.int("parts", min=1, max=PARTS_MAX),
        conditions=tuple(_condition(each) for each in fields.maps("conditions", max=CONDITIONS_MAX)),
        sources=tuple(_source(each) for each in fields.maps("sources", max=SOURCES_MAX)),
        items=tuple(_item(each) for each in fields.maps("items", max=PART_ITEMS_MAX)),
    )
    fields.done()
    if manifest.part > manifest.parts:
        raise Malformed("MANIFEST_PART", f"{manifest.part} of {manifest.parts}")
    _check_rising([source.number for source in manifest.sources], "sources")
    numbers = {source.number for source in manifest.sources}
    for item in manifest.items:
        if item.source and item.source not in numbers:
            raise Malformed("MANIFEST_SOURCE", str(item.number))
    _check_items(manifest.items)
    return manifest


def _check_items(items: Sequence[Item]) -> None:
    _check_rising([item.number for item in items], "items")
    if len({item.object_id for item in items}) != len(items):
        raise Malformed("MANIFEST_OBJECT", "one sealed object twice")


def _check_rising(numbers: Sequence[int], where: str) -> None:
    if any(after <= before for before, after in pairwise(numbers)):
        raise Malformed("MANIFEST_NUMBER", where)


def _condition(fields: Fields) -> Condition:
    condition = Condition(
        code=fields.text("code", max=TEXT_MAX, form=_CODE), text=fields.text("text", min=0, max=NOTE_MAX)
    )
    fields.done()
    return condition


def _source(fields: Fields) -> Source:
    source = Source(
        number=fields.int("number", min=1),
        kind=fields.text("kind", max=TEXT_MAX, form=_SOURCE_KIND),
        description=fields.text("description", min=0, max=NOTE_MAX),
        device=_device(fields.map("device")) if fields.has("device") else None,
    )
    fields.done()
    return source


def _device(fields: Fields) -> Device:
    device = Device(
        make=fields.text("make", min=0, max=TEXT_MAX),
        model=fields.text("model", min=0, max=TEXT_MAX),
        serial=fields.text("serial", min=0, max=TEXT_MAX),
        capacity=fields.int("capacity"),
        identifiers=tuple(_identifier(each) for each in fields.maps("identifiers", max=IDENTIFIERS_MAX)),
    )
    fields.done()
    return device


def _identifier(fields: Fields) -> tuple[str, str]:
    pair = fields.text("name", max=TEXT_MAX, form=_CODE), fields.text("value", max=TEXT_MAX)
    fields.done()
    return pair


def _acquisition(fields: Fields) -> Acquisition:
    acquisition = Acquisition(
        tool=fields.text("tool", min=0, max=TEXT_MAX),
        version=fields.text("version", min=0, max=TEXT_MAX),
        method=fields.text("method", max=TEXT_MAX, form=_METHOD),
        at=fields.int("at"),
        by=fields.text("by", min=0, max=TEXT_MAX),
        digests=digests.read(fields.map("digests"), "acquisition.digests") if fields.has("digests") else {},
    )
    fields.done()
    return acquisition


def _item(fields: Fields) -> Item:
    item = Item(
        number=fields.int("number", min=1),
        name=fields.bytes("name", max=NAME_BYTES_MAX),
        size=fields.int("size", max=SIZE_MAX),
        digests=digests.read(fields.map("digests"), "item.digests"),
        object_id=fields.bytes("object", size=OBJECT_BYTES),
        commitment=fields.bytes("commitment", size=COMMITMENT_BYTES),
        declared=fields.text("declared", min=0, max=TEXT_MAX, form=_MEDIA_TYPE),
        description=fields.text("description", min=0, max=NOTE_MAX),
        source=fields.int("source"),
        original=fields.optional_bytes("original", size=DIGEST_BYTES) or b"",
        acquisition=_acquisition(fields.map("acquisition")) if fields.has("acquisition") else None,
    )
    fields.done()
    if SHA256 not in item.digests:
        raise Malformed("MANIFEST_DIGEST", str(item.number))
    return item


def _manifest_value(manifest: Manifest) -> dict[str, Value]:
    return {
        "id": manifest.id,
        "exchange": manifest.exchange,
        "party": manifest.party,
        "made_at": manifest.made_at,
        "part": manifest.part,
        "parts": manifest.parts,
        "conditions": [{"code": each.code, "text": each.text} for each in manifest.conditions],
        "sources": [_source_value(each) for each in manifest.sources],
        "items": [_item_value(each) for each in manifest.items],
    }


def _source_value(source: Source) -> dict[str, Value]:
    value: dict[str, Value] = {
        "number": source.number,
        "kind": source.kind,
        "description": source.description,
    }
    if source.device is not None:
        device = source.device
        value["device"] = {
            "make": device.make,
            "model": device.model,
            "serial": device.serial,
            "capacity": device.capacity,
            "identifiers": [{"name": name, "value": text} for name, text in device.identifiers],
        }
    return value


def _item_value(item: Item) -> dict[str, Value]:
    value: dict[str, Value] = {
        "number": item.number,
        "name": item.name,
        "size": item.size,
        "digests": item.digests,
        "object": item.object_id,
        "commitment": item.commitment,
        "declared": item.declared,
        "description": item.description,
        "source": item.source,
    }
    if item.original:
        value["original"] = item.original
    if item.acquisition is not None:
        acquisition = item.acquisition
        taken: dict[str, Value] = {
            "tool": acquisition.tool,
            "version": acquisition.version,
            "method": acquisition.method,
            "at": acquisition.at,
            "by": acquisition.by,
        }
        if acquisition.digests:
            taken["digests"] = acquisition.digests
        value["acquisition"] = taken
    return value
