"""Changes of single rows of a node's database, as somebody who administers it could make them, and whether `node verify` finds them.

A value is edited, a row is removed, doubled, or exchanges a value with another row. `CHECKED` are the columns in which every change
must be found. `NOTED` are the others of the same tables: nothing signed speaks of them, and why no change there can alter what somebody
is shown as proven stands beside each.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from longbien.carry import fetch, pieces
from longbien.exercise.bodies import WRITTEN
from longbien.exercise.cast import BEGINNING, CODES, KINDS, OFFICE, surroundings
from longbien.exercise.exhibits import EXHIBIT, answered
from longbien.exercise.shelf import Shelf
from longbien.exercise.under_way import Officers, carry, under_way
from longbien.node import Node
from longbien.node.audit import audit
from longbien.node.evidence.bundles import Brought, Signed
from longbien.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from longbien.carry import Wanted
    from longbien.node.ports import Tell

CHECKED: Mapping[str, tuple[str, ...]] = {
    "leaves": ("position", "kind", "record", "salt", "hash"),
    "subtrees": ("level", "place", "hash"),
    "checkpoints": ("size", "note"),
    "statements": ("digest", "raw"),
    "exchanges": ("id", "procedure", "host", "opener", "stage", "position", "standing", "lane", "quarantine"),
    "entries": ("exchange", "position", "act", "record", "receipt"),
    "outcomes": ("subject", "exchange", "kind", "code", "leaf"),
    "receipts": ("subject", "issuer", "kind", "exchange", "receipt"),
    "peers": ("party", "peer", "known_size", "known_note"),
    "manifests": ("digest", "manifest", "part", "exchange", "issuer", "at"),
    "evidence": (
        "object",
        "manifest",
        "digest",
        "number",
        "size",
        "sha256",
        "original",
        "commitment",
        "ticket",
        "here_at",
        "gone_at",
    ),
    "custody": ("digest", "manifest", "item", "party", "touch", "proof", "note"),
    "notes": ("digest", "note"),
    "secrets": ("object", "kid", "wrapped"),
    "namings": ("digest", "act", "exchange", "peer", "sent_at", "kept_at"),
    "holds": ("exchange", "reason", "lifted_at"),
}
NOTED: Mapping[str, Mapping[str, str]] = {
    "checkpoints": {"at": "the head is signed without a time; receipts show none"},
    "statements": {
        "kind": "a copy of what the signed bytes say; nothing reads it",
        "issuer": "a copy of what the signed bytes say; nothing reads it",
    },
    "exchanges": {"changed_at": "this node's own clock; it orders lists, and no record shows it"},
    "receipts": {"at": "when a proof came here, by our own clock; the proof has its own time"},
    "peers": {
        "pinned_at": "our own clock; the leaf of the pinning has it too",
        "last_ok_at": "reachability, shown as such",
        "tries": "reachability",
        "next_at": "reachability",
        "reason": "reachability",
    },
    "custody": {
        "number": "the order in which we heard; within one party and manifest it is checked",
        "heard_at": "when we heard of another party's event; of own events it is checked",
    },
    "holds": {"set_at": "our own clock; the leaf of the hold has it too"},
}
# Only whether they are 0 is ever read.
TRUTHS = frozenset({"here_at", "gone_at"})
WAYS = ("edit", "edit", "edit", "take", "take", "remove", "double")


@dataclass(frozen=True)
class Played:
    """A node with evidence in its store: the store's image, and a store that takes images of changed ones."""

    node: Node
    store: Store
    image: bytes
    tables: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """One change of one row, in words, with the image of the store that it was made in; None where nothing changed."""

    what: str
    image: bytes | None


def played(crypto: str = "stub") -> tuple[Played, Played]:
    """Who asked and who answered, after an exchange with evidence in both directions of custody and a hold."""
    begun = under_way(crypto, CODES[:2])
    shelves = [Shelf() for _ in begun.members]
    stores = [Store("sqlite://") for _ in begun.members]
    chance = random.Random("edited rows")
    sides = []
    for member, store, shelf in zip(begun.members, stores, shelves, strict=True):
        store.restore(member.image)
        world = surroundings(KINDS[crypto], lambda: BEGINNING, chance, objects=shelf.place)
        node = Node(store, member.keystore(KINDS[crypto], chance), world)
        sides.append(Officers(member, node))
    asking, asked = sides
    for act in ("partial", "answer"):
        ready = _ready(asked.node, begun.exchange)
        asked.go_on(
            begun.exchange, act, answered(WRITTEN[act](BEGINNING), ready.digests, bare=act == "partial")
        )
        _settle(sides)
    asking.go_on(begun.exchange, "accept_use_conditions")
    _settle(sides)
    with asking.node.store.transaction() as tx:
        manifests = {row.manifest for row in tx.evidence.manifests_of(begun.exchange)}
    for manifest in sorted(manifests):
        asking.node.evidence.reading.fetch(
            manifest, lambda _: nullcontext(_Way(shelves[1], shelves[0])), office=OFFICE
        )
    asked.node.evidence.retention.hold(begun.exchange, "An appeal (exercise)", (bytes(16), bytes([1]) * 16))
    _settle(sides)
    return tuple(_as_played(side.node) for side in sides)  # type: ignore[return-value]


def _ready(node: Node, exchange: bytes) -> Signed:
    bundle = node.evidence.bundles.begin(office=OFFICE, exchange=exchange)
    assert isinstance(bundle, bytes)
    for number in range(2):
        node.evidence.bundles.add(bundle, Brought(path=EXHIBIT, name=b"exercise-%d" % number))
    signed = node.evidence.bundles.seal(bundle)
    assert isinstance(signed, Signed)
    return signed


def _settle(sides: list[Officers]) -> None:
    for _ in range(3):
        for side in sides:
            side.node.evidence.tend()
        carry(sides)


class _Way:
    """The other shelf's objects, without a network; `reading.Carrier`, for who holds the key."""

    def __init__(self, there: Shelf, here: Shelf) -> None:
        self._there = there
        self._here = here

    def bring(self, wanted: Wanted, told: Tell) -> None:
        fetch(wanted, self, self._here.place.incoming, told=lambda each: told(each.done, each.total))

    def read_range(self, object_id: bytes, start: int, end: int) -> list[bytes]:
        with self._there.place.open(object_id) as reader:
            return [b"".join(pieces(reader, start, end))]


def _as_played(node: Node) -> Played:
    assert audit(node).findings == ()
    image = node.store.image()
    raw = _opened(image)
    tables = {name: columns for name, columns in CHECKED.items() if _rows(raw, name)}
    raw.close()
    return Played(node=node, store=node.store, image=image, tables=tables)


def found(side: Played, image: bytes) -> tuple[str, ...]:
    """What `node verify` says of a store with these rows."""
    side.store.restore(image)
    return audit(side.node).findings


def changed(side: Played, chance: random.Random) -> Change:
    """One random change of one row of one table."""
    table, way = chance.choice(list(side.tables)), chance.choice(WAYS)
    raw = _opened(side.image)
    try:
        rows = _rows(raw, table)
        row = chance.choice(rows)
        column = chance.choice(side.tables[table])
        other = chance.choice(rows)
        if (table, way) == ("checkpoints", "remove") and row != rows[-1]:
            # The next head covers the same leaves, so what is proven is the same under it.
            return Change(what="checkpoints removed", image=None)
        made, what = _made(way, row, column, other, chance)
        if made == row or (made and column in TRUTHS and bool(made[column]) == bool(row[column])):
            return Change(what=f"{table} {what}", image=None)
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (row["rowid_"],)) if way != "double" else None
        if made is not None:
            values = {name: value for name, value in made.items() if name != "rowid_"}
            marks = ", ".join("?" * len(values))
            raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
        raw.commit()
        return Change(what=f"{table} {what} of {_named(row)}", image=raw.serialize())
    except sqlite3.IntegrityError:
        # The database itself refuses two rows of one name.
        return Change(what=f"{table} {way}", image=None)
    finally:
        raw.close()


def _made(
    way: str, row: dict[str, Any], column: str, other: dict[str, Any], chance: random.Random
) -> tuple[dict[str, Any] | None, str]:
    match way:
        case "remove":
            return None, "removed"
        case "take":
            return {**row, column: other[column]}, f"{column} of another row"
        case "double":
            return {**row, column: _other(row[column], chance)}, f"doubled with another {column}"
        case _:
            return {**row, column: _other(row[column], chance)}, f"{column} edited"


def _other(value: object, chance: random.Random) -> object:
    match value:
        case bytes() if value and chance.random() < 0.6:
            place = chance.randrange(len(value))
            return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
        case bytes():
            return chance.choice((value[:-1], value + b"\0", chance.randbytes(len(value) or 16)))
        case int():
            return max(0, value + chance.choice((-1, 1, -1000, 86_400_000, 7)))
        case str() if value:
            return chance.choice((value[:-1], value + "X", value.swapcase(), ""))
        case str():
            return "X"
        case _:
            return chance.choice((b"", chance.randbytes(32)))


def _opened(image: bytes) -> sqlite3.Connection:
    raw = sqlite3.connect(":memory:")
    raw.row_factory = sqlite3.Row
    raw.deserialize(image)
    return raw


def _rows(raw: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in raw.execute(f"SELECT rowid AS rowid_, * FROM {table}")]


def _named(row: dict[str, Any]) -> str:
    first = next(value for name, value in row.items() if name != "rowid_")
    return first.hex()[:12] if isinstance(first, bytes) else str(first)
