"""Somebody edits the database of a node; `node verify` says what and where, whichever row it was."""

import random

import pytest
from bench.evidence import edited_rows

from longbien.store import evidence_schema  # noqa: F401 - its tables join the others
from longbien.store.schema import metadata

# Of the 2,000 changes that are tried every day; the bench tries many more.
CHANGES = 400


@pytest.fixture(scope="module")
def sides():
    return edited_rows.played()


@pytest.mark.promise("P7")
@pytest.mark.promise("P13")
def test_every_edited_removed_or_added_row_is_found_with_what_and_where(sides):
    chance = random.Random(20_251)
    tried = 0
    while tried < CHANGES:
        side = chance.choice(sides)
        change = edited_rows.changed(side, chance)
        if change.image is None:
            continue
        tried += 1
        findings = edited_rows.found(side, change.image)
        assert findings, f"{side.node.party}: {change.what}"
        for finding in findings:
            code, _, where = finding.partition(" ")
            assert code.isupper() and where, finding


def test_each_column_of_a_checked_table_is_checked_or_says_why_not(sides):
    for table, columns in edited_rows.CHECKED.items():
        noted = edited_rows.NOTED.get(table, {})
        assert {*columns, *noted} == {column.name for column in metadata.tables[table].columns}, table
        assert any(table in side.tables for side in sides), f"no row of {table} was ever changed"
