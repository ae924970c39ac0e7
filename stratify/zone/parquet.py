"""How the zone writes its files: the same rows always give the same bytes."""

from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal

# Set and not left to the library's default, because the bytes and the reading of chunks depend on it.
_ROW_GROUP = 122_880


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a query to a Parquet file and return its rows.

    The query must order its rows completely: rows that tie would come in an order of the machine's choice.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    copied = connection.execute(
        f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROW_GROUP})"
    ).fetchall()
    return int(copied[0][0])
