"""The tables of exercises: what is let out when, what players answered, what was seen and learned.

What it knows: names, types, keys. What it must never share: anything with an exchange; what is played here is real to nobody.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from longbien.store.schema import metadata

# `stage`, `since`, `played` and `shift` are the clock of `practice.clock`.
exercises = Table(
    "exercises",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("title", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("played", BigInteger, nullable=False),
    Column("shift", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", LargeBinary, nullable=False),
)

# `fired_at` (ms) is 0 while it is to come.
exercise_injects = Table(
    "exercise_injects",
    metadata,
    Column("exercise", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("sender", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("fired_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("exercise", "number"),
)

exercise_responses = Table(
    "exercise_responses",
    metadata,
    Column("exercise", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("inject", Integer, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("exercise", "number"),
)

# `kind` is observation or lesson; a lesson may have an owner and a day.
exercise_lessons = Table(
    "exercise_lessons",
    metadata,
    Column("exercise", LargeBinary, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("exercise", "number"),
)

TABLES = (exercises, exercise_injects, exercise_responses, exercise_lessons)
