"""Holds that wait for a second person."""

from alembic import op

from longbien.store.evidence_schema import hold_wishes

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    hold_wishes.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop it again."""
    hold_wishes.drop(op.get_bind())
