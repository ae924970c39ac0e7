"""A case database for a command: made, or opened after making sure that this program may use it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from caseload.database import open_database
from caseload.exceptions import OutputRefused, SettingsRefused
from caseload.migrations.steps import check_current, current, newest
from caseload.secrets import load_secrets, make_secret
from caseload.settings import Settings, read_settings, secret_file, settings_with
from caseload.store import Store


def settings_for(database: str | None) -> Settings:
    """The settings, with the database a command named."""
    return read_settings() if database is None else settings_with(database_url=database)


def set_up(settings: Settings) -> bool:
    """Make the case database and its secret, or bring it up to date; whether anything was done.

    Raises SettingsRefused for an address or a secret that cannot be used, OutputRefused for a place that cannot be
    written.
    """
    from caseload.migrations.running import upgrade  # Alembic, which nothing but this needs

    engine = open_database(settings.database_url)  # refuses an address that is none, before anything is made
    file = _file(settings.database_url)
    if file is not None:
        _make_private(file)
    secret = secret_file(settings.database_url)
    if secret is not None and not settings.secret_key.get_secret_value():
        make_secret(secret)
    load_secrets(settings)
    try:
        done = current(engine) != newest()
        upgrade(engine)
        return done
    finally:
        engine.dispose()


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The case database, where it is there and at this program's step; SettingsRefused otherwise."""
    engine = open_database(settings.database_url)
    file = _file(settings.database_url)
    if file is not None and not file.is_file():
        raise SettingsRefused(
            "a case database", "no such file", "Run `caseload init --database URL`, or name the one there is."
        )
    try:
        check_current(engine)
        yield Store(engine, load_secrets(settings))
    finally:
        engine.dispose()


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _make_private(file: Path) -> None:
    """An empty file for the database: it will hold everything about everybody, so only its owner may read it."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise OutputRefused(
            "a place for the case database", os.strerror(error.errno or 0), "Choose a folder you may write."
        ) from None
