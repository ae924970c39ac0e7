"""What happened after an index date: the outcome a model learns from, and a run is judged by.

The outcome is at least one emergency admission in the 365 days from the index date. Death is counted
both ways, and whoever left the register without an admission is censored. The columns are described
at `stratify.zone.outcome_tables.write_outcome`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from interfaces.extracts.feeds import PackRules
from interfaces.extracts.pack import Pack
from stratify.progress import Progress, silent
from stratify.pseudonyms import Key
from stratify.zone.build import ZoneOptions, build_zone
from stratify.zone.outcome_tables import WINDOW_DAYS, late_rows_notice, refuse_open_window
from stratify.zone.zone import Zone

__all__ = [
    "WINDOW_DAYS",
    "PackReading",
    "late_rows_notice",
    "outcome_zone",
    "outcomes",
    "outcomes_sql",
    "refuse_open_window",
]

_NEEDED = ("admissions", "ed_attendances")


@dataclass(frozen=True)
class PackReading:
    """What it takes to read a pack: the key of the run it is to be joined with, the rules, a scratch folder."""

    key: Key
    rules: PackRules
    folder: Path
    purpose: str | None = None


def outcome_zone(
    pack: Pack,
    index_date: date,
    reading: PackReading,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress = silent,
) -> Zone:
    """A small zone of a later pack, holding the outcome at an index date and nothing else.

    Raises InputRefused where the outcome window had not closed when the pack was extracted.
    """
    options = ZoneOptions(purpose=reading.purpose, tables=_NEEDED)
    return build_zone(
        pack,
        reading.key,
        reading.folder,
        index_dates=[index_date],
        rules=reading.rules,
        connection=connection,
        progress=progress,
        outcomes=True,
        options=options,
    )


def outcomes_sql(zone: Zone, index_date: date) -> str:
    """A SELECT of pseudonym, practice_code, status and every column of the outcome, one row per person by pid.

    Status is as known to the zone's pack: a person scored earlier who has objected since, or whose leaving
    was recorded late, carries that status and no outcome.
    """
    return f"""
        SELECT p.pseudonym, p.practice_code, s.status, o.*
        FROM {zone.people_table().sql} p
        JOIN {zone.population_table(index_date).sql} s ON s.pid = p.pid
        JOIN {zone.outcome_table(index_date).sql} o ON o.pid = p.pid
        ORDER BY o.pid
    """


def outcomes(
    source: Pack | Zone, index_date: date, connection: duckdb.DuckDBPyConnection, reading: PackReading | None = None
) -> Mapping[str, NDArray[Any]]:
    """The columns of `outcomes_sql` as arrays (masked where missing), from a zone or, with `reading`, a later pack."""
    if isinstance(source, Zone):
        zone = source
    elif reading is None:
        raise TypeError("a pack needs a `reading`: its people are known by pseudonym only")
    else:
        zone = outcome_zone(source, index_date, reading, connection)
    found: Mapping[str, NDArray[Any]] = connection.execute(outcomes_sql(zone, index_date)).fetchnumpy()  # type: ignore[assignment]
    return found
