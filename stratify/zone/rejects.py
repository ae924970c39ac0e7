"""Which rows of the pack the zone may use, and a line for each that it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.rejects import broken_rows_sql
from interfaces.extracts.report import PackReport, TableReport
from interfaces.extracts.rules import RowRule, broken_sql, row_rules
from interfaces.extracts.source import TableSource
from stratify.zone.parquet import write_parquet


@dataclass(frozen=True)
class SetAside:
    """The rows of a table that broke a rule: how many, how many of them one about the NHS number, how many each rule.

    A row may break several rules.
    """

    rows: int = 0
    unnumbered: int = 0
    by_rule: Mapping[RowRule, int] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """SQL condition on a row joined to the register: it is one of these rows. TRUE, FALSE or NULL."""
        return broken_sql(tuple(self.by_rule)) if self.by_rule else "FALSE"

    def named(self) -> dict[str, int]:
        """The rows each rule was broken by, under its column and code."""
        return {f"{rule.column}: {rule.code}": rows for rule, rows in self.by_rule.items()}


@dataclass(frozen=True)
class Judge:
    """Which rows keep the contract; needs the temporary tables `linkable` and `reject`.

    `checked` holds what a check of the same pack found, by table: a rule that no row of a table broke is
    not asked again. Empty where there was no check.
    """

    connection: duckdb.DuckDBPyConnection
    facts: PackFacts
    checked: Mapping[str, TableReport]

    def set_aside(self, source: TableSource) -> SetAside:
        """Note the rows of a table that break a rule in `reject`, a line for each rule they break.

        Leaves the temporary table `broken` with the file, row_number and rule_at of each.
        """
        rules = self._rules_broken(source)
        if not rules:
            return SetAside()
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE broken AS FROM {broken_rows_sql(source, rules, 'linkable')}"
        )
        found = _counted(self.connection, rules)
        for rule in found.by_rule:
            line = f"{literal(rule.table)}, file, row_number, {literal(rule.column)}, {literal(rule.code)}"
            self.connection.execute(f"INSERT INTO reject SELECT {line} FROM broken WHERE rule_at = {rules.index(rule)}")
        return found

    def read(self, name: str, source: TableSource, columns: Sequence[str]) -> SetAside:
        """Fill the temporary table `name` with those columns of the rows that keep the rules; the others are noted."""
        found = self.set_aside(source)
        rows = source.relation_sql()
        if found.rows:
            # Their places are known by now, and cheaper to compare than the rules are to ask again.
            rows = f"{source.relation_sql(with_rows=True)} ANTI JOIN broken USING (file, row_number)"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {', '.join(columns)} FROM {rows}")
        return found

    def _rules_broken(self, source: TableSource) -> tuple[RowRule, ...]:
        """The rules a row may have broken: all of them, or those of which the check says so."""
        rules = row_rules(source.name, self.facts)
        report = self.checked.get(source.name)
        if report is None:
            return rules
        told = {(reject.column, reject.rule) for reject in report.rejects if reject.rows}
        return tuple(rule for rule in rules if (rule.column, rule.code) in told)


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
    return SetAside(rows, without, {rules[place]: count for place, count in each})


def by_table(report: PackReport | None) -> dict[str, TableReport]:
    """A check's findings by table; nothing where there was no check."""
    return {} if report is None else {table.table: table for table in report.tables}
