"""Keys of evidence that never go, because their exchange has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add what is not there yet; a new database has it from the first revision."""
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("namings")}
    if "kept_at" not in known:
        op.add_column("namings", sa.Column("kept_at", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("namings", "kept_at")
