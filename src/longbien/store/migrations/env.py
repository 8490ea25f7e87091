"""Alembic's way in: it runs the history on the connection that `upgrade` hands over, and opens none of its own."""

from alembic import context

from longbien.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
