"""Tiles: the same tree in the files of C2SP tlog-tiles, for auditors and for copies.

It knows how nodes are packed eight levels at a time and what a tile is called. It never knows where tiles are
kept. A tile proves nothing by itself: what is computed from tiles counts only against a signed root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from longbien.ledger.merkle import HASH_BYTES, MAX_SIZE, Reader, node_hash
from longbien.wire.wellformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The name of a tile: level 0 … 63 counted in tiles, or None for a bundle of entries; index; width 1 …
    256.
    """

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path under the log's prefix, such as "tile/0/x001/067.p/12"."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{name}" + (f".p/{self.width}" if self.width < WIDTH else "")


def parse_path(path: str) -> Tile:
    """The tile that `path` names, in its only spelling. Raises `Malformed` (TILE_PATH)."""
    first, _, rest = path.partition("/")
    level, _, name = rest.partition("/")
    name, _, width = name.partition(".p/")
    digits = name.replace("/x", "/").removeprefix("x").replace("/", "")
    numbers = (level if level != "entries" else "0", digits, width or str(WIDTH))
    # Nineteen digits hold every index, in groups of three.
    if first != "tile" or not all(
        number.isascii() and number.isdigit() and len(number) <= 21 for number in numbers
    ):
        raise Malformed("TILE_PATH", "not a tile")
    tile = Tile(level=None if level == "entries" else int(level), index=int(digits), width=int(numbers[2]))
    if tile.path != path or tile.width == 0 or tile.index > MAX_SIZE or (tile.level or 0) > MAX_LEVEL:
        raise Malformed("TILE_PATH", "spelling")
    return tile


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Hash tiles of the tree of `new` leaves that the tree of `old` leaves lacked or had narrower; old 0
    gives all.
    """
    level = 0
    while (count := new >> HEIGHT * level) > 0:
        start = old >> HEIGHT * level
        for index in range(start >> HEIGHT, -(-count // WIDTH)):
            if count > start:
                yield Tile(level=level, index=index, width=min(WIDTH, count - index * WIDTH))
        level += 1


def tile_bytes(tile: Tile, read: Reader) -> bytes:
    """The hashes of a hash tile, 32 bytes each, taken from complete nodes."""
    assert tile.level is not None
    first = tile.index * WIDTH
    return b"".join(read(tile.level * HEIGHT, first + offset) for offset in range(tile.width))


def reader(size: int, fetch: Callable[[Tile], bytes]) -> Reader:
    """A `Reader` over the tree of `size` leaves that takes every node from tiles.

    The reader raises `Malformed` (TILE_SIZE) when `fetch` returns another length than the tile has.
    """

    def read(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        count = size >> HEIGHT * tile_level
        tile_index = first >> HEIGHT
        tile = Tile(level=tile_level, index=tile_index, width=min(WIDTH, count - tile_index * WIDTH))
        data = fetch(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise Malformed("TILE_SIZE", tile.path)
        start = first % WIDTH * HASH_BYTES
        return _subtree(data[start : start + (HASH_BYTES << height)])

    return read


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle of entries: each behind its length in two bytes. Raises `Malformed` (TILE_ENTRY)."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise Malformed("TILE_ENTRY", "too long")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """The `width` entries of a bundle. Raises `Malformed` (TILE_ENTRY) unless they fill it exactly."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if len(data) < max(end, at + 2):
            raise Malformed("TILE_ENTRY", "truncated")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise Malformed("TILE_ENTRY", "trailing bytes")
    return tuple(entries)


def _subtree(data: bytes) -> bytes:
    row = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
