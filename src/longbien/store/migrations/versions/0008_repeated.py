"""An index by the other side's reference, so that a request that is sent again is found at once."""

from alembic import op

from longbien.store.schema import queue

revision = "0008"
down_revision = "0007"

_INDEX = next(index for index in queue.indexes if index.name == "queue_by_their_reference")


def upgrade() -> None:
    """Create it where it is not there yet; a new database has it from the first revision."""
    _INDEX.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop it again."""
    _INDEX.drop(op.get_bind())
