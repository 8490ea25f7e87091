"""The tables of a node, once, for both engines.

What it knows: names, types, keys and indexes. What it must never know: how rows come to be.

Signed bytes are kept whole in `statements`, `leaves`, `checkpoints` and `receipts`; the other tables are projections of
them and can be rebuilt. Times are milliseconds since 1970 in UTC. Digests and identifiers are raw bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)

metadata = MetaData()

# SQLite gives a row number of its own only to a column that it knows as plain INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

leaves = Table(
    "leaves",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# Complete subtrees of level 1 and above; level 0 is the column `hash` of `leaves`.
subtrees = Table(
    "subtrees",
    metadata,
    Column("level", Integer, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "place"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("witness", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    PrimaryKeyConstraint("witness", "size"),
)

statements = Table(
    "statements",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("procedure", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("opener", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("standing", LargeBinary, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("quarantine", Text),
    Index("exchanges_by_change", "changed_at"),
)

# `record` is the host's entry; `receipt` is the host's proof of it, on the nodes that are not the host. A position above
# the exchange's own is an entry that came early and waits for the ones before it.
entries = Table(
    "entries",
    metadata,
    Column("exchange", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("act", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("receipt", LargeBinary),
    PrimaryKeyConstraint("exchange", "position"),
)

# One row for each act that this node ordered or rejected and each entry that it took over: the dedupe of promise P3.
# `leaf` is where the answer stands in the ledger, so a repeated question gets the same receipt.
outcomes = Table(
    "outcomes",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("exchange", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("leaf", BigInteger, nullable=False),
    Index("outcomes_by_exchange", "exchange"),
)

# What other nodes proved to us: that they ordered, rejected or took over `subject`.
receipts = Table(
    "receipts",
    metadata,
    Column("subject", LargeBinary, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("subject", "issuer"),
    Index("receipts_by_exchange", "exchange"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("peer", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Index("outbox_by_peer", "peer", "lane", "id"),
    Index("outbox_by_exchange", "exchange"),
    # A number is never used again: an answer that comes late, by pouch, must not settle a younger row.
    sqlite_autoincrement=True,
)

# Requests that left as a file: which rows of the outbox an answer to `digest` is about, until the answer comes home.
carried = Table(
    "carried",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("packed_at", BigInteger, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("exchange", LargeBinary, nullable=False),
    Column("act", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("draft", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("drafter", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("statement", LargeBinary),
    Column("fits", LargeBinary),
)
# Those that wait are few; all that were ever sent stay, and nobody who asks for the few is to read through them.
_waits = drafts.c.statement.is_(None)
Index("drafts_waiting", drafts.c.created_at, sqlite_where=_waits, postgresql_where=_waits)

approvals = Table(
    "approvals",
    metadata,
    Column("draft", LargeBinary, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("office", Text, nullable=False),
    Column("assertion", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("draft", "person"),
)

officers = Table(
    "officers",
    metadata,
    Column("person", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("roles", Text, nullable=False, server_default=""),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("software", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("device_bound", Boolean, nullable=False, server_default=false()),
    Column("ended_at", BigInteger),
)

peers = Table(
    "peers",
    metadata,
    Column("party", Text, primary_key=True),
    Column("peer", LargeBinary, nullable=False),
    Column("known_size", BigInteger, nullable=False),
    Column("known_note", LargeBinary, nullable=False),
    Column("pinned_at", BigInteger, nullable=False),
    Column("last_ok_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

clocks = Table(
    "clocks",
    metadata,
    Column("exchange", LargeBinary, nullable=False),
    Column("clock", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("statutory", Boolean, nullable=False),
    Column("act", Text),
    Column("reminded_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("exchange", "clock"),
    Index("clocks_by_due", "due_at"),
)

# One line for each exchange, made of its acts so that a list needs no fold; and for an opening of ours that waits for its host.
# A column that ends in `_key` is the order of one view: the exchange is in the view where it is not null. The last two columns
# repeat `handling`.
queue = Table(
    "queue",
    metadata,
    Column("exchange", LargeBinary, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("opener", Text, nullable=False),
    Column("others", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("turn", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("our_reference", Text, nullable=False),
    Column("their_reference", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("trouble", Text),
    Column("due_clock", Text),
    Column("due_at", BigInteger),
    Column("statutory", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("acknowledge_key", BigInteger),
    Column("ours_key", BigInteger),
    Column("theirs_key", BigInteger),
    Column("expires_key", BigInteger),
    Column("sent_key", BigInteger),
    Column("open_key", BigInteger),
    Column("offices", Text, nullable=False, server_default=""),
    Column("owner", LargeBinary),
    Column("snoozed_until", BigInteger),
)
Index("queue_by_number", queue.c.number, unique=True)
Index("queue_by_their_reference", queue.c.their_reference, queue.c.number)
Index("queue_by_change", queue.c.changed_at, queue.c.exchange)
Index("queue_by_stage", queue.c.stage, queue.c.changed_at, queue.c.exchange)
for _name, _columns in (
    ("acknowledge", (queue.c.acknowledge_key,)),
    ("ours", (queue.c.ours_key,)),
    ("theirs", (queue.c.theirs_key,)),
    ("due", (queue.c.due_at,)),
    ("expires", (queue.c.expires_key,)),
    ("sent", (queue.c.sent_key,)),
    ("snoozed", (queue.c.snoozed_until,)),
    ("owner", (queue.c.owner, queue.c.open_key)),
):
    # A row that is not in the view costs its index nothing.
    _there = _columns[0].is_not(None)
    Index(f"queue_by_{_name}", *_columns, queue.c.exchange, sqlite_where=_there, postgresql_where=_there)

# Each word by which an exchange can be found, beside the number of its line: one search for both engines, in every language.
queue_words = Table(
    "queue_words",
    metadata,
    Column("word", Text(collation="C").with_variant(Text(), "sqlite"), nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("word", "number"),
    Index("queue_words_by_number", "number"),
)

# Who sees to an exchange in this office: facts of this node, no acts, and nothing that another State hears of.
handling = Table(
    "handling",
    metadata,
    Column("exchange", LargeBinary, primary_key=True),
    Column("owner", LargeBinary),
    Column("snoozed_until", BigInteger),
    Column("reference", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("exchange", LargeBinary, nullable=False),
    Column("tag", Text, nullable=False),
    PrimaryKeyConstraint("exchange", "tag"),
)

# Views that people keep: of one person, or of an office where it is `shared`. `columns` are names with blanks between.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("office", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("order", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("saved_views_by_office", "office", "person"),
)

# People at their screens. Identifiers that open something (of a session, a code) are kept as SHA-256 only.
sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("level", Integer, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Index("sessions_by_person", "person"),
)

# One-time codes: `purpose` is enrol (may bring a first passkey) or enter (a session without one).
codes = Table(
    "codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

# A passkey is lost: one person asks for a new beginning, another one allows it.
recoveries = Table(
    "recoveries",
    metadata,
    Column("person", LargeBinary, primary_key=True),
    Column("asked_by", LargeBinary, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)

# What a person chose for the own screen: JSON.
settings = Table(
    "settings",
    metadata,
    Column("person", LargeBinary, primary_key=True),
    Column("chosen", Text, nullable=False),
)

# Forms that are being filled in: JSON. They belong to one person, and nobody else sees them.
sheets = Table(
    "sheets",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("exchange", LargeBinary),
    Column("act", Text, nullable=False),
    Column("written", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("sheets_by_person", "person", "changed_at"),
)

# Who looked at what, and what that person was answered. Only ever added to.
looks = Table(
    "looks",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("route", Text, nullable=False),
    Column("exchange", LargeBinary),
    Column("status", Integer, nullable=False),
    Index("looks_by_exchange", "exchange", "id"),
    Index("looks_by_person", "person", "id"),
    sqlite_autoincrement=True,
)

# What happened, by number and identifiers alone, for those who read along: written with the rows that it tells of.
events = Table(
    "events",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    # A number is never used again: whoever read to it has read everything before it.
    sqlite_autoincrement=True,
)

# Programs of this State that may ask; the token itself is kept by whoever asked for it.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("networks", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

# What a program was answered when it named a key: the same question gets the same answer.
answers = Table(
    "answers",
    metadata,
    Column("token", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("token", "key"),
    Index("answers_by_time", "at"),
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False),
    Column("stopped", Text),
)

# One row for each event that a hook is told of: what waits, and the log of what was told.
hook_deliveries = Table(
    "hook_deliveries",
    metadata,
    Column("hook", Text, nullable=False),
    Column("event", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("status", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tried_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("hook", "event"),
)
Index(
    "hook_deliveries_waiting",
    hook_deliveries.c.next_at,
    sqlite_where=hook_deliveries.c.next_at.is_not(None),
    postgresql_where=hook_deliveries.c.next_at.is_not(None),
)
