"""Which code of a page was answered, so that it works once."""

import sqlalchemy
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; a new database has it from the first revision."""
    columns = {column["name"] for column in sqlalchemy.inspect(op.get_bind()).get_columns("page_calls")}
    if "answered_at" not in columns:
        op.add_column("page_calls", sqlalchemy.Column("answered_at", sqlalchemy.BigInteger))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("page_calls", "answered_at")
