"""Scoring zones written by hand: a few rows a test can show, or random histories, without building one from a pack."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stratify.days import day_number
from stratify.zone.zone import Zone, event_file, population_file

INDEX = date(2026, 10, 1)
T = day_number(INDEX)

_INT, _BIG, _TINY, _TEXT = pa.int32(), pa.int64(), pa.int8(), pa.string()
_KEYS = {"pid": _INT, "day": _INT, "avail": _INT}
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "gp_codes": {"snomed": _BIG, "value": pa.float64(), "unit": _TEXT},
    "gp_prescriptions": {"bnf_code": _TEXT},
    "gp_appointments": {"mode": _TEXT, "attended": _TINY},
    "admissions": {
        "kind": _TEXT,
        "discharged_day": _INT,
        "los_days": pa.int16(),
        "primary_diagnosis": _TEXT,
        "secondary_diagnoses": _TEXT,
        "treatment_function": _TEXT,
        "discharge_destination": _TEXT,
        "cost_pence": _BIG,
    },
    "ed_attendances": {
        "department_type": _TEXT,
        "acuity": _TEXT,
        "admitted": _TINY,
        "chief_complaint": _BIG,
        "cost_pence": _BIG,
    },
    "outpatients": {"treatment_function": _TEXT, "first_attendance": _TINY, "attended": _TINY},
    "community_contacts": {"team": _TEXT},
    "mental_health_contacts": {"team": _TEXT, "inpatient": _TINY},
    "social_care_events": {
        "event_type": _TEXT,
        "service_type": _TEXT,
        "client_group": _TEXT,
        "ended_day": _INT,
        "hours_tenths": _INT,
        "outcome": _TEXT,
    },
}
_PEOPLE = {"pid": _INT, "pseudonym": _TEXT, "sex": _TINY, "imd_decile": _TINY, "practice_code": _TEXT}
_POPULATION = {"pid": _INT, "status": _TEXT, "age_years": pa.int16(), "registered_days": _INT}

Rows = Sequence[Mapping[str, Any]]


def ago(days: int, **row: Any) -> dict[str, Any]:
    """An event of person 0 that many days before the index date, available the day after unless said otherwise."""
    return {"pid": 0, "day": T - days, "avail": T - days + 1, **row}


def write_zone(
    folder: Path,
    tables: Mapping[str, Rows],
    *,
    people: Rows | int = 1,
    index_dates: Sequence[date] = (INDEX,),
    chunk_size: int = 1000,
) -> Zone:
    """A zone with these event rows; a person not described is a scored woman of 50.

    Columns a row leaves out are not recorded. A table that is not named is not in the pack.
    """
    described = [{"pid": pid} for pid in range(people)] if isinstance(people, int) else list(people)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "people.parquet", [{"sex": 2, "imd_decile": 5} | dict(row) for row in described], _PEOPLE)
    default = {"status": "scored", "age_years": 50, "registered_days": 5000}
    for index_date in index_dates:
        _write(population_file(folder, index_date), [default | dict(row) for row in described], _POPULATION)
    zone = Zone(
        folder, "0000feed", "test", "Testborough", True, INDEX, tuple(index_dates), (), "direct_care", 1095,
        len(described), chunk_size, {name: len(rows) for name, rows in tables.items()}, {},
    )  # fmt: skip
    for name, rows in tables.items():
        ordered = sorted(rows, key=lambda row: (row["pid"], row["day"]))
        _write(event_file(folder, name), ordered, _KEYS | COLUMNS[name])
    zone.write_manifest()
    return zone


def _write(path: Path, rows: Rows, columns: Mapping[str, pa.DataType]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()}
    pq.write_table(pa.table(arrays), path)
