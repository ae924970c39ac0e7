"""OMOP tables kept in a database file: DuckDB, attached to be read only, or SQLite, copied."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa

from interfaces.extracts.casts import literal, quoted
from stratify.exceptions import InputRefused
from stratify.omop.columns import OMOP_TABLES, OmopTable
from stratify.omop.raw_table import RawTable, describe, selected

_ROWS_AT_ONCE = 50_000


def attach_duckdb(connection: duckdb.DuckDBPyConnection, path: Path) -> Mapping[str, RawTable]:
    """The tables of a DuckDB file by name; where several schemas hold one, that of the first schema."""
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS omop_file (READ_ONLY)")
    except duckdb.Error:
        raise _no_database(path) from None
    found = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'omop_file' "
        "UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'omop_file' AND NOT internal "
        "ORDER BY 1 DESC, 2 DESC"
    ).fetchall()
    places = {name.lower(): f"omop_file.{quoted(schema)}.{quoted(name)}" for schema, name in found}
    return {table.name: describe(connection, places[table.name]) for table in OMOP_TABLES if table.name in places}


def copy_sqlite(connection: duckdb.DuckDBPyConnection, path: Path) -> Mapping[str, RawTable]:
    """The tables of a SQLite file by name, copied as text.

    Read with Python's own sqlite3: DuckDB's reader is an extension it would have to fetch.
    """
    connection.execute("CREATE SCHEMA sqlite_copy")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            names = {str(name).lower(): str(name) for (name,) in found.fetchall()}
            return {
                table.name: _copy(connection, database, table, names[table.name])
                for table in OMOP_TABLES
                if table.name in names
            }
    except sqlite3.Error:
        raise _no_database(path) from None


def _copy(
    connection: duckdb.DuckDBPyConnection, database: sqlite3.Connection, table: OmopTable, found: str
) -> RawTable:
    names = _wanted(database, table, found)
    schema = pa.schema([(name.lower(), pa.string()) for name in names])
    target = f"sqlite_copy.{table.name}"
    declared = ", ".join(f"{quoted(name.lower())} VARCHAR" for name in names)
    connection.execute(f"CREATE TABLE {target} ({declared})")
    for rows in _blocks(database, selected(names, quoted(found))):
        columns = [[None if value is None else str(value) for value in column] for column in zip(*rows, strict=True)]
        connection.register("block", pa.Table.from_arrays([pa.array(c, pa.string()) for c in columns], schema=schema))
        connection.execute(f"INSERT INTO {target} SELECT * FROM block")
        connection.unregister("block")
    return describe(connection, target)


def _wanted(database: sqlite3.Connection, table: OmopTable, found: str) -> list[str]:
    """The columns of the file that the import reads, in the file's order; the first one where it reads none."""
    asked = {name for column in table.columns for name in (column.name, column.older) if name}
    names = [str(row[1]) for row in database.execute(f"PRAGMA table_info({quoted(found)})")]
    return [name for name in names if name.lower() in asked] or names[:1]


def _blocks(database: sqlite3.Connection, query: str) -> Iterator[list[tuple[object, ...]]]:
    cursor = database.execute(query)
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield rows


def _no_database(path: Path) -> InputRefused:
    return InputRefused(
        f"{path.name} to be a DuckDB or SQLite database",
        "a file that neither can read, or one written by a later DuckDB",
        "Export the tables to a folder of CSV or Parquet files and import that.",
    )
