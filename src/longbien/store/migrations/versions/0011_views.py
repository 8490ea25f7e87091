"""Views that people keep, and the offices that a line of the queue names."""

import sqlalchemy
from alembic import op

from longbien.store.schema import saved_views

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    saved_views.create(op.get_bind(), checkfirst=True)
    columns = {column["name"] for column in sqlalchemy.inspect(op.get_bind()).get_columns("queue")}
    if "offices" not in columns:
        op.add_column(
            "queue", sqlalchemy.Column("offices", sqlalchemy.Text, nullable=False, server_default="")
        )


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("queue", "offices")
    saved_views.drop(op.get_bind())
