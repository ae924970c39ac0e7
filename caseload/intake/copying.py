"""Rows between files, the scratch database of a load and the case database, a part at a time, so that memory stays bounded.

A quarter of a million rows pass through here twice a load, the second time while the case database is locked. So they
travel as the text both databases read, and no type of SQLAlchemy's looks at each value.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
from sqlalchemy import Text, cast, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from caseload.tables import Table
from caseload.tables.base import UtcMoment

PART = 10_000
"""Rows held in memory at a time."""

Row = Sequence[Any]
Item = TypeVar("Item")
_WHOLE = "BIGINT"


def copy_in(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    """Make the table in the scratch database, anew; `columns` gives the type of each, and rows hold text or numbers."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TABLE {table} ({declared})")
    types = [pa.int64() if kind == _WHOLE else pa.string() for kind in columns.values()]
    for part in parts(rows):
        arrays = [pa.array(values, kind) for values, kind in zip(zip(*part, strict=True), types, strict=True)]
        copy_in_arrow(connection, table, pa.Table.from_arrays(arrays, names=list(columns)))


def copy_in_arrow(connection: duckdb.DuckDBPyConnection, table: str, part: pa.Table) -> None:
    """Add an Arrow table's rows to a table with as many columns, in their order."""
    connection.register("arrow_part", part)
    connection.execute(f"INSERT INTO {table} SELECT * FROM arrow_part")
    connection.unregister("arrow_part")


def copy_out(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """What a question of the scratch database answers, as parts of rows.

    Nothing else may be asked of the connection until it is read to its end.
    """
    answer = connection.execute(query)
    while rows := answer.fetchmany(PART):
        yield rows


def read_rows(session: Session, columns: Iterable[InstrumentedAttribute[Any]], *conditions: Any) -> Iterator[Row]:
    """Columns of the case database, row by row, whole numbers as such and everything else as text."""
    shown = [column if column.type.python_type is int else cast(column, Text) for column in columns]
    wanted = select(*shown).where(*conditions)
    return iter(session.execute(wanted, execution_options={"yield_per": PART}))


def write_rows(session: Session, table: type[Table], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    """Add rows to a table of the case database: numbers, truth values, or text as both databases read it."""
    connection = session.connection()
    listed = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.__tablename__}" ({listed}) VALUES ({places})', rows)
        return
    driver: Any = connection.connection.driver_connection
    statement = f'COPY "{table.__tablename__}" ({listed}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise IntegrityError(statement, None, error) from None  # as SQLAlchemy says it of everything else


def moment_text(session: Session, moment: datetime) -> str:
    """A moment as the case database keeps it."""
    dialect = session.get_bind().dialect
    kept = UtcMoment().process_bind_param(moment, dialect)
    assert kept is not None
    return kept.isoformat(sep=" ", timespec="microseconds")


def parts(rows: Iterable[Item], size: int = PART) -> Iterator[list[Item]]:
    """Rows, or anything, in lists of that many."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """A question with one number for an answer."""
    return int(connection.execute(query).fetchall()[0][0])
