"""The migrations and the tables are one description of the case database, written twice."""

from caseload.database import open_database
from caseload.migrations.running import upgrade
from caseload.tables import Table
from tests.support.schema import schema_of


def test_the_migrations_make_what_the_tables_say(tmp_path):
    """Word for word; `scripts/migration.py` says what a new step has to do."""
    migrated = open_database(f"sqlite:///{tmp_path}/migrated.sqlite")
    upgrade(migrated)
    made = open_database(f"sqlite:///{tmp_path}/made.sqlite")
    Table.metadata.create_all(made)
    assert schema_of(migrated) == schema_of(made)
