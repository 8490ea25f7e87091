import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.ledger import merkle, tiles
from longbien.ledger.tiles import Tile
from longbien.wire.wellformed import Malformed

from .trees import Tree, code_of, numbered

BIGGEST = 70_000
TREE = Tree(numbered(BIGGEST))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=67, width=12), "tile/0/067.p/12"),
        (Tile(level=0, index=1234067), "tile/0/x001/x234/067"),
        (Tile(level=3, index=1000), "tile/3/x001/000"),
        (Tile(level=None, index=1067, width=255), "tile/entries/x001/067.p/255"),
    ],
)
def test_tiles_have_the_paths_of_c2sp(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@given(st.none() | st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_path_names_its_tile(level: int, index: int, width: int) -> None:
    tile = Tile(level=level, index=index, width=width)
    assert tiles.parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/1000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/012",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "file/0/000",
        "tile/entries",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/" + "x999/" * 10 + "999",
    ],
)
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(Malformed) as raised:
        tiles.parse_path(path)
    assert code_of(raised) == "TILE_PATH"


@given(st.text(alphabet="tile/0123456789x.pentrs", max_size=40))
def test_no_path_does_more_than_be_refused(path: str) -> None:
    try:
        assert tiles.parse_path(path).path == path
    except Malformed as error:
        assert error.code == "TILE_PATH"


def test_a_tree_of_seventy_thousand_leaves_has_the_tiles_that_c2sp_counts() -> None:
    found = list(tiles.tiles_between(0, BIGGEST))
    full = [tile for tile in found if tile.width == tiles.WIDTH]
    partial = [(tile.level, tile.width) for tile in found if tile.width < tiles.WIDTH]
    assert [sum(tile.level == level for tile in full) for level in (0, 1, 2)] == [273, 1, 0]
    assert partial == [(0, 112), (1, 17), (2, 1)]


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_growth_needs_exactly_the_tiles_that_are_new_or_wider(one: int, other: int) -> None:
    old, new = sorted((one, other))
    before, after = set(tiles.tiles_between(0, old)), set(tiles.tiles_between(0, new))
    assert set(tiles.tiles_between(old, new)) == after - before


@given(st.integers(1, BIGGEST), st.data())
def test_a_reader_over_tiles_gives_the_same_nodes_and_proofs(size: int, data: st.DataObject) -> None:
    wanted = set(tiles.tiles_between(0, size))

    def fetch(tile: Tile) -> bytes:
        assert tile in wanted
        return tiles.tile_bytes(tile, TREE.read)

    read = tiles.reader(size, fetch)
    assert merkle.root(size, read) == TREE.root(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, read)
    assert path == merkle.inclusion(index, size, TREE.read)
    assert merkle.consistency(index, size, read) == merkle.consistency(index, size, TREE.read)


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    read = tiles.reader(300, lambda tile: tiles.tile_bytes(tile, TREE.read)[:-1])
    with pytest.raises(Malformed) as raised:
        read(0, 299)
    assert code_of(raised) == "TILE_SIZE"


@pytest.mark.promise("P7")
def test_a_changed_tile_changes_the_root() -> None:
    def fetch(tile: Tile) -> bytes:
        data = bytearray(tiles.tile_bytes(tile, TREE.read))
        data[-1] ^= tile.level == 0 and tile.index == 3
        return bytes(data)

    assert merkle.root(1000, tiles.reader(1000, fetch)) != TREE.root(1000)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    data = tiles.encode_bundle(entries)
    assert tiles.decode_bundle(data, len(entries)) == tuple(entries)
    for wrong, width in ((data + b"\0", len(entries)), (data, len(entries) + 1), (data[:-1], len(entries))):
        if wrong != data or width != len(entries):
            with pytest.raises(Malformed) as raised:
                tiles.decode_bundle(wrong, width)
            assert code_of(raised) == "TILE_ENTRY"


def test_an_entry_longer_than_its_prefix_can_say_is_refused() -> None:
    assert tiles.encode_bundle([bytes(0xFFFF)])[:2] == b"\xff\xff"
    with pytest.raises(Malformed) as raised:
        tiles.encode_bundle([bytes(0x10000)])
    assert code_of(raised) == "TILE_ENTRY"
