"""Records: what the leaves of a node's log stand for, as deterministic CBOR maps.

It knows the fields of the records that decide between parties (proposed, entry, rejection, received) and the
frame of free-form notices. It never knows why a node writes one, nor what an act says: acts appear by digest
only.

`kind` is a field of every record, so that a record cannot be taken for one of another kind. The digest of an
entry record is the head of its chain, which the next entry names as `previous`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from longbien.ledger.leaf import check_kind
from longbien.wire import cbor
from longbien.wire.fields import Fields
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_RECORD_BYTES = 64 * 1024
DIGEST_BYTES = 32
EXCHANGE_BYTES = 16
MAX_TEXT = 64
MAX_FIELDS = 32
MAX_NOTICE_TEXT = 1024
MAX_NOTICE_BYTES = 16 * 1024
# Some batches' worth, of the size that steps have.
_RECORDS_KEPT = 1024
_KEPT_BYTES = 1024

NO_HEAD = bytes(DIGEST_BYTES)
"""The head before the first entry of a chain."""

APPLIED = "applied"
"""The verdict of a received entry that took effect; any other verdict is a code."""

Scalar: TypeAlias = "int | str | bytes"

_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*")
_VERDICT = re.compile(f"{APPLIED}|{_CODE.pattern}")
_STAGE = re.compile(r"(?:[a-z][a-z0-9_-]*)?")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A party proposed the act with digest `act` (32 bytes) in `exchange` (16 bytes) at `at` (ms, UTC)."""

    kind: ClassVar[str] = "proposed"

    exchange: bytes
    act: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The host gave `act` the place `position` (1 …) in the chain of `exchange`, after the head `previous`.

    `at` is the host's order time (ms, UTC), which guards look at; `state` the digest (32 bytes) of the
    standing that results. `previous` is `NO_HEAD` exactly when `position` is 1.
    """

    kind: ClassVar[str] = "entry"

    exchange: bytes
    position: int
    previous: bytes
    act: bytes
    at: int
    state: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """The host refused `act` with `code`, judged at `stage` with `position` entries and the head `head` in
    the chain.

    `stage` is empty and `position` 0 with `NO_HEAD` when the exchange was not open.
    """

    kind: ClassVar[str] = "rejection"

    exchange: bytes
    act: bytes
    at: int
    code: str
    stage: str
    position: int
    head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A party holds the entry with digest `entry` at `position` and reached `verdict` and standing digest
    `state`.
    """

    kind: ClassVar[str] = "received"

    exchange: bytes
    position: int
    entry: bytes
    act: bytes
    at: int
    verdict: str
    state: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Any other thing worth a leaf: a kind ("pinned", "approval", "fork" …) and named texts, numbers and
    bytes.
    """

    kind: str
    fields: tuple[tuple[str, Scalar], ...]

    def __getitem__(self, name: str) -> Scalar:
        """The field `name`; `KeyError` when the notice has none."""
        return dict(self.fields)[name]


Record: TypeAlias = "Proposed | Entry | Rejection | Received | Notice"


def notice(kind: str, **fields: Scalar) -> Notice:
    """A notice with its fields in order of name, so that equal notices compare equal."""
    return Notice(kind=kind, fields=tuple(sorted(fields.items())))


def encode(record: Record) -> bytes:
    """The bytes of a record. They are read back before they are returned, so nothing unreadable is ever
    logged.

    Raises `Malformed` with the codes of `decode`.
    """
    if not isinstance(record, Notice):
        return _encode_step(record)
    names = [name for name, _ in record.fields]
    if "kind" in names or names != sorted(set(names)):
        raise Malformed("RECORD_FIELD", "names stand in order, each once")
    return _encode(record, dict(record.fields))


@lru_cache(maxsize=_RECORDS_KEPT)
def _encode_step(record: Proposed | Entry | Rejection | Received) -> bytes:
    """An entry is asked for as head, as leaf and as place in the chain, one right after the other."""
    return _encode(record, {name: getattr(record, name) for name in record.__slots__})


def _encode(record: Record, values: Mapping[str, Scalar]) -> bytes:
    raw = cbor.encode({"kind": record.kind, **values}, limit=MAX_RECORD_BYTES)
    if decode(raw) != record:
        raise Malformed("RECORD_KIND", "a notice may not take the kind of another record")
    return raw


def decode(raw: bytes) -> Record:
    """Reads a record.

    Raises `Malformed`: CBOR_…, FIELD_… for bytes and fields, LEAF_KIND, RECORD_FIELD (name or value of a
    notice's field), RECORD_PREVIOUS (first place and empty head do not go together).
    """
    return _decode_kept(raw) if len(raw) <= _KEPT_BYTES else _decode(raw)


def _decode(raw: bytes) -> Record:
    value = cbor.decode(raw, limit=MAX_RECORD_BYTES)
    fields = Fields(value, "record")
    kind = fields.text("kind", max=MAX_TEXT)
    check_kind(kind)
    reader = _READERS.get(kind)
    if reader is not None:
        record = reader(fields)
        fields.done()
        return record
    assert isinstance(value, dict)
    return _read_notice(kind, {name: item for name, item in value.items() if name != "kind"})


@lru_cache(maxsize=_RECORDS_KEPT)
def _decode_kept(raw: bytes) -> Record:
    """A record is read as part of a receipt, and read back when its entry is written, one soon after the other."""
    return _decode(raw)


def head(entry: Entry) -> bytes:
    """The head of a chain after `entry`: the digest of its record."""
    return cbor.digest(encode(entry))


def _read_proposed(fields: Fields) -> Proposed:
    return Proposed(exchange=_exchange(fields), act=_digest(fields, "act"), at=fields.int("at"))


def _read_entry(fields: Fields) -> Entry:
    entry = Entry(
        exchange=_exchange(fields),
        position=fields.int("position", min=1),
        previous=_digest(fields, "previous"),
        act=_digest(fields, "act"),
        at=fields.int("at"),
        state=_digest(fields, "state"),
    )
    _check_head(entry.position - 1, entry.previous)
    return entry


def _read_rejection(fields: Fields) -> Rejection:
    rejection = Rejection(
        exchange=_exchange(fields),
        act=_digest(fields, "act"),
        at=fields.int("at"),
        code=fields.text("code", max=MAX_TEXT, form=_CODE),
        stage=fields.text("stage", min=0, max=MAX_TEXT, form=_STAGE),
        position=fields.int("position"),
        head=_digest(fields, "head"),
    )
    _check_head(rejection.position, rejection.head)
    return rejection


def _read_received(fields: Fields) -> Received:
    return Received(
        exchange=_exchange(fields),
        position=fields.int("position", min=1),
        entry=_digest(fields, "entry"),
        act=_digest(fields, "act"),
        at=fields.int("at"),
        verdict=fields.text("verdict", max=MAX_TEXT, form=_VERDICT),
        state=_digest(fields, "state"),
    )


_READERS: Final[Mapping[str, Callable[[Fields], Record]]] = {
    Proposed.kind: _read_proposed,
    Entry.kind: _read_entry,
    Rejection.kind: _read_rejection,
    Received.kind: _read_received,
}


def _read_notice(kind: str, values: Mapping[str | int, cbor.Value]) -> Notice:
    if len(values) > MAX_FIELDS:
        raise Malformed("RECORD_FIELD", "too many fields")
    pairs: list[tuple[str, Scalar]] = []
    for name, value in values.items():
        if not isinstance(name, str) or not _FIELD_NAME.fullmatch(name):
            raise Malformed("RECORD_FIELD", "name")
        pairs.append((name, _scalar(value)))
    return Notice(kind=kind, fields=tuple(sorted(pairs)))


def _scalar(value: cbor.Value) -> Scalar:
    match value:
        case bool() | None:
            pass
        case int() if abs(value) < 2**63:
            return value
        case str() if len(value) <= MAX_NOTICE_TEXT:
            return value
        case bytes() if len(value) <= MAX_NOTICE_BYTES:
            return value
        case _:
            pass
    raise Malformed("RECORD_FIELD", "value")


def _exchange(fields: Fields) -> bytes:
    return fields.bytes("exchange", size=EXCHANGE_BYTES)


def _digest(fields: Fields, name: str) -> bytes:
    return fields.bytes(name, size=DIGEST_BYTES)


def _check_head(entries: int, digest: bytes) -> None:
    if (entries == 0) != (digest == NO_HEAD):
        raise Malformed("RECORD_PREVIOUS", "head and place")
