"""When this node heard of a custody event, by its own clock: what it waits for counts from there."""

import sqlalchemy
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; a new database has it from the first revision."""
    columns = {column["name"] for column in sqlalchemy.inspect(op.get_bind()).get_columns("custody")}
    if "heard_at" not in columns:
        column = sqlalchemy.Column("heard_at", sqlalchemy.BigInteger, nullable=False, server_default="0")
        op.add_column("custody", column)


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("custody", "heard_at")
