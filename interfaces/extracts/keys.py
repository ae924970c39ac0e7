"""Keys that must be unique."""

import duckdb

from interfaces.extracts.casts import quoted
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.rules import REGISTER, accepted_sql
from interfaces.extracts.source import TableSource


def duplicate_refusal(
    connection: duckdb.DuckDBPyConnection, source: TableSource, facts: PackFacts, register: str, accepted: int
) -> Refusal | None:
    """The refusal of a table that holds a key twice among the `accepted` rows it keeps; None where it does not."""
    if not source.spec.key:
        return None
    counted = connection.execute(f"SELECT count(*) FROM {_keys_sql(source, facts, register)}").fetchone()
    extra = accepted - int(counted[0]) if counted else 0
    if not extra:
        return None
    file, rows = _first_repeats(connection, source, accepted_sql(source, facts, register, with_rows=True))
    return Refusal(
        "duplicate_key",
        f"each {' and '.join(source.spec.key)} once",
        f"one that was used before, in {extra:,} row{'s' if extra > 1 else ''}",
        "Ask the supplier for a table without repeats, or with the latest row of each.",
        source.name,
        file,
        " + ".join(source.spec.key),
        rows,
        extra,
    )


def _keys_sql(source: TableSource, facts: PackFacts, register: str) -> str:
    if source.name == REGISTER:
        return register  # made of these rows, one for each number
    keys = ", ".join(quoted(name) for name in source.spec.key)
    return f"(SELECT DISTINCT {keys} FROM {accepted_sql(source, facts, register)})"


def _first_repeats(
    connection: duckdb.DuckDBPyConnection, source: TableSource, accepted: str
) -> tuple[str, tuple[int, ...]]:
    keys = ", ".join(quoted(name) for name in source.spec.key)
    place = f"row_number() OVER (PARTITION BY {keys} ORDER BY file, row_number) AS place"
    query = f"SELECT file, row_number FROM (SELECT file, row_number, {place} FROM {accepted}) WHERE place > 1"
    found = connection.execute(f"{query} ORDER BY file, row_number LIMIT 3").fetchall()
    first = str(found[0][0]) if found else source.files.name  # the file may have changed since it was counted
    return first, tuple(int(row) for file, row in found if file == first)
