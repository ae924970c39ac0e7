"""What happened to each person in the year from an index date, counted while the dates of death are at hand."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import duckdb

from interfaces.codes import AdmissionKind
from interfaces.extracts.casts import literal
from stratify.days import day_number
from stratify.exceptions import InputRefused
from stratify.zone.parquet import write_parquet
from stratify.zone.zone import event_file, outcome_file, population_file

WINDOW_DAYS = 365
"""Length of the outcome window: it holds the index date and the 364 days after it."""

_COSTED = ("admissions", "ed_attendances")
_ADMISSIONS = "admissions"


def refuse_open_window(index_date: date, extracted_on: date) -> None:
    """InputRefused where the pack was made before the outcome window closed: the year is not over."""
    closes = index_date + timedelta(days=WINDOW_DAYS)
    if extracted_on < closes:
        raise InputRefused(
            f"a pack extracted on or after {closes.isoformat()}, when the year from {index_date.isoformat()} is over",
            f"one extracted on {extracted_on.isoformat()}",
            "Use a later pack or an earlier index date: admissions still to come would count as none.",
        )


def late_rows_notice(index_date: date, extracted_on: date, lag_days: int) -> str | None:
    """A sentence where admissions of the window may not have reached the pack yet, given their usual lag."""
    complete = index_date + timedelta(days=WINDOW_DAYS + lag_days)
    if extracted_on >= complete:
        return None
    return (
        f"The pack was extracted on {extracted_on.isoformat()}; admissions reach it up to {lag_days} days late, so the"
        f" outcome from {index_date.isoformat()} is complete only from {complete.isoformat()} and may be understated."
    )


def write_outcome(
    connection: duckdb.DuckDBPyConnection, folder: Path, index_date: date, tables: Collection[str]
) -> None:
    """Write outcome_<index date>.parquet: a row for every person, all NULL for those who were not scored then.

    event                      an emergency admission in the window; days_to_event counts to the first
    died_days, left_days       days from the index date to death and to leaving the register in the window
    censored                   left the register in the window, before any death, without an event: whether
                               they were admitted is not known, and they are never "not admitted"
    event_if_death_counts      the other convention: an event, or death in the window
    cost_pence_365             cost of all admissions and emergency-department attendances that began in the window
    emergency_admissions_365   emergency admissions in the window

    Needs the temporary table `person` and the zone's event files of admissions, written before.
    """
    t = day_number(index_date)
    costs = " UNION ALL ".join(_events_sql(folder, table, t) for table in _COSTED if table in tables)
    query = f"""
        WITH activity AS (
            SELECT pid, min(day) FILTER (emergency) AS first_day, count(*) FILTER (emergency) AS emergencies,
                CAST(sum(cost_pence) AS BIGINT) AS cost
            FROM ({costs}) GROUP BY pid
        ), known AS (
            SELECT p.pid, {_within_sql("p.death_day", t)} AS died_days, {_within_sql("p.deregistered_day", t)} AS left_days,
                a.first_day - {t} AS days_to_event, a.cost, coalesce(a.emergencies, 0) AS emergencies
            FROM person p JOIN read_parquet({literal(str(population_file(folder, index_date)))}) s ON s.pid = p.pid
            LEFT JOIN activity a ON a.pid = p.pid WHERE s.status = 'scored'
        )
        SELECT p.pid, k.emergencies > 0 AS event, k.days_to_event, k.died_days, k.left_days,
            CASE WHEN k.pid IS NOT NULL THEN k.emergencies = 0
                AND coalesce(k.left_days < coalesce(k.died_days, {WINDOW_DAYS}), FALSE) END AS censored,
            k.emergencies > 0 OR k.died_days IS NOT NULL AS event_if_death_counts,
            CASE WHEN k.pid IS NOT NULL THEN coalesce(k.cost, 0) END AS cost_pence_365,
            CAST(k.emergencies AS INTEGER) AS emergency_admissions_365
        FROM person p LEFT JOIN known k ON k.pid = p.pid ORDER BY p.pid
    """
    write_parquet(connection, query, outcome_file(folder, index_date))


def _within_sql(day: str, t: int) -> str:
    """Days from the index date to a day in the window, NULL for one outside it."""
    return f"CASE WHEN {day} BETWEEN {t} AND {t + WINDOW_DAYS - 1} THEN {day} - {t} END"


def _events_sql(folder: Path, table: str, t: int) -> str:
    emergency = f"kind = '{AdmissionKind.EMERGENCY}'" if table == _ADMISSIONS else "FALSE"
    return (
        f"SELECT pid, day, cost_pence, {emergency} AS emergency FROM read_parquet({literal(str(event_file(folder, table)))})"
        f" WHERE day BETWEEN {t} AND {t + WINDOW_DAYS - 1}"
    )
