"""Rows of the ledger: leaves, subtrees, checkpoints, and the signed statements that leaves commit to.

What it knows: positions and bytes. What it must never know: how hashes are made or which record deserves a leaf. Statements are
built once, when the module loads: building one costs several times what it costs to run it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from longbien.store.many import add_rows, among
from longbien.store.schema import checkpoints, cosignatures, facts, leaves, statements, subtrees


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafRow:
    """One leaf: `record` (det CBOR), `salt` (32 bytes) and `hash` (32 bytes, RFC 9162 leaf hash) at `position` ≥ 0."""

    position: int
    kind: str
    record: bytes
    salt: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One signed statement under its SHA-256 digest."""

    digest: bytes
    kind: str
    issuer: str
    raw: bytes


_SIZE = select(func.max(leaves.c.position))
_ADD_SUBTREES = insert(subtrees)
_LEAF_HASH = select(leaves.c.hash).where(leaves.c.position == bindparam("place"))
_SUBTREE_HASH = select(subtrees.c.hash).where(
    subtrees.c.level == bindparam("level"), subtrees.c.place == bindparam("place")
)
_HASHES = (
    select(leaves.c.hash)
    .where(leaves.c.position >= bindparam("start"), leaves.c.position < bindparam("end"))
    .order_by(leaves.c.position)
)
_LEAF = select(leaves).where(leaves.c.position == bindparam("place"))
_LEAVES = select(leaves).where(leaves.c.position.in_(bindparam("places", expanding=True)))
_WALK = (
    select(leaves)
    .where(leaves.c.position >= bindparam("start"))
    .order_by(leaves.c.position)
    .limit(bindparam("step"))
)
_ADD_CHECKPOINT = insert(checkpoints)
_ADD_COSIGNATURE = insert(cosignatures)
_COSIGNED = select(cosignatures.c.size).where(
    cosignatures.c.witness == bindparam("by"), cosignatures.c.size == bindparam("of")
)
_NEWEST_CHECKPOINT = (
    select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
)
_CHECKPOINT_COVERING = (
    select(checkpoints.c.size, checkpoints.c.note)
    .where(checkpoints.c.size > bindparam("place"))
    .order_by(checkpoints.c.size)
    .limit(1)
)
_CHECKPOINT_AT = select(checkpoints.c.note).where(checkpoints.c.size == bindparam("at_size"))
_CHECKPOINTS = select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size)
_STATEMENTS = "SELECT digest, raw FROM statements WHERE digest {among}"
_ALL_SUBTREES = select(subtrees.c.level, subtrees.c.place, subtrees.c.hash)
_ALL_STATEMENTS = select(statements.c.digest, statements.c.raw).order_by(statements.c.digest)
_FACT = select(facts.c.value).where(facts.c.name == bindparam("fact"))


class LedgerRows:
    """The ledger's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def size(self) -> int:
        """The number of leaves."""
        last = self._connection.execute(_SIZE).scalar_one()
        return 0 if last is None else int(last) + 1

    def add_leaves(self, rows: Sequence[LeafRow]) -> None:
        """Leaves take their positions; a position that is taken fails the transaction."""
        add_rows(self._connection, leaves, rows)

    def add_subtrees(self, nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Complete subtrees as (level ≥ 1, place, hash)."""
        if nodes:
            self._connection.execute(
                _ADD_SUBTREES,
                [{"level": level, "place": place, "hash": value} for level, place, value in nodes],
            )

    def read(self, level: int, place: int) -> bytes:
        """The hash of the complete subtree of 2^level leaves at `place`: the reader that proofs are made from."""
        if level == 0:
            return bytes(self._connection.execute(_LEAF_HASH, {"place": place}).scalar_one())
        return bytes(self._connection.execute(_SUBTREE_HASH, {"level": level, "place": place}).scalar_one())

    def all_subtrees(self) -> dict[tuple[int, int], bytes]:
        """Every complete subtree by (level ≥ 1, place)."""
        found = self._connection.execute(_ALL_SUBTREES)
        return {(int(row.level), int(row.place)): bytes(row.hash) for row in found}

    def hashes(self, start: int, end: int) -> tuple[bytes, ...]:
        """Leaf hashes of the positions `start` ≤ p < `end`, in order."""
        found = self._connection.execute(_HASHES, {"start": start, "end": end})
        return tuple(bytes(value) for value in found.scalars())

    def leaf(self, position: int) -> LeafRow:
        """The leaf at a position that is known to exist."""
        return next(self._leaves(_LEAF, {"place": position}))

    def leaves(self, positions: Iterable[int]) -> dict[int, LeafRow]:
        """The leaves at these positions."""
        return {row.position: row for row in self._leaves(_LEAVES, {"places": list(positions)})}

    def walk(self, start: int = 0, *, step: int = 1000) -> Iterator[LeafRow]:
        """Every leaf from `start` on, in order, read `step` at a time."""
        while True:
            found = tuple(self._leaves(_WALK, {"start": start, "step": step}))
            yield from found
            if len(found) < step:
                return
            start = found[-1].position + 1

    def _leaves(self, query: Select[Any], values: dict[str, Any]) -> Iterator[LeafRow]:
        for row in self._connection.execute(query, values):
            yield LeafRow(
                position=row.position,
                kind=row.kind,
                record=bytes(row.record),
                salt=bytes(row.salt),
                hash=bytes(row.hash),
            )

    def add_checkpoint(self, size: int, note: bytes, at: int) -> None:
        """The signed head of the first `size` leaves."""
        self._connection.execute(_ADD_CHECKPOINT, {"size": size, "note": note, "at": at})

    def newest_checkpoint(self) -> tuple[int, bytes] | None:
        """The largest signed size with its note."""
        return _sized(self._connection.execute(_NEWEST_CHECKPOINT).first())

    def checkpoint_covering(self, position: int) -> tuple[int, bytes] | None:
        """The first signed head that includes the leaf at `position`: always the same one, so receipts repeat exactly."""
        return _sized(self._connection.execute(_CHECKPOINT_COVERING, {"place": position}).first())

    def checkpoint_at(self, size: int) -> bytes | None:
        """The note signed at exactly this size."""
        found = self._connection.execute(_CHECKPOINT_AT, {"at_size": size}).scalar_one_or_none()
        return None if found is None else bytes(found)

    def checkpoints(self) -> tuple[tuple[int, bytes], ...]:
        """Every signed head, oldest first."""
        found = self._connection.execute(_CHECKPOINTS)
        return tuple((int(row.size), bytes(row.note)) for row in found)

    def add_cosignature(self, witness: str, size: int, note: bytes) -> None:
        """What `witness` signed under our head of `size`; the first one stays."""
        if self._connection.execute(_COSIGNED, {"by": witness, "of": size}).first() is None:
            self._connection.execute(_ADD_COSIGNATURE, {"witness": witness, "size": size, "note": note})

    def cosignature_covering(self, witness: str, position: int) -> tuple[int, bytes] | None:
        """The first head of ours that includes `position` and that `witness` cosigned."""
        query = (
            select(cosignatures.c.size, cosignatures.c.note)
            .where(cosignatures.c.witness == witness, cosignatures.c.size > position)
            .order_by(cosignatures.c.size)
            .limit(1)
        )
        return _sized(self._connection.execute(query).first())

    def newest_cosigned(self, witness: str) -> int:
        """The largest size that `witness` cosigned, 0 when it never did."""
        query = select(func.max(cosignatures.c.size)).where(cosignatures.c.witness == witness)
        return int(self._connection.execute(query).scalar_one() or 0)

    def add_statements(self, rows: Iterable[StatementRow]) -> None:
        """Signed bytes are kept whole; those that are here already stay as they are."""
        wanted = {row.digest: row for row in rows}
        add_rows(self._connection, statements, list(wanted.values()), known_stay=True)

    def statement(self, digest: bytes) -> bytes | None:
        """The signed bytes with this digest."""
        return self.statements([digest]).get(digest)

    def statements(self, digests: Iterable[bytes]) -> dict[bytes, bytes]:
        """The signed bytes with these digests, as far as they are here."""
        found = among(self._connection, _STATEMENTS, digests)
        return {bytes(row.digest): bytes(row.raw) for row in found}

    def all_statements(self) -> Iterator[tuple[bytes, bytes]]:
        """(digest, signed bytes) of everything that is kept."""
        for row in self._connection.execute(_ALL_STATEMENTS):
            yield bytes(row.digest), bytes(row.raw)

    def fact(self, name: str) -> bytes | None:
        """A single value that the node keeps about itself."""
        found = self._connection.execute(_FACT, {"fact": name}).scalar_one_or_none()
        return None if found is None else bytes(found)

    def set_fact(self, name: str, value: bytes) -> None:
        """The value replaces the one before."""
        if self.fact(name) is None:
            self._connection.execute(insert(facts), {"name": name, "value": value})
        else:
            self._connection.execute(facts.update().where(facts.c.name == name).values(value=value))


def _sized(row: Any) -> tuple[int, bytes] | None:
    return None if row is None else (int(row[0]), bytes(row[1]))
