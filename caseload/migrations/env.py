"""What Alembic runs for every command; `running` hands it the connection."""

from alembic import context

from caseload.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    render_item=context.config.attributes.get("render_item"),
    transactional_ddl=True,  # also SQLite: `caseload.database` begins its transactions itself, so tables roll back
)
with context.begin_transaction():
    context.run_migrations()
