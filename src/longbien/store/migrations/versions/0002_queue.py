"""The queue: a line and the words of each exchange, and who sees to it here. The node fills it at its next start."""

from alembic import op

from longbien.store.schema import handling, queue, queue_words, tags

revision = "0002"
down_revision = "0001"

TABLES = (queue, queue_words, handling, tags)


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop them again."""
    for table in reversed(TABLES):
        table.drop(op.get_bind())
