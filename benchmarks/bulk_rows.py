"""Many rows into a case database quickly: COPY on PostgreSQL, one prepared statement on SQLite. For made-up places only.

Rows are dictionaries by column; what is not given has the table's default or is empty. Nothing is audited or checked.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, Date, DateTime, text
from sqlalchemy.orm import DeclarativeBase

from caseload.tables import Table
from caseload.tables.base import UtcMoment

Row = dict[str, Any]
_BATCH = 20_000


def put(connection: Connection, table: type[DeclarativeBase], rows: Iterable[Row]) -> int:
    """Write rows in batches; how many."""
    columns = list(table.__table__.columns)
    embedded = connection.dialect.name == "sqlite"
    adapted = [_adapter(column, embedded) for column in columns]
    defaults = {column.name: _default(column) for column in columns}
    names = [column.name for column in columns]

    def values() -> Iterator[tuple[Any, ...]]:
        for row in rows:
            whole = {**defaults, **row}
            yield tuple(adapt(whole[name]) for adapt, name in zip(adapted, names, strict=True))

    write = _insert if embedded else _copy
    made, source = 0, values()
    while batch := list(islice(source, _BATCH)):
        write(connection, table.__tablename__, names, batch)
        made += len(batch)
    return made


def finish(connection: Connection) -> None:
    """After all rows: counters behind ids go on where they end, and the planner knows what is there."""
    if connection.dialect.name == "postgresql":
        for table in Table.metadata.sorted_tables:
            if "id" in table.columns and table.name != "audit_head":
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 0) + 1) FROM {table.name}"
                    )
                )
    connection.execute(text("ANALYZE"))


def _insert(connection: Connection, table: str, names: list[str], batch: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" for _ in names)
    driver: Any = connection.connection.driver_connection
    driver.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", batch)


def _copy(connection: Connection, table: str, names: list[str], batch: list[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for values in batch:
            copy.write_row(values)


def _default(column: Column[Any]) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _adapter(column: Column[Any], embedded: bool) -> Callable[[Any], Any]:
    if isinstance(column.type, JSON):
        return lambda value: json.dumps(value)
    if embedded and isinstance(column.type, UtcMoment | DateTime):
        return _moment
    if embedded and isinstance(column.type, Date):
        return _day
    return lambda value: value


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
