"""Bringing a case database to a step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from caseload.database import migrating

_LOCK = 20_261_122  # any number, the same in every process that migrates


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Forward to a step, all of it or nothing; what was there stays. Two processes at once: one waits."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Back to a step (`base`: to an empty database). For tests and emergencies: a step back drops what the step added."""
    _run(engine, command.downgrade, revision)


def _run(engine: Engine, step: Callable[[Config, str], Any], revision: str) -> None:
    with migrating(engine) as connection, _alone(connection):
        config = configuration()
        config.attributes["connection"] = connection
        step(config, revision)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """On PostgreSQL one migration at a time; on SQLite check the references that could not be checked on the way."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield
        return
    yield
    assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None


def configuration() -> Config:
    """What Alembic is told instead of an alembic.ini: where the steps are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent).replace("%", "%%"))
    return config
