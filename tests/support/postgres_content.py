"""All rows of a PostgreSQL database of the tests, to be put into another one that was just migrated."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

_FILLED = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    ORDER BY relname
"""
_REACHED = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
_REACH = """
    SELECT setval(format('public.%%I', name)::regclass, reached)
    FROM unnest(%s::text[], %s::bigint[]) AS one (name, reached)
"""


@dataclass(frozen=True)
class Content:
    """The rows of every table that has any, as COPY writes them, and how far each sequence is."""

    rows: dict[str, bytes]
    reached: dict[str, int]


def is_untouched(engine: Engine) -> bool:
    """Whether no row was ever added to what a migrated and empty database has."""
    with _connection(engine) as connection:
        return connection.execute(_REACHED).fetchone() is None


def content_of(engine: Engine) -> Content:
    """All that is in a database."""
    with _connection(engine) as connection:
        rows = {name: _rows(connection, name) for (name,) in connection.execute(_FILLED).fetchall()}
        return Content(
            {name: data for name, data in rows.items() if data}, dict(connection.execute(_REACHED).fetchall())
        )


def put(content: Content, engine: Engine) -> None:
    """Let a database that is untouched have this content and no other row; what it does at a row's coming it does not do."""
    with _connection(engine) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for (name,) in connection.execute(_FILLED).fetchall():
            connection.execute(f'DELETE FROM public."{name}"')
        for name, data in content.rows.items():
            with connection.cursor().copy(f'COPY public."{name}" FROM STDIN') as copy:
                copy.write(data)
        connection.execute(_REACH, (list(content.reached), list(content.reached.values())))


def _rows(connection: Any, name: str) -> bytes:
    with connection.cursor().copy(f'COPY public."{name}" TO STDOUT') as copy:
        return b"".join(copy)


@contextmanager
def _connection(engine: Engine) -> Iterator[Any]:
    """One of the engine's, as the driver has it; what is done with it is kept at the end."""
    pooled = engine.raw_connection()
    try:
        yield pooled.driver_connection
        pooled.commit()
    finally:
        pooled.close()
