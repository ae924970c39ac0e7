"""The one door to DuckDB for everything that reads packs."""

from pathlib import Path

import duckdb

from interfaces.exceptions import InterfaceError


def connect(
    *, memory_limit: str | None = None, threads: int | None = None, temp_directory: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB connection that reaches for nothing outside this machine.

    `memory_limit` is a DuckDB size such as "2GB"; `threads` at least 1; `temp_directory` is where
    work that does not fit in memory is spilled (without one, DuckDB chooses `.tmp` in the working folder,
    so a command should always name its scratch folder).
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        # Extensions would be fetched from the internet: slow to fail in a closed network, and not reproducible.
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    if threads is not None:
        config["threads"] = str(threads)
    if temp_directory is not None:
        config["temp_directory"] = str(temp_directory)
    try:
        connection = duckdb.connect(":memory:", config=config)
    except (duckdb.ParserException, duckdb.InvalidInputException, duckdb.OutOfMemoryException):
        raise InterfaceError(
            "a memory limit such as 2GB or 512MB, and at least one thread",
            "something else",
            "Correct --memory (or CARETIER_MEMORY) and --threads.",
        ) from None
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET default_null_order = 'nulls_last'")
    connection.execute("SET preserve_insertion_order = true")
    return connection
