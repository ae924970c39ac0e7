"""Which rows of the pack the zone may use, and a line for each that it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.rejects import broken_rows_sql
from interfaces.extracts.report import PackReport, TableReport
from interfaces.extracts.rules import RowRule, broken_sql, joined_sql, row_rules
from interfaces.extracts.source import TableSource
from stratify.zone.parquet import write_parquet


@dataclass(frozen=True)
class SetAside:
    """How many rows of a table broke a rule, how many of them one about the NHS number, and how many each rule.

    A row may break several rules.
    """

    rows: int = 0
    unnumbered: int = 0
    by_rule: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Judge:
    """Which rows keep the contract; needs the temporary tables `linkable` and `reject`.

    `checked` holds what a check of the same pack found, by table: a table in which it set nothing aside
    is not judged again. Empty where there was no check.
    """

    connection: duckdb.DuckDBPyConnection
    facts: PackFacts
    checked: Mapping[str, TableReport]

    def table_report(self, source: TableSource) -> TableReport | None:
        """What the check said of a table, where it found it faultless."""
        report = self.checked.get(source.name)
        return None if report is None or report.set_aside else report

    def set_aside(self, source: TableSource) -> SetAside:
        """Note the rows of a table that break a rule in `reject`, a line for each rule they break."""
        if self.table_report(source) is not None:
            return SetAside()
        rules = row_rules(source.name, self.facts)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE broken AS FROM {broken_rows_sql(source, rules, 'linkable')}"
        )
        found = _counted(self.connection, rules)
        for place, rule in enumerate(rules):
            if _named(rule) in (found.by_rule or {}):
                line = f"{literal(rule.table)}, file, row_number, {literal(rule.column)}, {literal(rule.code)}"
                self.connection.execute(f"INSERT INTO reject SELECT {line} FROM broken WHERE rule_at = {place}")
        self.connection.execute("DROP TABLE broken")
        return found

    def broken_sql(self, source: TableSource, found: SetAside) -> str:
        """SQL condition on a row joined to the register: it breaks a rule; FALSE where none of the table does."""
        return broken_sql(row_rules(source.name, self.facts)) if found.rows else "FALSE"

    def read(self, name: str, source: TableSource, columns: Sequence[str]) -> SetAside:
        """Fill the temporary table `name` with those columns of the rows that keep the rules; the others are noted."""
        found = self.set_aside(source)
        kept = ", ".join(f"entry.{column}" for column in columns)
        where = f"{self.broken_sql(source, found)} IS NOT TRUE"
        rows = joined_sql(source, "linkable") if found.rows else f"{source.relation_sql()} AS entry"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {kept} FROM {rows} WHERE {where}")
        return found


def create_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """An empty `reject`, the table that a judge fills."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE reject
            ("table" VARCHAR, file VARCHAR, row_number BIGINT, "column" VARCHAR, rule VARCHAR)
    """)


def write_rejects(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write `reject` as `interfaces.extracts.rejects` does; returns the lines."""
    return write_parquet(connection, "SELECT * FROM reject ORDER BY ALL", path)


def _counted(connection: duckdb.DuckDBPyConnection, rules: Sequence[RowRule]) -> SetAside:
    about_number = [place for place, rule in enumerate(rules) if rule.column == "nhs_number"]
    unnumbered = f"rule_at IN ({', '.join(map(str, about_number))})" if about_number else "FALSE"
    place = "DISTINCT (file, row_number)"
    rows, without = connection.execute(
        f"SELECT count({place}), count({place}) FILTER ({unnumbered}) FROM broken"
    ).fetchall()[0]
    each = connection.execute("SELECT rule_at, count(*) FROM broken GROUP BY rule_at ORDER BY rule_at").fetchall()
    return SetAside(rows, without, {_named(rules[place]): count for place, count in each})


def _named(rule: RowRule) -> str:
    return f"{rule.column}: {rule.code}"


def by_table(report: PackReport | None) -> dict[str, TableReport]:
    """A check's findings by table; nothing where there was no check."""
    return {} if report is None else {table.table: table for table in report.tables}
