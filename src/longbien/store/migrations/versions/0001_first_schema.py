"""The first schema.

A released revision never changes; until the first release it creates the tables as `schema.py` has them.
"""

from alembic import op

from longbien.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and index."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them again."""
    metadata.drop_all(op.get_bind())
