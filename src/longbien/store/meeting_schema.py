"""The tables of meetings: what this State keeps for itself beside the acts of an invitation.

What it knows: names, types, keys. What it must never hold: anything that an act says; acts are read from the ledger.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from longbien.store.schema import metadata

# The text of minutes. An act names it by its digest only, so whoever was there keeps the text itself.
minutes = Table(
    "minutes",
    metadata,
    Column("exchange", LargeBinary, primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
)

# What a report says is to be done, as far as it is done here. `report` is the digest of the statement, so a corrected report begins anew.
actions_done = Table(
    "actions_done",
    metadata,
    Column("report", LargeBinary, nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
    PrimaryKeyConstraint("report", "place"),
)

TABLES = (minutes, actions_done)
