"""Databases on a real PostgreSQL server for the tests: one server for all processes of a test run, a database for each caller.

The first process to ask starts the server; a keeper removes it when the last one has ended. A database is a copy of one
that was migrated once, and is emptied for the next caller: a new one costs the server as much as a short test.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO

import psycopg
import pytest
from psycopg.errors import ObjectInUse

from caseload.database import open_database
from caseload.migrations.running import upgrade
from tests.support.patience import until
from tests.support.postgres_server import QUICK, NoPostgres, PostgresServer

_TEMPLATE = "migrated"
_KEEP_FIRST_ROWS = """
    DO $$ DECLARE one name; BEGIN
      CREATE SCHEMA first_rows;
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                 AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('CREATE TABLE first_rows.%1$I AS TABLE public.%1$I', one);
      END LOOP;
    END $$
"""
_EMPTY = """
    DO $$ DECLARE one name; BEGIN
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
      SET LOCAL session_replication_role = replica;
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                 AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('DELETE FROM public.%I', one);
      END LOOP;
      FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'first_rows'::regnamespace LOOP
        EXECUTE format('INSERT INTO public.%1$I TABLE first_rows.%1$I', one);
      END LOOP;
      PERFORM setval(format('public.%I', sequencename)::regclass, start_value, false)
      FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$
"""
_ROOT = Path(__file__).resolve().parents[2]
_numbers = count(1)
_held: list[IO[bytes]] = []  # locks that last as long as this process
_free: list[str] = []  # databases of this process that are empty again


@contextmanager
def postgres_url(*, migrated: bool = True) -> Iterator[str]:
    """The address of a fresh database, migrated and empty (or without any table); skips the test where there is no server."""
    server = shared_server()
    if migrated and _free:
        name = _free.pop()
    else:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        copied = f" TEMPLATE {_TEMPLATE}" if migrated else ""
        administer(server, f"CREATE DATABASE {name}{copied}")
    try:
        yield server.url(name)
    finally:
        if migrated:
            administer(server, _EMPTY, within=name)
            _free.append(name)
        else:
            administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def shared_server() -> PostgresServer:
    """The server of this test run; skips the test where there is none."""
    found = _shared_server()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A server nobody else uses, with every safety on, for tests that kill it; skips where there is none."""
    folder = Path(tempfile.mkdtemp(prefix="caretier-pg-")) / "own"
    folder.parent.chmod(0o755)
    server = PostgresServer(folder, child=True)
    try:
        server.begin()
        yield server
    except NoPostgres as error:
        pytest.skip(str(error))
    finally:
        server.remove()
        folder.parent.rmdir()


def administer(server: PostgresServer, statement: str, *, within: str = "postgres") -> None:
    """One statement outside any transaction, as the server's owner; again while somebody is still on the way out."""

    def done() -> bool:
        with psycopg.connect(server.url(within), autocommit=True) as connection:
            try:
                connection.execute(statement)
            except ObjectInUse:
                return False
        return True

    assert until(done)


@cache
def _shared_server() -> PostgresServer | str:
    """The server, or why there is none."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone{os.getpid()}")[:16]  # noqa: TID251 how workers of one run know each other
    base = Path(tempfile.gettempdir()) / f"caretier-pg-{run}"
    server = PostgresServer(base)
    users = base.with_suffix(".users")
    _held.append(users.open("ab"))
    fcntl.flock(_held[-1], fcntl.LOCK_SH)
    with base.with_suffix(".door").open("ab") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        try:
            _begin(server, users)
        except NoPostgres as error:
            return str(error)
    return server


def _begin(server: PostgresServer, users: Path) -> None:
    if (server.folder / "ready").exists():
        return
    if server.folder.exists():
        raise NoPostgres("PostgreSQL could not be started in this test run.")
    keeper = [sys.executable, "-m", "tests.support.postgres_keeper", str(server.folder), str(users)]
    server.begin(*QUICK)
    subprocess.run(keeper, check=True, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    administer(server, f"CREATE DATABASE {_TEMPLATE}")
    engine = open_database(server.url(_TEMPLATE))
    upgrade(engine)
    engine.dispose()
    administer(server, _KEEP_FIRST_ROWS, within=_TEMPLATE)
    (server.folder / "ready").touch()
