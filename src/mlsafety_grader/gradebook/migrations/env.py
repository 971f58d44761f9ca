"""Run the steps on the connection that `gradebook.schema` hands over; alembic executes this file by its path."""

from alembic import context

# the caller opened a transaction around all steps and commits it: a half migrated gradebook cannot be
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
