"""The case database: how it is opened, and the two kinds of transaction.

SQLite runs with a write-ahead log, foreign keys and full synchronisation, so that what was answered is on the disk. A
writing transaction begins by taking the lock: two writers then queue instead of failing half-way. Within one program they
queue at a lock of its own: SQLite's own waiting is to look again every so often, and may pass over whoever waited longest.
On both databases a reading transaction sees one moment from its first question to its last: a count and the rows it
counts agree.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from caseload.exceptions import SettingsRefused

APPLICATION = "caseload"
"""What PostgreSQL shows of every connection of ours, so that one of our programs sees the others."""

_WRITES = "caseload_writes"
_BUSY_MILLISECONDS = 15_000
_READS: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {},  # there it is so anyway
}
_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_TAKEN = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_CROSSED = frozenset({"40P01", "40001"})


def open_database(url: str, *, connections: int = 10) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; SettingsRefused for anything else.

    So many connections stay open; ten more are made while all are in use, and whoever comes then waits half a minute.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refused() from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        address = parsed.set(drivername="postgresql+psycopg")
        # Compiling a question with this many conditions takes the server a second, answering it a twentieth of that.
        told = {"options": "-c jit=off", "application_name": APPLICATION}
        return create_engine(
            address, pool_pre_ping=True, pool_size=connections, hide_parameters=True, connect_args=told
        )
    if backend != "sqlite":
        raise _refused()
    engine = create_engine(
        parsed, pool_size=connections, hide_parameters=True
    )  # no person's values in an error's words
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _TURNS[engine] = Lock()
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads; nothing flushed in it is kept."""
    with Session(engine.execution_options(**_READS[engine.dialect.name])) as session:
        yield session
        session.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes: all of it is kept, or none."""
    turn = _TURNS.get(engine, nullcontext())
    with turn, Session(engine.execution_options(**{_WRITES: True})) as session, session.begin():
        yield session


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes tables: all of it is kept, or none.

    SQLite rebuilds a table to change it, so references are only checked again when all is done (by the caller).
    """
    with engine.execution_options(**{_WRITES: True}).connect() as connection:
        embedded = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if embedded:
            driver.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
        try:
            with connection.begin():
                yield connection
        finally:
            if embedded:
                driver.execute("PRAGMA foreign_keys = ON")


def was_taken(error: DBAPIError) -> bool:
    """Whether a row could not be written because another has its place: a unique key, and nothing else."""
    return _code(error) in _TAKEN


def was_crossed(error: DBAPIError) -> bool:
    """Whether PostgreSQL ended this transaction so that another could go on; done again, it may well succeed."""
    return _code(error) in _CROSSED


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)


def is_sqlite(session: Session) -> bool:
    """Whether this is the embedded database."""
    return session.get_bind().dialect.name == "sqlite"


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for setting in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",
        f"busy_timeout = {_BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refused() -> SettingsRefused:
    return SettingsRefused(
        "a database address",
        "one that is neither SQLite nor PostgreSQL",
        "Give sqlite:///FILE or postgresql://HOST/NAME.",
    )
