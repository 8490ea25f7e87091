"""The tables of cases: what an office of this State has put together for itself. Nothing of it is ever sent.

What it knows: names, types, keys and indexes. What it must never hold: a copy of an exchange; a case names exchanges and changes none.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from longbien.store.schema import metadata

# `closed_at` (ms) is 0 while the case is open.
cases = Table(
    "cases",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("office", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=False),
    Index("cases_by_office", "office", "changed_at"),
)

# A link that was taken away stays, with `ended_at` (ms): that two exchanges were seen together is part of what happened.
case_links = Table(
    "case_links",
    metadata,
    Column("case_id", LargeBinary, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("linked_at", BigInteger, nullable=False),
    Column("linked_by", LargeBinary, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_id", "exchange"),
    Index("case_links_by_exchange", "exchange"),
)

case_tasks = Table(
    "case_tasks",
    metadata,
    Column("case_id", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("person", LargeBinary),
    Column("due_at", BigInteger),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
    Column("done_at", BigInteger, nullable=False),
    Column("done_by", LargeBinary),
    PrimaryKeyConstraint("case_id", "number"),
)

TABLES = (cases, case_links, case_tasks)
