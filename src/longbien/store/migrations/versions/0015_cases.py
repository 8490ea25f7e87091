"""Cases of an office with their links and tasks."""

from alembic import op

from longbien.store.case_schema import TABLES

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop them again."""
    for table in reversed(TABLES):
        table.drop(op.get_bind())
