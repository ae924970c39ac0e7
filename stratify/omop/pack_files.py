"""Writes the tables of an import as a pack: the contract's columns, in an order that depends on nothing else."""

from pathlib import Path
from typing import Literal

from interfaces.extracts.casts import SQL_TYPES, literal
from interfaces.extracts.contract import TABLES, TableSpec
from interfaces.extracts.manifest import Origin
from interfaces.extracts.manifest_writing import write_manifest
from stratify.omop.workspace import Workspace

PackFormat = Literal["csv", "parquet"]

_PURPOSE = "Research and demonstration: an import of an OMOP database, not a feed of care records"


def write_pack(work: Workspace, folder: Path, pack_format: PackFormat, *, synthetic: bool) -> None:
    """Writes every table of the contract that has rows, and the manifest, into an existing folder."""
    for table in TABLES.values():
        present = _columns(work, table.name)
        if present and work.count(f"pack.{table.name}"):
            _write(work, table, present, folder / f"{table.name}.{pack_format}")
    write_manifest(
        folder,
        pack_id=f"omop-{_slug(work.place)}-{work.extracted_on.isoformat()}",
        place=work.place,
        synthetic=synthetic,
        extracted_on=work.extracted_on,
        origins=Origin(source_system=f"{work.source.own_name} (OMOP {work.source.version})", purpose=_PURPOSE),
    )


def _columns(work: Workspace, table: str) -> set[str]:
    found = work.connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'pack' AND table_name = ?", [table]
    ).fetchall()
    return {name for (name,) in found}


def _write(work: Workspace, table: TableSpec, present: set[str], path: Path) -> None:
    columns = ", ".join(
        f"CAST({column.name if column.name in present else 'NULL'} AS {SQL_TYPES[column.kind]}) AS {column.name}"
        for column in table.columns
    )
    order = ", ".join(f"{name} NULLS LAST" for name in table.column_names)
    options = "FORMAT csv, HEADER" if path.suffix == ".csv" else "FORMAT parquet, COMPRESSION zstd"
    work.run(f"COPY (SELECT {columns} FROM pack.{table.name} ORDER BY {order}) TO {literal(str(path))} ({options})")


def _slug(place: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in place.lower())
    return "-".join(part for part in kept.split("-") if part) or "place"
