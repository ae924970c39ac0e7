"""The opened case database with its keys: where every transaction of the app begins.

A writing transaction keeps its audit events until the end and chains them just before it commits: either the change and
its event are both there, or neither is. What others have to be told of is written behind them, in the same order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from caseload import database
from caseload.audit_chain import PENDING, chain_pending
from caseload.migrations.steps import check_current
from caseload.outward_changes import collect_only, collected, listen_for_changes, tell_changes
from caseload.secrets import Secrets, load_secrets
from caseload.settings import Settings


@dataclass(frozen=True)
class Store:
    """One engine, one set of keys."""

    engine: Engine
    secrets: Secrets

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with database.reading(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that writes, with its audit events."""
        with database.writing(self.engine) as session:
            session.info[PENDING] = []
            listen_for_changes(session)
            yield session
            session.flush()
            chain_pending(session, self.secrets.audit)
            tell_changes(session)


@contextmanager
def on_trial(session: Session) -> Iterator[None]:
    """A part of a writing transaction that is undone alone where it fails, with its audit events and what others are told."""
    pending, told = list(session.info[PENDING]), collected(session)
    try:
        with session.begin_nested():
            yield
    except Exception:
        session.info[PENDING] = pending
        collect_only(session, told)
        raise


def open_store(settings: Settings) -> Store:
    """The case database the settings name.

    SettingsRefused where the address or the secret is wrong, or the database is not at the step this program needs.
    """
    store = Store(database.open_database(settings.database_url), load_secrets(settings))
    check_current(store.engine)
    return store
