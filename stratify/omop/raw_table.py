"""A table as its source holds it, before names and types are put right."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from interfaces.extracts.casts import quoted

_NUMBERED = re.compile(r"column[0-9]+")


@dataclass(frozen=True)
class RawTable:
    """`relation` can stand after FROM. `columns`: name in small letters to (name as it is, SQL type).

    `is_empty` marks a table whose only row is its own header.
    """

    relation: str
    columns: Mapping[str, tuple[str, str]]
    is_empty: bool = False


def describe(connection: duckdb.DuckDBPyConnection, relation: str) -> RawTable:
    """The table behind that relation; duckdb.Error where it cannot be read."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = {str(name).lower(): (str(name), str(kind)) for name, kind, *_ in described}
    header = _misread_header(connection, relation, columns)
    if header is None:
        return RawTable(relation, columns)
    return RawTable(relation, header, is_empty=True)


def _misread_header(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Mapping[str, tuple[str, str]]
) -> Mapping[str, tuple[str, str]] | None:
    """The true columns where a CSV of nothing but a header was once loaded as a row of data.

    DuckDB names such columns column0, column1 … (column00 where there are more than ten); the public Eunomia set holds its empty tables so.
    """
    if not all(_NUMBERED.fullmatch(name) for name in columns):
        return None
    rows = connection.execute(f"SELECT * FROM {relation} LIMIT 2").fetchall()
    if len(rows) != 1:
        return None
    return {
        str(value).lower(): (as_it_is, kind) for value, (as_it_is, kind) in zip(rows[0], columns.values(), strict=True)
    }


def selected(names: list[str], relation: str) -> str:
    """A query of those columns."""
    return f"SELECT {', '.join(quoted(name) for name in names)} FROM {relation}"
