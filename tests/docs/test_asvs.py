"""Each item of OWASP ASVS at levels 1 and 2 leads to a test that exists or to a reason, and the page says so. When it fails:
`.venv/bin/python -m tools.asvs`.
"""

from collections import Counter
from dataclasses import replace

import pytest
from tools.asvs import CHAPTERS, PAGE, SOURCE, faults, items, page, share

FOUND = items(SOURCE.read_text("utf-8"))


def test_every_item_of_both_levels_is_there_once():
    """The counts of the standard: 70 items at level 1 and 183 at level 2, in seventeen chapters."""
    assert Counter(item.level for item in FOUND) == {1: 70, 2: 183}
    assert len({item.number for item in FOUND}) == 253
    assert {int(item.number.partition(".")[0]) for item in FOUND} == set(CHAPTERS)


def test_every_item_is_held_by_tests_that_exist_or_says_why_not():
    assert {item.number: faults(item) for item in FOUND if faults(item)} == {}


def test_ninety_five_of_a_hundred_that_apply_are_held_by_a_test():
    assert share(FOUND) >= 0.95
    assert all(len(item.reason) > 60 for item in FOUND if item.reason)


def test_the_page_is_the_one_in_the_docs():
    assert PAGE.read_text("utf-8") == page(FOUND)


@pytest.mark.parametrize(
    "change",
    [{"tests": ("tests/web/test_walks.py::test_nothing",)}, {"tests": ()}, {"reason": "why"}, {"about": ""}],
    ids=str,
)
def test_a_planted_gap_is_found(change):
    assert faults(replace(FOUND[0], **change))
