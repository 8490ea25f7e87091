"""One history of the schema: every store, however old, becomes the store that a new node makes."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from longbien.store import Store
from longbien.store import upgrade as history

# What came before has the tables of later revisions in it, for both read the one schema.
OLD = "0004"


def config(connection: sqlalchemy.Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(history.__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def shape(engine: sqlalchemy.Engine) -> dict[str, tuple[set[str], set[str]]]:
    """The columns and the indexes of every table, by name."""
    seen = sqlalchemy.inspect(engine)
    return {
        table: (
            {column["name"] for column in seen.get_columns(table)},
            {str(index["name"]) for index in seen.get_indexes(table)},
        )
        for table in seen.get_table_names()
    }


def test_the_revision_that_a_store_is_brought_to_is_the_newest_and_there_is_one_line_to_it():
    scripts = ScriptDirectory.from_config(config())
    assert scripts.get_heads() == [history.HEAD]
    assert len(list(scripts.walk_revisions())) == int(history.HEAD)


def test_a_store_of_an_old_revision_becomes_what_a_new_one_is(store_urls):
    with Store(store_urls[0]) as store:
        new = shape(store._engine)
        with store._engine.begin() as connection:
            command.downgrade(config(connection), OLD)
        assert shape(store._engine) != new
        history.upgrade(store._engine)
        assert history.current(store._engine) == history.HEAD
        assert shape(store._engine) == new
