"""The tables of orders to providers: firms of one's own State that are ordered to keep or hand over data, their people, and what they answer.

What it knows: names, types, keys. What it must never share: a key or a session with officers; no officer's table holds a person of a firm, so
nothing that asks for an officer can ever be content with one.
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
)

from longbien.store.schema import RowNumber, metadata

providers = Table(
    "providers",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
)

provider_people = Table(
    "provider_people",
    metadata,
    Column("person", LargeBinary, primary_key=True),
    Column("provider", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Index("provider_people_by_provider", "provider"),
)

provider_keys = Table(
    "provider_keys",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Index("provider_keys_by_person", "person"),
)

# One-time codes, by their SHA-256.
provider_codes = Table(
    "provider_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("level", Integer, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)

provider_sessions = Table(
    "provider_sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("level", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)

# An order. `exchange` is the identifier of the request that it serves, and all that the order holds of it; nobody outside is told. `statement` is there
# from the moment that a second person signed: the node's signature over exactly the words of the order.
orders = Table(
    "orders",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("provider", LargeBinary, nullable=False),
    Column("office", Text, nullable=False),
    Column("exchange", LargeBinary),
    Column("reference", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
    Column("statement", LargeBinary),
    Column("issued_at", BigInteger),
    Column("issued_by", LargeBinary),
    Column("assertion", LargeBinary),
    Column("seen_at", BigInteger),
    Column("heard_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("answer", Text, nullable=False),
    Column("receipt", LargeBinary),
    Column("closed_at", BigInteger),
    Column("why", Text, nullable=False),
    Index("orders_by_provider", "provider", "issued_at"),
    Index("orders_by_office", "office", "made_at"),
)

# What both sides ask and say about an order, in order.
order_words = Table(
    "order_words",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("order", LargeBinary, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("by", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("order_words_by_order", "order", "id"),
    sqlite_autoincrement=True,
)

# Files of an answer: sealed objects with their keys, wrapped like every other key of evidence.
order_files = Table(
    "order_files",
    metadata,
    Column("order", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("object", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("kid", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
    PrimaryKeyConstraint("order", "number"),
)

TABLES = (
    providers,
    provider_people,
    provider_keys,
    provider_codes,
    provider_sessions,
    orders,
    order_words,
    order_files,
)
