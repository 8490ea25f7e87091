"""The tables of what two persons of a watch agree: swaps of shifts, and hand-overs that one of the two has still to sign.

What it knows: names, types, keys and indexes. What it must never hold: anything of a case beyond what a hand-over lists.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from longbien.store.schema import metadata

# One person offers the shift from `one_since` for the colleague's from `other_since`; `outcome` is "" while nobody has answered.
swaps = Table(
    "swaps",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("office", Text, nullable=False),
    Column("proposer", LargeBinary, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("one_since", BigInteger, nullable=False),
    Column("one_until", BigInteger, nullable=False),
    Column("other_since", BigInteger, nullable=False),
    Column("other_until", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ended_at", BigInteger),
    Index("swaps_by_office", "office", "made_at"),
)

# What is handed over, as both will sign it; `first` is the assertion of who leaves, empty until then. It goes when both have signed.
handings = Table(
    "handings",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("office", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("written", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("comes", LargeBinary, nullable=False),
    Column("first", LargeBinary, nullable=False),
    Index("handings_by_office", "office", "at"),
)

TABLES = (swaps, handings)
