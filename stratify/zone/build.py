"""Building the scoring zone from a pack: the only way from identifiable records to what is scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from interfaces.extracts.casts import literal
from interfaces.extracts.feeds import PackRules
from interfaces.extracts.pack import Pack
from interfaces.extracts.report import PackReport
from stratify.exceptions import InputRefused, OutputRefused
from stratify.population import Purpose, Status, population_sql, read_purpose
from stratify.progress import Progress, silent
from stratify.pseudonyms import Key
from stratify.settings import default_config
from stratify.zone.event_tables import EventTable, event_tables, read_vocabulary
from stratify.zone.events import EventCounts, Reading, Window, write_events
from stratify.zone.linkage import EVENTS as SOCIAL_CARE
from stratify.zone.linkage import LinkReport, link_social_care
from stratify.zone.outcome_tables import refuse_open_window, write_outcome
from stratify.zone.parquet import write_parquet
from stratify.zone.people import read_people, write_people
from stratify.zone.rejects import Judge, by_table, create_rejects, write_rejects
from stratify.zone.zone import Zone, population_file

LOOK_BACK_DAYS = 1095
"""How far before the earliest index date events are kept: the longest window of any feature that has one."""

CHUNK_SIZE = 131_072
"""People to a chunk: few enough for a chunk's features to fit in memory, enough to keep the engine busy."""

_IDENTIFIABLE = ("person", "linkable", "wanted", "objection", "social_link", "reject", "broken")


@dataclass(frozen=True)
class ZoneOptions:
    """What a place or a test may set; the defaults are those of the monthly run.

    `purpose` names one of objections.toml, None its default. `tables` limits the event tables, None
    takes all the pack has. `checked` is the report of `check_pack` on this very pack: tables in which it
    set no row aside are not judged again, which saves a third of the build.
    """

    purpose: str | None = None
    look_back_days: int = LOOK_BACK_DAYS
    chunk_size: int = CHUNK_SIZE
    tables: tuple[str, ...] | None = None
    checked: PackReport | None = None
    config: Path = field(default_factory=default_config)


@dataclass(frozen=True)
class _Work:
    """What every step of one build needs."""

    pack: Pack
    folder: Path
    dates: tuple[date, ...]
    purpose: Purpose
    rules: PackRules
    options: ZoneOptions
    connection: duckdb.DuckDBPyConnection
    progress: Progress

    @cached_property
    def judge(self) -> Judge:
        return Judge(self.connection, self.rules.facts(self.pack.manifest), by_table(self.options.checked))

    @property
    def tables(self) -> tuple[EventTable, ...]:
        wanted = self.options.tables
        every = event_tables(read_vocabulary(self.options.config))
        return tuple(
            table for table in every if table.name in self.pack.tables and (wanted is None or table.name in wanted)
        )


def build_zone(  # noqa: PLR0913 - all but three by name
    pack: Pack,
    key: Key,
    folder: Path,
    *,
    index_dates: Sequence[date],
    rules: PackRules,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress = silent,
    outcomes: bool = False,
    options: ZoneOptions | None = None,
) -> Zone:
    """Build the scoring zone of a checked pack in a new or empty folder.

    Deterministic: the same pack and key give the same bytes whatever the order of the pack's rows and
    the number of threads (rejects.parquet names rows of the files and so follows their order). With
    `outcomes` every index date gets its outcome table. The folder is finished once zone.json is in it.

    Raises OutputRefused where the folder holds anything; InputRefused where there is no index date, or an
    outcome window had not closed when the pack was extracted.
    """
    chosen = options or ZoneOptions()
    dates = tuple(sorted(set(index_dates)))
    _refuse_dates(dates, pack, outcomes=outcomes)
    _claim(folder)
    purpose = read_purpose(chosen.purpose, chosen.config)
    work = _Work(pack, folder, dates, purpose, rules, chosen, connection, progress)

    create_rejects(connection)
    progress("Reading the register")
    register = read_people(pack, key, work.judge)
    write_people(folder, connection)
    _write_populations(work)
    links = _link(work)
    counts = _write_events(work)
    for day in dates if outcomes else ():
        write_outcome(connection, folder, day, counts)
    lines = write_rejects(connection, folder / "rejects.parquet")
    _forget(connection)

    report = {
        "register": register.to_json(),
        "tables": {name: count.to_json() for name, count in counts.items()},
        "links": links,
        "reject_lines": lines,
    }
    zone = _zone(work, key, counts, outcome_dates=dates if outcomes else (), report=report)
    zone.write_manifest()
    return zone


def _refuse_dates(dates: tuple[date, ...], pack: Pack, *, outcomes: bool) -> None:
    if not dates:
        raise InputRefused("at least one index date", "none", "Name the date to score at.")
    for day in dates if outcomes else ():
        refuse_open_window(day, pack.manifest.extracted_on)


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken = any(folder.iterdir())
    except OSError:
        raise OutputRefused(
            "a folder for the scoring zone", "one that cannot be made", "Choose another place."
        ) from None
    if taken:
        raise OutputRefused("an empty folder for the scoring zone", "one with files in it", "Choose a new folder.")


def _write_populations(work: _Work) -> None:
    """Write who is scored at each date, and note in `linkable` whose events are needed at all.

    The events of people who are scored at no date (most of all those who object) never reach the zone.
    """
    scored = []
    for day in work.dates:
        path = population_file(work.folder, day)
        query = population_sql(day, work.purpose, work.pack.manifest.extracted_on)
        write_parquet(work.connection, f"{query} ORDER BY p.pid", path)
        scored.append(f"SELECT pid FROM read_parquet({literal(str(path))}) WHERE status = '{Status.SCORED}'")
    everybody = f"SELECT l.*, s.pid IS NOT NULL AS scored FROM linkable l LEFT JOIN ({' UNION '.join(scored)}) s ON s.pid = l.pid"
    work.connection.execute(f"CREATE OR REPLACE TEMP TABLE linkable AS {everybody}")
    work.connection.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT * FROM linkable WHERE scored")


def _link(work: _Work) -> LinkReport:
    if not any(table.name == SOCIAL_CARE for table in work.tables):
        return []
    work.progress("Linking social care")
    return link_social_care(work.pack, work.judge, work.rules.feed(SOCIAL_CARE).lag_days)


def _write_events(work: _Work) -> dict[str, EventCounts]:
    window = Window.around(work.dates, work.options.look_back_days)
    counts = {}
    for done, table in enumerate(work.tables):
        work.progress("Writing events", done, len(work.tables))
        reading = Reading(table, work.pack.tables[table.name], work.rules.feed(table.name).lag_days, window)
        counts[table.name] = write_events(reading, work.judge, work.folder)
    return counts


def _forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what names people: the connection may live on with the steps that must not know."""
    for table in _IDENTIFIABLE:
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _zone(
    work: _Work,
    key: Key,
    counts: Mapping[str, EventCounts],
    *,
    outcome_dates: tuple[date, ...],
    report: Mapping[str, Any],
) -> Zone:
    manifest = work.pack.manifest
    return Zone(
        folder=work.folder,
        key_id=key.id,
        pack_id=manifest.pack_id,
        place=manifest.place,
        synthetic=manifest.synthetic,
        extracted_on=manifest.extracted_on,
        index_dates=work.dates,
        outcome_dates=outcome_dates,
        purpose=work.purpose.code,
        look_back_days=work.options.look_back_days,
        people=report["register"]["people"],
        chunk_size=work.options.chunk_size,
        rows={name: count.kept for name, count in counts.items()},
        report=report,
    )
