"""People at their screens: roles, sessions, codes, settings, half-filled forms, who looked at what."""

import sqlalchemy as sa
from alembic import op

from longbien.store.people_rows import TABLES

revision = "0003"
down_revision = "0002"

_COLUMNS = (
    ("officers", sa.Column("roles", sa.Text, nullable=False, server_default="")),
    ("credentials", sa.Column("device_bound", sa.Boolean, nullable=False, server_default=sa.false())),
    ("credentials", sa.Column("ended_at", sa.BigInteger)),
)


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    inspector = sa.inspect(op.get_bind())
    for table in TABLES:
        table.create(op.get_bind(), checkfirst=True)
    for name, column in _COLUMNS:
        if column.name not in {found["name"] for found in inspector.get_columns(name)}:
            op.add_column(name, column)


def downgrade() -> None:
    """Drop them again."""
    for name, column in reversed(_COLUMNS):
        op.drop_column(name, column.name)
    for table in reversed(TABLES):
        table.drop(op.get_bind())
