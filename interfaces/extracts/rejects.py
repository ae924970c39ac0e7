"""Rows that were set aside: where they are and which rule they broke, never what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal
from interfaces.extracts.contract import TABLES
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.pack import Pack
from interfaces.extracts.rules import RowRule, broken_sql, joined_sql, register_sql, row_rules
from interfaces.extracts.source import TableSource


@dataclass(frozen=True)
class Place:
    """Where rows break a rule first: a file and row numbers, counted from 1 under the header."""

    file: str
    rows: tuple[int, ...]


def broken_rows_sql(source: TableSource, rules: Sequence[RowRule], register: str) -> str:
    """A subquery with a row for each row of the table and each of the rules it breaks.

    Columns: file, row_number, rule_at (the place of the rule in `rules`, from 0).
    """
    places = [f"CASE WHEN {rule.predicate} THEN {at} END" for at, rule in enumerate(rules)]
    hits = f"list_filter([{', '.join(places)}], place -> place IS NOT NULL)"
    joined = joined_sql(source, register, with_rows=True, with_raw=True)
    # Few rows break a rule: only for those is it worth finding out which.
    return f"(SELECT file, row_number, unnest({hits}) AS rule_at FROM {joined} WHERE {broken_sql(tuple(rules))})"


def first_places(
    connection: duckdb.DuckDBPyConnection,
    source: TableSource,
    rules: Sequence[RowRule],
    register: str,
    limit: int = 3,
) -> dict[RowRule, Place]:
    """For each rule the first file and its first rows; no rows where none is found (any more)."""
    if not rules:
        return {}
    ranked = "row_number() OVER (PARTITION BY rule_at ORDER BY file, row_number) AS seen"
    query = (
        f"SELECT rule_at, file, row_number FROM (SELECT *, {ranked} FROM {broken_rows_sql(source, rules, register)}) "
        f"WHERE seen <= {limit} ORDER BY rule_at, seen"
    )
    places = {rule: Place(source.files.name, ()) for rule in rules}
    for at, file, row in connection.execute(query).fetchall():
        held = places[rules[at]]
        if not held.rows or held.file == file:
            places[rules[at]] = Place(str(file), (*held.rows, int(row)))
    return places


def write_rejects(connection: duckdb.DuckDBPyConnection, pack: Pack, facts: PackFacts, path: Path) -> int:
    """Write every row that was set aside to a Parquet file and return how many lines it has.

    Columns: table, file, row_number (from 1 under the header), column, rule; ordered by all of them.
    A row that breaks two rules has two lines. No cell of the pack is in it.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rejects_register AS FROM {register_sql(pack, facts)}")
    selects = [
        f'SELECT {literal(name)} AS "table", file, row_number, {_named("column", rules)}, {_named("code", rules)} '
        f"FROM {broken_rows_sql(pack.tables[name], rules, 'rejects_register')}"
        for name, rules in ((name, row_rules(name, facts)) for name in TABLES if name in pack.tables)
    ]
    union = " UNION ALL ".join(f"({select})" for select in selects) or _nothing()
    ordered = f'SELECT * FROM ({union}) ORDER BY "table", file, row_number, "column", rule'
    written = connection.execute(f"COPY ({ordered}) TO {literal(str(path))} (FORMAT parquet)").fetchone()
    connection.execute("DROP TABLE rejects_register")
    return int(written[0]) if written else 0


def _named(field: str, rules: Sequence[RowRule]) -> str:
    names = ", ".join(literal(str(getattr(rule, field))) for rule in rules)
    alias = '"column"' if field == "column" else "rule"
    return f"[{names}][rule_at + 1] AS {alias}"


def _nothing() -> str:
    return (
        "SELECT '' AS \"table\", '' AS file, CAST(0 AS BIGINT) AS row_number, '' AS \"column\", '' AS rule WHERE 1 = 0"
    )
