"""The one migration history, for both engines.

What it knows: which revision this program needs and how to get there. What it must never know: what a node does with it.
A node whose schema is current does not load Alembic at all, so that a restart after a crash stays quick.
"""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HEAD = "0016"
_HISTORY = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """The schema is at `HEAD`; every step ran in a transaction of its own."""
    if current(engine) == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - loaded only when there is something to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HISTORY))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def current(engine: Engine) -> str | None:
    """The revision that the database is at, or `None` for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        connection.rollback()
    return None if found is None else str(found)
