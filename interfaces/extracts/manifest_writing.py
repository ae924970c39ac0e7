"""Writing `manifest.json` beside tables that are already in place: rows counted, bytes hashed."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from interfaces.exceptions import PackError
from interfaces.extracts import csv_file
from interfaces.extracts.casts import literal
from interfaces.extracts.contract import TABLES
from interfaces.extracts.csv_file import CsvFault
from interfaces.extracts.engine import connect
from interfaces.extracts.fingerprint import fingerprint, parts_sha256
from interfaces.extracts.layout import Storage, TableFiles, candidates, files_at
from interfaces.extracts.manifest import FILE_NAME, Manifest, ManifestTable, Origin


def write_manifest(
    folder: Path,
    *,
    pack_id: str,
    place: str,
    synthetic: bool,
    extracted_on: date,
    origins: Origin | Mapping[str, Origin] = Origin(),
) -> Manifest:
    """Write the manifest of every table of the contract found in the folder, and return it.

    `origins` is one origin for all tables or one by table name. The same tables give the same bytes.
    Raises PackError where a table cannot be read.
    """
    tables = {}
    with connect(threads=1) as connection:
        for table in TABLES:
            origin = origins if isinstance(origins, Origin) else origins.get(table, Origin())
            files = _files(folder, table, origin)
            if files is not None:
                tables[table] = ManifestTable(_rows(connection, files), table_sha256(files), origin)
    manifest = Manifest(pack_id, place, synthetic, extracted_on, tables)
    text = json.dumps(_content(manifest), indent=2, ensure_ascii=False)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")
    return manifest


def table_sha256(files: TableFiles) -> str:
    """The SHA-256 a manifest gives for a table: of its one file, or over the list of its parts."""
    if files.storage is Storage.PARTS:
        return parts_sha256({path.name: fingerprint(path).sha256 for path in files.paths})
    return fingerprint(files.paths[0]).sha256


def _files(folder: Path, table: str, origin: Origin) -> TableFiles | None:
    if origin.file:
        return files_at(folder / origin.file)
    found = candidates(folder, table)
    return found[0] if found else None


def _rows(connection: duckdb.DuckDBPyConnection, files: TableFiles) -> int:
    if files.storage is Storage.CSV:
        header = csv_file.read_header(files.paths[0])
        if isinstance(header, CsvFault):
            raise PackError(f"{files.name} to hold {header.expected}", header.found, "Write the table again.")
        scan = csv_file.scan_sql(files.paths[0], header)
    else:
        scan = f"read_parquet([{', '.join(literal(str(path)) for path in files.paths)}])"
    try:
        counted = connection.execute(f"SELECT count(*) FROM {scan}").fetchone()
    except duckdb.Error:  # its message may quote a row
        raise PackError(
            f"{files.name} to be complete", "a file that cannot be read", "Write the table again."
        ) from None
    return int(counted[0]) if counted else 0


def _content(manifest: Manifest) -> dict[str, object]:
    return {
        "pack_id": manifest.pack_id,
        "place": manifest.place,
        "synthetic": manifest.synthetic,
        "extracted_on": manifest.extracted_on.isoformat(),
        "tables": {name: _entry(table) for name, table in manifest.tables.items()},
    }


def _entry(table: ManifestTable) -> dict[str, object]:
    origin = table.origin
    expires = origin.lawful_basis_expires
    entry = {
        "rows": table.rows,
        "sha256": table.sha256,
        "source_system": origin.source_system,
        "controller": origin.controller,
        "purpose": origin.purpose,
        "lawful_basis": origin.lawful_basis,
        "lawful_basis_expires": expires.isoformat() if expires else None,
        "mapping": origin.mapping,
        "file": origin.file,
    }
    return {key: value for key, value in entry.items() if value not in (None, "")}
