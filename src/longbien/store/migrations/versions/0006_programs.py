"""Programs that ask and are told: tokens, answers, events, hooks."""

from alembic import op

from longbien.store.schema import answers, events, hook_deliveries, hooks, tokens

revision = "0006"
down_revision = "0005"

TABLES = (events, tokens, answers, hooks, hook_deliveries)


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop them again."""
    for table in reversed(TABLES):
        table.drop(op.get_bind())
