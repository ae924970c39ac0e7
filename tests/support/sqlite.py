"""Migrated SQLite databases for the tests: migrated once in a process, copied for each caller."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from caseload.database import open_database
from caseload.migrations.running import upgrade


def sqlite_url(folder: Path, name: str = "case.sqlite") -> str:
    """The address of a fresh database in the folder, migrated and empty."""
    (folder / name).write_bytes(migrated())
    return f"sqlite:///{folder / name}"


@cache
def migrated() -> bytes:
    """A migrated and empty database."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.sqlite"
        engine = open_database(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        return content_of(path)


def content_of(path: Path) -> bytes:
    """All of a database that nobody has open, from its log too."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()
