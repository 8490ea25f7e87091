"""No small count can be read from a table or worked out from it, whoever knows the rules."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longbien.node.suppression import SMALL, Count, Shown, hidden_parts, is_small, suppress


def look(values: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if hide else value for value, hide in zip(values, hidden_parts(values), strict=True))


@pytest.mark.parametrize(("parts", "largest"), [(1, 40), (2, 30), (3, 16), (4, 10), (5, 7), (6, 5)])
def test_for_every_small_count_another_table_looks_the_same(parts: int, largest: int) -> None:
    worlds: dict[tuple, list[tuple[int, ...]]] = defaultdict(list)
    for values in product(range(largest + 1), repeat=parts):
        if sum(values) >= SMALL:
            worlds[sum(values), look(values)].append(values)
    for (total, seen), tables in worlds.items():
        for place in range(parts):
            possible = {table[place] for table in tables}
            if total <= largest and any(map(is_small, possible)):
                assert len(possible) > 1, (total, seen)


@given(st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=12))
def test_what_is_shown_is_true_and_never_small(values: list[int]) -> None:
    for value, shown in zip(values, look(tuple(values)), strict=True):
        assert shown in (None, value)
        assert shown is None or not is_small(shown)


@given(
    st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=12).filter(
        lambda values: sum(values) >= SMALL
    )
)
def test_one_hidden_part_never_stands_alone_beside_a_shown_total(values: list[int]) -> None:
    """One would be the total less the others."""
    assert sum(hidden_parts(values)) != 1 or len(values) == 1


@given(st.lists(st.integers(min_value=0, max_value=60) | st.just(0), min_size=1, max_size=8))
def test_nothing_is_hidden_where_nothing_is_small(values: list[int]) -> None:
    if not any(map(is_small, values)):
        assert not any(hidden_parts(values))


def trees(depth: int = 3) -> st.SearchStrategy[Count]:
    if depth == 0:
        return st.integers(min_value=0, max_value=12).map(lambda value: Count(name="leaf", value=value))
    parts = st.lists(trees(depth - 1), min_size=1, max_size=4).map(tuple)
    return parts.map(
        lambda found: Count(name="sum", value=sum(part.value for part in found), parts={"by": found})
    )


def nodes(shown: Shown, count: Count, above_hidden: bool = False):
    yield shown, count, above_hidden
    for name, parts in shown.parts.items():
        for part, true in zip(parts, count.parts[name], strict=True):
            yield from nodes(part, true, above_hidden or shown.value is None)


@given(trees())
def test_a_tree_shows_no_small_count_and_nothing_below_a_hidden_one(count: Count) -> None:
    for shown, true, above_hidden in nodes(suppress(count), count):
        assert shown.name == true.name
        assert shown.value in (None, true.value)
        assert shown.value is None or not is_small(shown.value)
        assert not above_hidden or shown.value is None


def test_the_order_decides_which_part_is_hidden_beside_a_small_one_and_not_its_size() -> None:
    assert look((90, 3, 7)) == (None, None, 7)
    assert look((7, 3, 90)) == (None, None, 90)
    assert look((0, 3, 90)) == (0, None, None)
    assert look((3, 3, 90)) == (None, None, 90)
    assert look((1, 1, 90)) == (None, None, None)
    assert look((1, 1, 1, 1, 1, 0)) == (None,) * 6
