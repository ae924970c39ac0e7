"""Opens an OMOP database, whatever it is kept in, as tables of known columns and types.

After `read_source` the connection holds one table per `OMOP_TABLES`, in the schema `omop`: all columns
there, named in small letters and typed; a table or column the source lacks is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal, quoted
from stratify.exceptions import InputRefused
from stratify.omop import raw_database, raw_files
from stratify.omop.columns import OMOP_TABLES, OmopColumn, OmopTable, OmopType
from stratify.omop.raw_table import RawTable

_SQLITE_MAGIC = b"SQLite format 3\x00"
_NATIVE_DATES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class OmopSource:
    """What was opened: its file or folder name, the name it gives itself, and the rows of each table."""

    file_name: str
    own_name: str
    version: str
    rows: Mapping[str, int]

    def has(self, table: str) -> bool:
        """Whether that table holds anything."""
        return self.rows.get(table, 0) > 0


def read_source(path: Path, connection: duckdb.DuckDBPyConnection) -> OmopSource:
    """Loads the tables the import needs; InputRefused where the source is no OMOP database.

    `path` is a DuckDB file, a SQLite file, or a folder of CSV, tab-separated or Parquet files named
    after the tables.
    """
    connection.execute("CREATE SCHEMA omop")
    raw = _raw_tables(path, connection)
    for table in OMOP_TABLES:
        _load(connection, table, raw.get(table.name), path.name)
    rows = {table.name: _count(connection, table.name) for table in OMOP_TABLES}
    _check_filled(rows, path.name)
    described = connection.execute("SELECT cdm_source_name, cdm_version FROM omop.cdm_source LIMIT 1").fetchone()
    own_name, version = described or (None, None)
    return OmopSource(path.name, own_name or path.name, version or "5.x", rows)


def _raw_tables(path: Path, connection: duckdb.DuckDBPyConnection) -> Mapping[str, RawTable]:
    if path.is_dir():
        return raw_files.find(connection, path)
    if not path.is_file():
        raise InputRefused(
            "an OMOP database: a DuckDB file, a SQLite file or a folder of CSV or Parquet files",
            f"nothing called {path.name}",
            "Check the path.",
        )
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    opened = raw_database.copy_sqlite if is_sqlite else raw_database.attach_duckdb
    return opened(connection, path)


def _load(connection: duckdb.DuckDBPyConnection, table: OmopTable, raw: RawTable | None, source: str) -> None:
    if raw is None:
        if table.required:
            raise InputRefused(
                f"the OMOP table {table.name} in {source}", "no such table", "Give the whole OMOP database."
            )
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        connection.execute(f"CREATE TABLE omop.{table.name} ({columns})")
        return
    selected = ", ".join(_typed(column, raw, table.name) for column in table.columns)
    condition = "FALSE" if raw.is_empty else "TRUE"
    try:
        connection.execute(f"CREATE TABLE omop.{table.name} AS SELECT {selected} FROM {raw.relation} WHERE {condition}")
    except duckdb.Error:  # its message may quote a row
        raise InputRefused(
            f"the OMOP table {table.name} to be readable to its end",
            "a file that is damaged or is not what its name says",
            "Export the table again.",
        ) from None


def _typed(column: OmopColumn, raw: RawTable, table: str) -> str:
    for name in (column.name, column.older):
        if name is not None and name in raw.columns:
            found, kind = raw.columns[name]
            return f"{_cast(column.type, quoted(found), kind)} AS {column.name}"
    if column.required:
        raise InputRefused(
            f"a column {column.name} in the OMOP table {table}", "no such column", "Export the table with all columns."
        )
    return f"CAST(NULL AS {column.type}) AS {column.name}"


def _cast(wanted: OmopType, expression: str, kind: str) -> str:
    if kind == wanted.value:
        return expression
    if wanted is OmopType.TEXT:
        return f"nullif(trim(CAST({expression} AS VARCHAR)), '')"
    if wanted is not OmopType.DATE:
        return f"TRY_CAST({expression} AS {wanted})"
    if kind.startswith(_NATIVE_DATES):
        return f"TRY_CAST({expression} AS DATE)"
    return _date_from_text(f"CAST({expression} AS VARCHAR)")


def _date_from_text(text: str) -> str:
    """Dates as ISO text, as YYYYMMDD, or as seconds since 1970: the SQLite copies of OMOP sets hold the last."""
    compact = literal("(19|20)[0-9]{6}")
    seconds = literal("-?[0-9]+([.][0-9]+)?")
    return (
        f"CASE WHEN regexp_full_match({text}, {compact}) THEN CAST(try_strptime({text}, '%Y%m%d') AS DATE) "
        f"WHEN regexp_full_match({text}, {seconds}) "
        f"THEN DATE '1970-01-01' + CAST(floor(TRY_CAST({text} AS DOUBLE) / 86400) AS INTEGER) "
        f"ELSE CAST(TRY_CAST({text} AS TIMESTAMP) AS DATE) END"
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    counted = connection.execute(f"SELECT count(*) FROM omop.{table}").fetchone()
    return int(counted[0]) if counted else 0


def _check_filled(rows: Mapping[str, int], source: str) -> None:
    for table in OMOP_TABLES:
        if table.required and not rows[table.name]:
            raise InputRefused(
                f"rows in the OMOP table {table.name} of {source}", "none", "Give an OMOP database with people in it."
            )
