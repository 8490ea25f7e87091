"""The rules that the fields of a draft fit, so that they are not read through again when it is sent."""

import sqlalchemy
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create what is not there yet; a new database has it from the first revision."""
    columns = {column["name"] for column in sqlalchemy.inspect(op.get_bind()).get_columns("drafts")}
    if "fits" not in columns:
        op.add_column("drafts", sqlalchemy.Column("fits", sqlalchemy.LargeBinary))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("drafts", "fits")
