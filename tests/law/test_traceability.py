"""Every requirement leads to data, code and a test that exist, and the page says so. When it fails:
`.venv/bin/python tools/traceability.py`.
"""

from dataclasses import replace

import pytest
from tools.traceability import PAGE, SOURCE, Requirement, missing, page, requirements

ROWS = requirements(SOURCE.read_text("utf-8"))


def test_there_are_eighty_requirements_each_with_its_number() -> None:
    assert [row.number for row in ROWS] == list(range(1, 81))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_no_requirement_is_red(row: Requirement) -> None:
    assert missing(row) == ()


def test_the_page_is_the_one_in_the_docs() -> None:
    assert PAGE.read_text("utf-8") == page(ROWS)


def test_no_article_counts_as_checked_before_a_person_has_checked_it() -> None:
    assert not any(row.checked for row in ROWS)
    assert page(ROWS).count(" **?** |") == len(ROWS)


@pytest.mark.parametrize(
    "change",
    [
        {"data": ("procedures/preservation.9.toml",)},
        {"data": ("procedures/preservation.1.toml#refusal.allowed.DEMINIMIS",)},
        {"data": ("flows/preservation.1.toml#moves.B18.authorised",)},
        {"data": ()},
        {"code": ("longbien.law.nothing",)},
        {"code": ("longbien.law.guards:nothing",)},
        {"tests": ("tests/law/test_guards.py::test_nothing",)},
        {"tests": ("tests/law/test_nothing.py::test_nothing",)},
        {"tests": ("tests/law/test_guards.py::code",)},
        {"tests": ()},
        {"open": "nobody has written it"},
    ],
    ids=str,
)
def test_a_planted_gap_makes_a_row_red_and_the_page_shows_it(change: dict) -> None:
    row = replace(ROWS[0], **change)
    assert len(missing(row)) == 1
    assert "| ✗ 1 red |" in page((row, *ROWS[1:]))
