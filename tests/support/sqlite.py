"""Migrated SQLite databases for the tests: migrated once in a process, copied for each caller."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from caseload.database import open_database
from caseload.migrations.running import upgrade


def sqlite_url(folder: Path, name: str = "case.sqlite") -> str:
    """The address of a fresh database in the folder, migrated and empty."""
    (folder / name).write_bytes(_migrated())
    return f"sqlite:///{folder / name}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.sqlite"
        engine = open_database(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return path.read_bytes()
