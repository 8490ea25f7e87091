"""The tables of training: courses with what they are made of, own sessions, who was there, and whether it helped.

What it knows: names, types, keys. What it must never hold: an invitation or an offer of another State; those are exchanges.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from longbien.store.schema import metadata

courses = Table(
    "courses",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

# `kind`: text (stands in `body`), link (its address does), file (by its digest, in `course_files`).
course_materials = Table(
    "course_materials",
    metadata,
    Column("course", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", LargeBinary),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("course", "number"),
    Index("course_materials_by_file", "sha256"),
)

# Teaching material is small and no secret: it lies in the database and is in every back-up of it.
course_files = Table(
    "course_files",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Own sessions. One to which States are invited is an exchange and has no row here.
trainings = Table(
    "trainings",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("course", LargeBinary),
    Column("office", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
    Index("trainings_by_begin", "begins_at"),
)

# `training` is an own session or the exchange of an invitation. `attended` is yes, no or "" while nobody has said.
trainees = Table(
    "trainees",
    metadata,
    Column("training", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("attended", Text, nullable=False),
    PrimaryKeyConstraint("training", "number"),
)

# What shows whether it helped; `measured_on` is a date, "" until somebody measured.
training_measures = Table(
    "training_measures",
    metadata,
    Column("training", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("measured_on", Text, nullable=False),
    PrimaryKeyConstraint("training", "number"),
)

TABLES = (courses, course_materials, course_files, trainings, trainees, training_measures)
