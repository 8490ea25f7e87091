"""The tables of duty: rosters and policies, where persons are reached, pages and their calls, hand-overs.

What it knows: names, types, keys and indexes. What it must never hold: anything of a case beyond the identifier of an exchange.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)

from longbien.store.schema import RowNumber, metadata

# Rosters and policies as they were written, every version that was ever in force from `made_at` on. Only ever added to.
duty_plans = Table(
    "duty_plans",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("office", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
    Index("duty_plans_by_office", "office", "kind", "id"),
    sqlite_autoincrement=True,
)

# Where a person is reached over a channel.
contacts = Table(
    "contacts",
    metadata,
    Column("person", LargeBinary, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    PrimaryKeyConstraint("person", "channel"),
)

# One row for each reason to wake somebody; `cause` says which, so that the same reason is one page. `storm` is the page that calls for it.
pages = Table(
    "pages",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("cause", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("exchange", LargeBinary),
    Column("urgency", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("step", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("awake_at", BigInteger),
    Column("awake_by", LargeBinary),
    Column("ended_at", BigInteger),
    Column("ended_by", LargeBinary),
    Column("why", Text, nullable=False),
    Column("storm", LargeBinary),
)
Index(
    "pages_open",
    pages.c.raised_at,
    sqlite_where=pages.c.ended_at.is_(None),
    postgresql_where=pages.c.ended_at.is_(None),
)
Index("pages_by_exchange", pages.c.exchange)

# One row for each person whom a page called over a channel. `code` is what this person answers, once, to say: awake.
page_calls = Table(
    "page_calls",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("page", LargeBinary, nullable=False),
    Column("step", Integer, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("channel", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("over", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_at", BigInteger),
    Index("page_calls_by_page", "page"),
)
Index(
    "page_calls_waiting",
    page_calls.c.channel,
    page_calls.c.next_at,
    sqlite_where=page_calls.c.over.is_(false()),
    postgresql_where=page_calls.c.over.is_(false()),
)

# What one person handed to another, signed by both over its digest.
handovers = Table(
    "handovers",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("office", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("written", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("comes", LargeBinary, nullable=False),
    Column("first", LargeBinary, nullable=False),
    Column("second", LargeBinary, nullable=False),
    Index("handovers_by_office", "office", "at"),
)

TABLES = (duty_plans, contacts, pages, page_calls, handovers)
