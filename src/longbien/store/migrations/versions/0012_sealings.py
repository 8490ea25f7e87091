"""Objects that are being sealed, so that none stays that nobody names."""

from alembic import op

from longbien.store.evidence_schema import sealings

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    sealings.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop it again."""
    sealings.drop(op.get_bind())
