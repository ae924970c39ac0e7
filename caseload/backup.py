"""A copy of the case database while it is in use: whole as of one moment, or absent.

The copy holds everything about everybody, so only its owner can read it. The secret is not in it: without the secret
second factors cannot be opened and the audit log cannot be verified, so it is kept apart, and backed up too.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from caseload.exceptions import OutputRefused
from caseload.settings import child_environment

_SETTINGS = (
    ("host", "PGHOST"), ("port", "PGPORT"), ("user", "PGUSER"), ("password", "PGPASSWORD"), ("dbname", "PGDATABASE"),
)  # fmt: skip
"""What libpq calls a setting, and the variable it reads it from."""


def back_up(engine: Engine, file: Path) -> int:
    """Write a copy to a new file and answer its size in bytes.

    Raises OutputRefused where the file exists, cannot be written, or the database's own tool is missing or fails.
    """
    with _whole_or_absent(file) as partial:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, partial)
        else:
            _dump_postgresql(engine, partial)
    return file.stat().st_size


@contextmanager
def _whole_or_absent(file: Path) -> Iterator[Path]:
    if file.exists():
        raise OutputRefused("a new file for the copy", "one that exists", "Choose another name.")
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield partial
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.rename(file)
    except OSError as error:
        raise OutputRefused(
            "a place to write the copy", os.strerror(error.errno or 0), "Choose a folder you may write."
        ) from None
    finally:
        partial.unlink(missing_ok=True)


def _copy_sqlite(engine: Engine, partial: Path) -> None:
    """SQLite's own online copy: it reads one snapshot, and writers go on meanwhile."""
    source: sqlite3.Connection
    with engine.connect() as connection, closing(sqlite3.connect(partial)) as target:
        source = connection.connection.driver_connection  # type: ignore[assignment]
        source.rollback()  # a copy is not taken from within a transaction
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        found = target.execute("PRAGMA quick_check").fetchone()
    if found != ("ok",):
        raise OutputRefused(
            "a copy without faults",
            "one that SQLite calls damaged",
            "Check the disk, and the database it was taken from.",
        )


def _dump_postgresql(engine: Engine, partial: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise OutputRefused("the program pg_dump", "none", "Install the PostgreSQL client of the server's version.")
    command = [program, "--format=custom", "--no-owner", f"--file={partial}"]
    environment = child_environment(**_environment(engine))
    done = subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603  (no shell)
    if done.returncode != 0:
        # What pg_dump says may quote a row; its exit code does not.
        raise OutputRefused(
            "pg_dump to copy the database",
            f"exit code {done.returncode}",
            "Check that its version is the server's and that the user may read every table.",
        )


def _environment(engine: Engine) -> dict[str, str]:
    """What libpq reads: a password on the command line would be seen by everybody on the machine."""
    from psycopg.conninfo import conninfo_to_dict

    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    told = conninfo_to_dict(url)
    return {variable: str(told[name]) for name, variable in _SETTINGS if told.get(name) is not None}
