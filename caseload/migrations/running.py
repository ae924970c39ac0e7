"""Bringing a case database to a step, and refusing one that is not at the newest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from caseload.database import migrating
from caseload.exceptions import SettingsRefused

_LOCK = 20_261_122  # any number, the same in every process that migrates


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Forward to a step, all of it or nothing; what was there stays. Two processes at once: one waits."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Back to a step (`base`: to an empty database). For tests and emergencies: a step back drops what the step added."""
    _run(engine, command.downgrade, revision)


def current(engine: Engine) -> str | None:
    """The step the database is at; None for one that has none. SettingsRefused where it does not answer."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError:
        raise SettingsRefused(
            "a case database that answers",
            "none at the address given",
            "Check database_url, and that the database is running.",
        ) from None


def newest() -> str:
    """The step this program was written for."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None
    return head


def check_current(engine: Engine) -> None:
    """SettingsRefused where the database is not at the newest step."""
    found = current(engine)
    if found == newest():
        return
    todo = (
        "Run `caseload init` with the same database address: it brings the database up to date and keeps what is in it."
    )
    known = {step.revision for step in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if found is not None and found not in known:
        todo = "Install the version of Caretier that this database was last used with, or a newer one."
    raise SettingsRefused(
        f"a case database at step {newest()}", f"one at step {found}" if found else "an empty one", todo
    )


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
