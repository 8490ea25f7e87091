"""The tables of evidence: what is being prepared, what was handed over, who touched it, and which keys are held.

What it knows: names, types, keys and indexes. What it must never hold: a key in the clear, or evidence itself. Manifests lie
whole in `statements`, own custody events in `leaves`; keys of sealed objects are wrapped under a key of the key store.
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

# A bundle is a manifest in the making: `manifest` is its identifier, `heading` the payload without items.
bundles = Table(
    "bundles",
    metadata,
    Column("manifest", LargeBinary, primary_key=True),
    Column("exchange", LargeBinary, nullable=False),
    Column("office", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("heading", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("sealed_at", BigInteger, nullable=False),
    Index("bundles_by_exchange", "exchange"),
)

# `item` is a payload with this item alone; its object and commitment are zeros until it is sealed.
bundle_items = Table(
    "bundle_items",
    metadata,
    Column("manifest", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("item", LargeBinary, nullable=False),
    PrimaryKeyConstraint("manifest", "number"),
)

# Each part of a manifest that this node signed or took; `digest` is that of the statement, which acts name.
manifests = Table(
    "manifests",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("manifest", LargeBinary, nullable=False),
    Column("part", Integer, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("manifests_by_manifest", "manifest", "part"),
    Index("manifests_by_exchange", "exchange"),
)

# Each item of these manifests. `here_at` is 0 while the sealed object is not here, `gone_at` is not 0 once it was deleted;
# `ticket` is the SHA-256 of what opens the door for it.
evidence = Table(
    "evidence",
    metadata,
    Column("object", LargeBinary, primary_key=True),
    Column("manifest", LargeBinary, nullable=False),
    Column("digest", LargeBinary),
    Column("number", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("ticket", LargeBinary),
    Column("here_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger, nullable=False),
    Index("evidence_by_manifest", "manifest", "number", unique=True),
    Index("evidence_by_sha256", "sha256"),
)

# The keys of sealed objects, wrapped under the key `kid` of the key store. A key that is destroyed has no row.
secrets = Table(
    "secrets",
    metadata,
    Column("object", LargeBinary, primary_key=True),
    Column("kid", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

# Custody events in the order in which this node heard of them. An own event has its leaf (`outcomes`); one of another party
# has its receipt, without the head, which stands once in `notes`.
custody = Table(
    "custody",
    metadata,
    Column("number", RowNumber, primary_key=True, autoincrement=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("manifest", LargeBinary, nullable=False),
    Column("item", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("touch", Text, nullable=False),
    Column("heard_at", BigInteger, nullable=False, server_default="0"),
    Column("proof", LargeBinary),
    Column("note", LargeBinary),
    Index("custody_by_item", "manifest", "item", "number"),
)

notes = Table(
    "notes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("note", LargeBinary, nullable=False),
)

# Which own acts name which manifests: the keys follow when the act has its place and nothing is open. `sent_at` is 0 until
# then; `kept_at` is 0 unless the exchange has ended and they never will.
namings = Table(
    "namings",
    metadata,
    Column("digest", LargeBinary, nullable=False),
    Column("act", LargeBinary, nullable=False),
    Column("exchange", LargeBinary, nullable=False),
    Column("peer", Text, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("kept_at", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("digest", "act", "peer"),
    Index("namings_by_sent", "sent_at"),
)

# What a row of the outbox about evidence is made from: keys of one part, or custody events from one number to another. The
# last custody event that a peer was told of stands here too.
errands = Table(
    "errands",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("act", LargeBinary, nullable=False),
    Column("peer", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Index("errands_by_manifest", "manifest"),
)

# Exchanges of which nothing may be deleted, set by two persons; `lifted_at` is 0 while the hold stands.
holds = Table(
    "holds",
    metadata,
    Column("exchange", LargeBinary, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("lifted_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("exchange", "set_at"),
)

# A hold, or its end, that one person has signed and a second one has not yet.
hold_wishes = Table(
    "hold_wishes",
    metadata,
    Column("exchange", LargeBinary, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("lift", Boolean, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)

# Objects that are being sealed: an item names each in the commit that takes its line away.
sealings = Table(
    "sealings",
    metadata,
    Column("object", LargeBinary, primary_key=True),
    Column("manifest", LargeBinary, nullable=False),
)

TABLES = (
    bundles,
    bundle_items,
    manifests,
    evidence,
    secrets,
    custody,
    notes,
    namings,
    errands,
    holds,
    hold_wishes,
    sealings,
)
