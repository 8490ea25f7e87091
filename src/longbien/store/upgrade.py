"""The one migration history, for both engines.

What it knows: which revision this program needs and how to get there. What it must never know: what a node does with it.
A node whose schema is current does not load Alembic at all, so that a restart after a crash stays quick; nor does a new one, which
gets the tables as they are now.
"""

from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text

from longbien.store.schema import metadata

HEAD = "0021"
_HISTORY = Path(__file__).parent / "migrations"
# Where Alembic keeps the revision that a database is at, as it would make it itself.
_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def upgrade(engine: Engine) -> None:
    """The schema is at `HEAD`; every step ran in a transaction of its own."""
    found = current(engine)
    if found == HEAD:
        return
    if found is None and not inspect(engine).get_table_names():
        _begin(engine)
        return
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HISTORY))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _begin(engine: Engine) -> None:
    """An empty database has every table that the rooms of the store have declared, and the newest revision."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        _VERSION.create(connection)
        connection.execute(insert(_VERSION).values(version_num=HEAD))


def current(engine: Engine) -> str | None:
    """The revision that the database is at, or `None` for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        connection.rollback()
    return None if found is None else str(found)
