"""Alembic's entry: runs the migrations on the connection that `xiaoer.infra.migrate` hands over."""

from alembic import context

from xiaoer.migrations.tables import load_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=load_tables(),
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
