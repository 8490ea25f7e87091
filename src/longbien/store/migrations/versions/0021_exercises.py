"""Exercises: injects, answers, what was seen and learned."""

from alembic import op

from longbien.store.exercise_schema import TABLES

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop them again."""
    for table in reversed(TABLES):
        table.drop(op.get_bind())
