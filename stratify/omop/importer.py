"""From an OMOP database to a pack, step by step."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from interfaces.scratch import scratch_folder
from stratify.engine import connect
from stratify.exceptions import InputRefused
from stratify.omop.columns import OMOP_TABLES, OmopType
from stratify.omop.diagnoses import build_diagnoses
from stratify.omop.medicines import build_medicines
from stratify.omop.pack_files import PackFormat, write_pack
from stratify.omop.people import build_people, build_register, number_people, people_are_synthetic
from stratify.omop.practices import build_practices
from stratify.omop.records import build_records
from stratify.omop.report import ImportReport
from stratify.omop.source import read_source
from stratify.omop.visits import build_admissions, build_attendances, build_outpatients, build_visits
from stratify.omop.workspace import Workspace
from stratify.run_folder import writing, writing_file
from stratify.settings import default_config

# The dates of what happened; periods and deaths may be set far ahead or carry a later register's knowledge.
_EVENT_DATES = {
    table.name: column.name
    for table in OMOP_TABLES
    for column in table.columns
    if column.type is OmopType.DATE and column.required and table.name not in ("death", "observation_period")
}
_NEVER_IN_OMOP = (
    "objections, demographics, social care, community and mental health contacts, GP appointments, living alone, "
    "partnership, carers and residence: OMOP holds none of them in a form that could be taken"
)


def import_omop(  # noqa: PLR0913 - the options of the command
    source: Path,
    out: Path,
    *,
    extracted_on: date | None = None,
    place: str,
    seed: int,
    format: PackFormat = "parquet",  # noqa: A002 - the name of the option
    config: Path | None = None,
) -> ImportReport:
    """Writes the pack `out` from the OMOP CDM 5.x database `source`, and `out`.import.json beside it.

    `source` is a DuckDB file, a SQLite file or a folder of CSV, tab-separated or Parquet files. Dates stay
    as they are. `extracted_on` is taken from the last event where it is None; later rows are left out.
    `seed` chooses the made-up NHS numbers and practices.

    The same source and options give the same bytes. Raises InputRefused for a place without a name, for a source that is no OMOP
    database or has no people or no inpatient visits, and OutputRefused where `out` exists.
    """
    if not place.strip():
        raise InputRefused("a name for the place", "an empty one", "Name it with --place, or leave the option out.")
    beside = out.with_name(f"{out.name}.import.json")
    with writing(out) as folder, _scratch(out) as scratch, connect(temp_directory=scratch) as connection:
        opened = read_source(source, connection)
        connection.execute("CREATE SCHEMA work")
        connection.execute("CREATE SCHEMA pack")
        last = extracted_on or _last_event(connection)
        work = Workspace(connection, opened, place, seed, last, config or default_config())
        if extracted_on is None:
            work.notes.assumed.append(f"the extraction date is that of the last event, {last.isoformat()}")
        made_up = _build(work)
        report = _report(work, made_up=made_up)
        write_pack(work, folder, format, synthetic=people_are_synthetic(work))
    with writing_file(beside, mode=0o644) as path:
        path.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """Where work that does not fit in memory goes: beside the pack, because it holds the same data."""
    with scratch_folder(f".{out.name}.scratch-", out.parent) as folder:
        yield folder


def _build(work: Workspace) -> bool:
    """Every table of the pack, in the order in which one needs the other; returns whether numbers are made up."""
    build_people(work)
    made_up = number_people(work)
    build_practices(work)
    build_register(work)
    build_visits(work)
    build_diagnoses(work)
    build_admissions(work)
    build_attendances(work)
    build_outpatients(work)
    build_records(work)
    build_medicines(work)
    work.notes.lacking.append(_NEVER_IN_OMOP)
    return made_up


def _last_event(connection: duckdb.DuckDBPyConnection) -> date:
    dates = " UNION ALL ".join(
        f"SELECT max({column}) AS day FROM omop.{table}" for table, column in _EVENT_DATES.items()
    )
    found = connection.execute(f"SELECT max(day) FROM ({dates})").fetchone()
    if found is None or not isinstance(found[0], date):
        raise InputRefused("dated events in the source", "none", "Give an OMOP database with visits and conditions.")
    return found[0]


def _report(work: Workspace, *, made_up: bool) -> ImportReport:
    notes = work.notes
    return ImportReport(
        source=work.source.own_name,
        cdm_version=work.source.version,
        place=work.place,
        extracted_on=work.extracted_on,
        people=work.count("work.people"),
        made_up_numbers=made_up,
        taken=tuple(notes.taken),
        dropped=tuple(notes.dropped),
        assumed=tuple(notes.assumed),
        lacking=tuple(notes.lacking),
    )
