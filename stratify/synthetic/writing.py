"""Packs on disk: tables as CSV or Parquet, and the manifest. The same tables give the same bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from interfaces.extracts.contract import TABLES
from interfaces.extracts.manifest import Origin
from interfaces.extracts.manifest_writing import write_manifest
from stratify.synthetic.arrays import Ints
from stratify.synthetic.tables import Table
from stratify.synthetic.timeline import calendar_date

FileFormat = Literal["csv", "parquet"]
ROW_GROUP = 262_144
_SOURCES = {
    "practices": ("made-up organisation list", "Lanternhithe ICB"),
    "gp_register": ("made-up GP system", "GP practices of Lanternhithe"),
    "gp_codes": ("made-up GP system", "GP practices of Lanternhithe"),
    "gp_prescriptions": ("made-up GP system", "GP practices of Lanternhithe"),
    "gp_appointments": ("made-up GP system", "GP practices of Lanternhithe"),
    "admissions": ("made-up SUS admitted patient care", "Lanternhithe ICB"),
    "ed_attendances": ("made-up emergency care data set", "Lanternhithe ICB"),
    "outpatients": ("made-up SUS outpatients", "Lanternhithe ICB"),
    "community_contacts": ("made-up community services data set", "Lanternhithe Community Trust"),
    "mental_health_contacts": ("made-up mental health services data set", "Lanternhithe Mental Health Trust"),
    "social_care_events": ("made-up adult social care client-level data", "Lanternhithe Council"),
    "social_care_people": ("made-up adult social care client-level data", "Lanternhithe Council"),
    "demographics": ("made-up personal demographics", "GP practices of Lanternhithe"),
    "objections": ("made-up GP system", "GP practices of Lanternhithe"),
    "population": ("made-up mid-year estimates", "Lanternhithe Council"),
}


@dataclass(frozen=True)
class PackAbout:
    """What the manifest says of a pack."""

    pack_id: str
    place: str
    extracted: int


def write_pack(
    folder: Path, about: PackAbout, tables: Iterable[Table], numbers: list[str], file_format: FileFormat
) -> dict[str, int]:
    """Write every table and the manifest into a new folder; returns rows by table. `numbers` are NHS numbers by rank."""
    folder.mkdir(parents=True)
    rows = {}
    for table in tables:
        _write_table(folder / f"{table.name}.{file_format}", table, numbers, file_format)
        rows[table.name] = table.rows
    write_manifest(
        folder,
        pack_id=about.pack_id,
        place=about.place,
        synthetic=True,
        extracted_on=calendar_date(about.extracted),
        origins={name: _origin(name) for name in rows},
    )
    return rows


def _origin(table: str) -> Origin:
    system, controller = _SOURCES[table]
    return Origin(
        source_system=system,
        controller=controller,
        purpose="risk stratification for direct care, with made-up people",
        lawful_basis="none needed: made-up people",
        lawful_basis_expires=date(2099, 12, 31),
    )


def _write_table(path: Path, table: Table, numbers: list[str], file_format: FileFormat) -> None:
    schema = _schema(table)
    if file_format == "csv":
        with pyarrow.csv.CSVWriter(path, schema) as writer:
            for batch in _batches(table, schema, numbers):
                writer.write_table(batch)
        return
    with pyarrow.parquet.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, store_schema=False, use_dictionary=True
    ) as writer:
        for batch in _batches(table, schema, numbers):
            writer.write_table(batch)


def _schema(table: Table) -> pa.Schema:
    """Contract columns the table has, in contract order; the NHS number and availability come from the rows' person."""
    empty = table.take(np.empty(0, dtype=np.int64))
    types = {name: column.arrow().type for name, column in empty.columns.items()}
    if table.available is not None:
        types["available_on"] = pa.date32()
    if "nhs_number" not in types and any(c.name == "nhs_number" for c in TABLES[table.name].columns):
        types["nhs_number"] = pa.string()
    return pa.schema([(name, types[name]) for name in TABLES[table.name].column_names if name in types])


def _batches(table: Table, schema: pa.Schema, numbers: list[str]) -> Iterator[pa.Table]:
    """The table a row group at a time, so that text is only ever made for one of them."""
    for start in range(0, max(table.rows, 1), ROW_GROUP):
        part = table.take(np.arange(start, min(start + ROW_GROUP, table.rows)))
        columns = {name: column.arrow() for name, column in part.columns.items()}
        if part.available is not None:
            columns["available_on"] = pa.array(
                part.available.astype(np.int32), pa.date32(), mask=part.available < -(2**30)
            )
        if "nhs_number" in schema.names and "nhs_number" not in columns:
            columns["nhs_number"] = _numbers(part.rank, numbers)
        yield pa.table([columns[name] for name in schema.names], schema=schema)


def _numbers(rank: Ints, numbers: list[str]) -> pa.Array:
    if not len(rank):
        return pa.array([], pa.string())
    low, high = int(rank.min()), int(rank.max())
    vocabulary = pa.array(numbers[max(low, 0) : high + 1], pa.string())
    codes = pa.array((rank - max(low, 0)).astype("int32"), mask=rank < 0)
    return pa.DictionaryArray.from_arrays(codes, vocabulary).cast(pa.string())
