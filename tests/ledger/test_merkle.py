from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longbien.ledger import ProofInvalid, merkle

from .trees import Tree, code_of, numbered, reference_consistency, reference_inclusion, reference_root

# The eight leaves that implementations of Certificate Transparency share as known answers.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_FIRST = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
CT_SECOND = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
CT_THIRD = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

BIGGEST = 300
LEAVES = numbered(BIGGEST)
TREE = Tree(LEAVES)
ROOTS = [reference_root(LEAVES[:size]) for size in range(BIGGEST + 1)]


def hexed(path: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in path]


def test_the_roots_of_certificate_transparency_come_out() -> None:
    tree = Tree(merkle.leaf_hash(leaf) for leaf in CT_LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == CT_ROOTS
    assert tree.root(0) == merkle.EMPTY_ROOT


def test_the_proofs_of_certificate_transparency_come_out() -> None:
    tree = Tree(merkle.leaf_hash(leaf) for leaf in CT_LEAVES)
    assert hexed(merkle.inclusion(0, 8, tree.read)) == [CT_FIRST, CT_SECOND, CT_THIRD]
    assert hexed(merkle.consistency(1, 8, tree.read)) == [CT_FIRST, CT_SECOND, CT_THIRD]
    assert hexed(merkle.consistency(6, 8, tree.read)) == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        CT_ROOTS[3],
    ]
    assert hexed(merkle.consistency(2, 5, tree.read)) == [
        CT_SECOND,
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


def test_both_roads_to_the_root_agree_with_the_definition_for_every_size() -> None:
    for size in range(BIGGEST + 1):
        assert TREE.root(size) == merkle.root_of(iter(LEAVES[:size])) == ROOTS[size]


def test_every_complete_node_is_the_root_of_its_leaves() -> None:
    assert len(TREE.nodes) == sum(BIGGEST >> level for level in range(BIGGEST.bit_length()))
    for (level, index), value in TREE.nodes.items():
        assert value == reference_root(LEAVES[index << level : (index + 1) << level])


@given(st.lists(st.integers(0, 70), max_size=8))
def test_appending_in_batches_gives_the_same_nodes_as_appending_at_once(batches: list[int]) -> None:
    tree = Tree()
    for batch in batches:
        start = len(tree.leaves)
        tree.grow(numbered(start + batch)[start:])
    assert tree.nodes == Tree(numbered(sum(batches))).nodes


@given(st.integers(0, 250), st.integers(0, 50))
def test_appending_reads_only_the_right_edge(size: int, more: int) -> None:
    tree = Tree(LEAVES[:size])
    tree.reads = 0
    tree.grow(LEAVES[size : size + more])
    assert tree.reads <= size.bit_length()


def test_peaks_cover_the_leaves_from_left_to_right() -> None:
    for size in range(BIGGEST + 1):
        covered = [(index << level, (index + 1) << level) for level, index in merkle.peaks(size)]
        assert [start for start, _ in covered] == [0, *(end for _, end in covered)][: len(covered)]
        assert (covered[-1][1] if covered else 0) == size


def test_inclusion_holds_for_every_leaf_of_every_size() -> None:
    for size in range(1, BIGGEST + 1):
        for index in {*range(0, size, 7), *range(max(0, size - 9), size)}:
            path = merkle.inclusion(index, size, TREE.read)
            merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_inclusion_is_the_path_of_the_rfc() -> None:
    for size in range(1, 70):
        for index in range(size):
            assert list(merkle.inclusion(index, size, TREE.read)) == reference_inclusion(index, LEAVES[:size])


def test_consistency_holds_between_every_two_sizes() -> None:
    for new in range(BIGGEST + 1):
        for old in {0, new, *range(0, new, 7), *range(max(0, new - 9), new)}:
            path = merkle.consistency(old, new, TREE.read)
            merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], path)


def test_consistency_is_the_proof_of_the_rfc() -> None:
    for new in range(1, 70):
        for old in range(1, new + 1):
            assert list(merkle.consistency(old, new, TREE.read)) == reference_consistency(old, LEAVES[:new])


def test_an_opening_shows_both_roots() -> None:
    for new in range(2, 130):
        for old in range(1, new):
            path = merkle.opening(old, new, TREE.read)
            assert merkle.opened_roots(old, new, path) == (ROOTS[old], ROOTS[new])


def damaged(value: bytes, at: int) -> bytes:
    return value[: at // 8] + bytes([value[at // 8] ^ 1 << at % 8]) + value[at // 8 + 1 :]


def damaged_path(path: Sequence[bytes], where: int, at: int) -> tuple[bytes, ...]:
    return (*path[:where], damaged(path[where], at), *path[where + 1 :])


@pytest.mark.promise("P7")
@given(st.data())
def test_no_damaged_inclusion_proof_is_accepted(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, BIGGEST))
    index = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 255))
    leaf, path, root = LEAVES[index], merkle.inclusion(index, size, TREE.read), ROOTS[size]
    attempts = [
        (damaged(leaf, bit), index, size, path, root),
        (leaf, index, size, path, damaged(root, bit)),
        (leaf, index, size, (*path, root), root),
        (leaf, index, size, (leaf, *path), root),
        (leaf, size, size, path, root),
        (leaf, -1, size, path, root),
        (leaf[:-1], index, size, path, root),
        (leaf, index, size, path, root + b"\0"),
        *((leaf, other, size, path, root) for other in range(size) if other != index),
        *((leaf, index, size, damaged_path(path, where, bit), root) for where in range(len(path))),
        *((leaf, index, size, (*path[:where], *path[where + 1 :]), root) for where in range(len(path))),
        *((leaf, index, size, (*path[:where], b"", *path[where + 1 :]), root) for where in range(len(path))),
    ]
    for attempt in attempts:
        with pytest.raises(ProofInvalid):
            merkle.verify_inclusion(*attempt)


@pytest.mark.promise("P7")
@given(st.data())
def test_no_damaged_consistency_proof_is_accepted(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, BIGGEST))
    old = data.draw(st.integers(1, new - 1))
    bit = data.draw(st.integers(0, 255))
    path = merkle.consistency(old, new, TREE.read)
    first, second = ROOTS[old], ROOTS[new]
    attempts = [
        (old, new, damaged(first, bit), second, path),
        (old, new, first, damaged(second, bit), path),
        (old, new, first, second, (*path, second)),
        (new, old, second, first, path),
        (old, new, first[1:], second, path),
        (old - 1, new, first, second, path),
        (old + 1, new, first, second, path),
        *((old, new, first, second, damaged_path(path, where, bit)) for where in range(len(path))),
        *((old, new, first, second, (*path[:at], *path[at + 1 :])) for at in range(len(path))),
    ]
    for attempt in attempts:
        with pytest.raises(ProofInvalid):
            merkle.verify_consistency(*attempt)


@pytest.mark.promise("P7")
@settings(max_examples=200)
@given(st.data())
def test_a_changed_leaf_is_never_consistent_with_what_was_signed(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 64))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = LEAVES[:new]
    leaves[changed] = merkle.leaf_hash(b"rewritten")
    other = Tree(leaves)
    with pytest.raises(ProofInvalid) as raised:
        merkle.verify_consistency(
            old, new, ROOTS[old], other.root(), merkle.consistency(old, new, other.read)
        )
    assert code_of(raised) == "PROOF_ROOT"


@pytest.mark.parametrize(
    ("sizes", "roots", "path", "code"),
    [
        ((0, 5), (0, 5), (), None),
        ((0, 0), (0, 0), (), None),
        ((5, 5), (5, 5), (), None),
        ((0, 5), (1, 5), (), "PROOF_ROOT"),
        ((5, 5), (5, 4), (), "PROOF_ROOT"),
        ((0, 0), (0, 1), (), "PROOF_ROOT"),
        ((0, 0), (1, 1), (), "PROOF_ROOT"),
        ((0, 5), (0, 5), (ROOTS[1],), "PROOF_LENGTH"),
        ((5, 5), (5, 5), (ROOTS[1],), "PROOF_LENGTH"),
        ((-1, 5), (0, 5), (), "PROOF_RANGE"),
        ((6, 5), (6, 5), (), "PROOF_RANGE"),
        ((1, 2**63), (1, 5), (), "PROOF_RANGE"),
    ],
)
def test_trivial_consistency_has_an_empty_proof_and_nothing_else(
    sizes: tuple[int, int], roots: tuple[int, int], path: Any, code: str | None
) -> None:
    attempt = (*sizes, ROOTS[roots[0]], ROOTS[roots[1]], path)
    if code is None:
        merkle.verify_consistency(*attempt)
        return
    with pytest.raises(ProofInvalid) as raised:
        merkle.verify_consistency(*attempt)
    assert code_of(raised) == code


@pytest.mark.parametrize(
    "ask",
    [
        lambda: merkle.inclusion(5, 5, TREE.read),
        lambda: merkle.inclusion(-1, 5, TREE.read),
        lambda: merkle.consistency(6, 5, TREE.read),
        lambda: merkle.consistency(-1, 5, TREE.read),
        lambda: merkle.opening(0, 5, TREE.read),
        lambda: merkle.opening(5, 5, TREE.read),
        lambda: merkle.opened_roots(0, 5, (ROOTS[1],)),
        lambda: merkle.opened_roots(5, 5, (ROOTS[1],)),
    ],
)
def test_a_question_about_leaves_that_are_not_there_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(ProofInvalid) as raised:
        ask()
    assert code_of(raised) == "PROOF_RANGE"


def test_the_largest_tree_has_proofs_of_bounded_length() -> None:
    def read(level: int, index: int) -> bytes:
        assert (index + 1) << level <= merkle.MAX_SIZE
        return bytes(32)

    path = merkle.inclusion(merkle.MAX_SIZE - 2, merkle.MAX_SIZE, read)
    assert len(path) == 63
    assert len(merkle.opening(2**62 - 1, merkle.MAX_SIZE, read)) == 64
