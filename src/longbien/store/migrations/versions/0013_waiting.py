"""An index over the drafts that wait, so that asking for them does not read every draft that was ever sent."""

from alembic import op

from longbien.store.schema import drafts

revision = "0013"
down_revision = "0012"

_INDEX = next(index for index in drafts.indexes if index.name == "drafts_waiting")


def upgrade() -> None:
    """Create it where it is not there yet; a new database has it from the first revision."""
    _INDEX.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop it again."""
    _INDEX.drop(op.get_bind())
