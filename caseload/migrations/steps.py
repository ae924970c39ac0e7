"""Which step a case database is at, and which this program needs: what every start asks, without loading Alembic for it."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from caseload.exceptions import SettingsRefused


def current(engine: Engine) -> str | None:
    """The step the database is at; None for one that has none. SettingsRefused where it does not answer."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except OperationalError:
        raise SettingsRefused(
            "a case database that answers",
            "none at the address given",
            "Check database_url, and that the database is running.",
        ) from None


def newest() -> str:
    """The step this program was written for."""
    return max(_steps())


def check_current(engine: Engine) -> None:
    """SettingsRefused where the database is not at the newest step."""
    found = current(engine)
    if found == newest():
        return
    todo = (
        "Run `caseload init` with the same database address: it brings the database up to date and keeps what is in it."
    )
    if found is not None and found not in _steps():
        todo = "Install the version of Caretier that this database was last used with, or a newer one."
    raise SettingsRefused(
        f"a case database at step {newest()}", f"one at step {found}" if found else "an empty one", todo
    )


def _steps() -> set[str]:
    """A step's file is named for its number, which is its revision: 0001_places_and_users.py."""
    return {file.name[:4] for file in (Path(__file__).parent / "versions").glob("[0-9]*_*.py")}
