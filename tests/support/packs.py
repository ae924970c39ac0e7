"""Small packs made of plain rows, so that a test shows its data.

    pack = a_pack(tmp_path / "pack", admissions=[admission(nhs(1), "2026-03-01")])

Every builder fills what the contract requires and takes the rest by name. `a_pack` adds the practice and
the register rows that the events need, unless they are given.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interfaces.codes import nhs_check_digit
from interfaces.extracts.contract import TABLES, Kind
from interfaces.extracts.manifest import Origin
from interfaces.extracts.manifest_writing import write_manifest

_VALID: list[str] = []
_TRIED = [1]

Row = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

EXTRACTED_ON = date(2026, 10, 1)
ORIGIN = Origin(
    source_system="made up for a test",
    controller="Test Integrated Care Board",
    purpose="risk stratification for direct care",
    lawful_basis="test data about nobody",
    lawful_basis_expires=date(2027, 3, 31),
)

_ARROW_TYPES = {Kind.DATE: pa.date32(), Kind.WHOLE: pa.int32(), Kind.NUMBER: pa.float64(), Kind.FLAG: pa.int32()}


def nhs(number: int) -> str:
    """The n-th valid NHS number of the 999 range (n from 1); never one that belongs to anybody."""
    while len(_VALID) < number:
        nine = f"999{_TRIED.pop():06d}"
        _TRIED.append(int(nine[3:]) + 1)
        digit = nhs_check_digit(nine)
        _VALID.extend([] if digit is None else [nine + str(digit)])  # one in eleven has no check digit
    return _VALID[number - 1]


def practice(code: str = "F84001", /, **more: Any) -> Row:
    """A practice of the test network."""
    given = {"name": f"Practice {code}", "network": "Network 1", "locality": "North", "borough": "Testborough"}
    return {"practice_code": code, **given, **more}


def person(nhs_number: str, birth: str = "1950-06-15", /, **more: Any) -> Row:
    """A register row: a woman at practice F84001 since 2010."""
    given = {"date_of_birth": birth, "sex": "2", "practice_code": "F84001", "registered_on": "2010-01-01"}
    return {"nhs_number": nhs_number, **given, **more}


def admission(nhs_number: str, admitted_on: str, /, **more: Any) -> Row:
    """An emergency admission with pneumonia, discharged the day it began."""
    given = {
        "spell_id": f"S-{nhs_number}-{admitted_on}",
        "provider_code": "R1H00",
        "admission_method": "21",
        "discharged_on": admitted_on,
        "primary_diagnosis": "J189",
    }
    return {"nhs_number": nhs_number, "admitted_on": admitted_on, **given, **more}


def attendance(nhs_number: str, arrived_on: str, /, **more: Any) -> Row:
    """An attendance at a type 1 emergency department."""
    given = {"attendance_id": f"A-{nhs_number}-{arrived_on}", "department_type": "01"}
    return {"nhs_number": nhs_number, "arrived_on": arrived_on, **given, **more}


def gp_code(nhs_number: str, snomed_code: str, recorded_on: str, /, **more: Any) -> Row:
    """A coded entry in the GP record."""
    return {"nhs_number": nhs_number, "snomed_code": snomed_code, "recorded_on": recorded_on, **more}


def prescription(nhs_number: str, bnf_code: str, issued_on: str, /, **more: Any) -> Row:
    """A prescription issued in primary care."""
    return {"nhs_number": nhs_number, "bnf_code": bnf_code, "issued_on": issued_on, **more}


def care_event(event_id: str, la_person_id: str, started_on: str, /, **more: Any) -> Row:
    """A social care service of the test council."""
    given = {"la_code": "211", "event_type": "service", "service_type": "home_care"}
    return {"event_id": event_id, "la_person_id": la_person_id, "started_on": started_on, **given, **more}


def a_pack(
    folder: Path,
    *,
    storage: str = "csv",
    synthetic: bool = True,
    extracted_on: date = EXTRACTED_ON,
    origins: Origin | Mapping[str, Origin] = ORIGIN,
    **tables: Rows,
) -> Path:
    """A valid pack in that folder: the tables given, and practices, register and admissions where they are not.

    `storage` is "csv", "parquet" or "parts" (two Parquet parts a table). Without a register everybody
    named in the tables is on it. Returns the folder.
    """
    filled: dict[str, Rows] = dict(tables)
    numbers = sorted({str(row["nhs_number"]) for rows in tables.values() for row in rows if row.get("nhs_number")})
    filled.setdefault("gp_register", [person(number) for number in numbers or [nhs(1)]])
    codes = sorted({str(row["practice_code"]) for row in filled["gp_register"] if row.get("practice_code")})
    filled.setdefault("practices", [practice(code) for code in codes or ["F84001"]])
    filled.setdefault("admissions", [admission(str(filled["gp_register"][0]["nhs_number"]), "2026-09-14")])
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in filled.items():
        write_table(folder, table, rows, storage=storage)
    return seal(folder, synthetic=synthetic, extracted_on=extracted_on, origins=origins)


def seal(
    folder: Path,
    *,
    synthetic: bool = True,
    extracted_on: date = EXTRACTED_ON,
    origins: Origin | Mapping[str, Origin] = ORIGIN,
) -> Path:
    """Write the manifest that fits the tables as they now are; call it again after changing one."""
    write_manifest(
        folder,
        pack_id="test-2026-10",
        place="Testborough",
        synthetic=synthetic,
        extracted_on=extracted_on,
        origins=origins,
    )
    return folder


def write_table(folder: Path, table: str, rows: Rows, *, storage: str = "csv") -> Path:
    """One table of plain rows; the columns are those of the contract that any row has, and any others given."""
    names = [name for name in TABLES[table].column_names if any(name in row for row in rows)]
    names += [name for row in rows for name in row if name not in names]
    names = list(dict.fromkeys(names)) or list(TABLES[table].column_names)
    if storage == "csv":
        return _write_csv(folder / f"{table}.csv", names, rows)
    if storage == "parquet":
        return _write_parquet(folder / f"{table}.parquet", table, names, rows)
    half = (len(rows) + 1) // 2
    (folder / table).mkdir(exist_ok=True)
    _write_parquet(folder / table / "part-0.parquet", table, names, rows[:half])
    _write_parquet(folder / table / "part-1.parquet", table, names, rows[half:])
    return folder / table


def _write_csv(path: Path, names: list[str], rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _written(row.get(name)) for name in names} for row in rows)
    return path


def _written(value: Any) -> Any:
    return "" if value is None else value


def _write_parquet(path: Path, table: str, names: list[str], rows: Rows) -> Path:
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    arrays = {name: _array([row.get(name) for row in rows], kinds.get(name, Kind.TEXT)) for name in names}
    pq.write_table(pa.table(arrays), path)
    return path


def _array(values: list[Any], kind: Kind) -> pa.Array:
    if kind is Kind.DATE:
        values = [date.fromisoformat(value) if isinstance(value, str) and value else value or None for value in values]
    return pa.array(values, _ARROW_TYPES.get(kind, pa.string()))
