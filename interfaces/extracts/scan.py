"""One pass over a table: rows, filled cells, broken rules and dates, by day of event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from interfaces.extracts.casts import quoted
from interfaces.extracts.contract import ColumnSpec, Kind
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.rules import (
    RowRule,
    joined_sql,
    joins_register,
    refusal_rules,
    row_rules,
)
from interfaces.extracts.source import RAW, TableSource


@dataclass(frozen=True)
class DateForms:
    """How a column's dates are written: readable ones as 2026-09-14 and as 14/09/2026."""

    column: str
    iso: int
    slashed: int


@dataclass(frozen=True)
class Scan:
    """What one pass over a table counted.

    `days` are accepted rows by event day (empty for a table without events); `filled` rows with a value,
    by column; `broken` rows by rule that sets them aside and `refused` by rule that refuses the pack.
    `numbered` and `linked` are rows with an NHS number and with one that is on the register. `lag_days` are
    days from event to arrival, summed over the `lag_rows` that say and are of the last year: entries about
    long ago, made when a person joins a practice, would drown how late the feed comes now.
    """

    rows: int
    set_aside: int
    days: Mapping[date, int]
    filled: Mapping[str, int]
    broken: Mapping[RowRule, int]
    refused: Mapping[RowRule, int]
    date_forms: tuple[DateForms, ...]
    numbered: int
    linked: int
    lag_days: int
    lag_rows: int
    longest_lag: int | None


@dataclass(frozen=True)
class _Plan:
    """The aggregates of a pass, in the order they are selected."""

    source: TableSource
    rules: tuple[RowRule, ...]
    refusals: tuple[RowRule, ...]
    text_dates: tuple[ColumnSpec, ...]
    extracted_on: date

    def marks(self) -> Iterator[str]:
        """Each rule as a column of the rows, so that it is worked out once and counted twice."""
        for at, rule in enumerate((*self.rules, *self.refusals)):
            yield f"({rule.predicate}) AS {_mark(at)}"

    def sums(self) -> Iterator[str]:
        columns = self.source.spec.column_names
        lag = self._lag()
        yield "count(*)"
        yield f"count_if({' OR '.join(_mark(at) for at in range(len(self.rules))) or 'FALSE'})"
        yield "count(nhs_number)" if "nhs_number" in columns else "0"
        yield "count(reg_birth)" if joins_register(self.source.name) else "0"
        yield f"sum({lag})" if lag else "0"
        yield f"count({lag})" if lag else "0"
        yield from (f"count({quoted(name)})" for name in columns)
        yield from (f"count_if({_mark(at)})" for at in range(len(self.rules) + len(self.refusals)))
        for column in self.text_dates:
            yield from (f"count_if({form})" for form in date_form_predicates(column.name))

    def longest(self) -> str:
        lag = self._lag()
        return f"max({lag})" if lag else "CAST(NULL AS INTEGER)"

    def _lag(self) -> str | None:
        event = self.source.spec.event_date
        carried = "available_on" in self.source.cells
        return f"(available_on - {quoted(event)})" if event and carried else None


def _mark(at: int) -> str:
    return f"breaks_{at}"


def date_form_predicates(column: str) -> tuple[str, str]:
    """Two predicates over the relation `with_raw`: a readable date as 2026-09-14, and as 14/09/2026."""
    readable, raw = f"{quoted(column)} IS NOT NULL", quoted(RAW + column)
    # What is readable has one of the two forms, so the mark between its parts tells which.
    return f"{readable} AND {raw} LIKE '____-%'", f"{readable} AND {raw} LIKE '__/%'"


def scan_table(connection: duckdb.DuckDBPyConnection, source: TableSource, facts: PackFacts, register: str) -> Scan:
    """Count everything the report needs of a table in one pass over its files.

    `register` is the name of a table as `rules.register_sql` makes. Raises duckdb.Error where a file
    cannot be read to its end; that error's message may quote data and must not be shown.
    """
    plan = _Plan(source, row_rules(source.name, facts), refusal_rules(source), _text_dates(source), facts.extracted_on)
    event = source.spec.event_date
    sums = list(plan.sums())
    day = quoted(event) if event else "CAST(NULL AS DATE)"
    marked = f"(SELECT *, {', '.join(plan.marks()) or '1'} FROM {joined_sql(source, register, with_raw=True)})"
    query = f"SELECT {day} AS day, {plan.longest()} AS longest, {', '.join(sums)} FROM {marked} GROUP BY {day}"
    groups = connection.execute(query).fetchall()
    return _folded(plan, groups, len(sums))


def _text_dates(source: TableSource) -> tuple[ColumnSpec, ...]:
    return tuple(column for column in source.checked_columns if column.kind is Kind.DATE)


def _folded(plan: _Plan, groups: list[tuple[Any, ...]], width: int) -> Scan:
    totals = [sum(int(group[2 + at] or 0) for group in groups) for at in range(width)]
    since = plan.extracted_on - timedelta(days=365)
    recent = [group for group in groups if isinstance(group[0], date) and group[0] > since]
    numbers = iter(totals)
    rows, set_aside, numbered, linked, _, _ = (next(numbers) for _ in range(6))
    return Scan(
        rows=rows,
        set_aside=set_aside,
        days={group[0]: int(group[2]) - int(group[3] or 0) for group in groups if isinstance(group[0], date)},
        filled={name: next(numbers) for name in plan.source.spec.column_names},
        broken={rule: next(numbers) for rule in plan.rules},
        refused={rule: next(numbers) for rule in plan.refusals},
        date_forms=tuple(DateForms(column.name, next(numbers), next(numbers)) for column in plan.text_dates),
        numbered=numbered,
        linked=linked,
        lag_days=sum(int(group[6] or 0) for group in recent),
        lag_rows=sum(int(group[7] or 0) for group in recent),
        longest_lag=max((int(group[1]) for group in recent if group[1] is not None), default=None),
    )
