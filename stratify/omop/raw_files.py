"""OMOP tables kept as files in a folder, one per table: CSV, tab-separated (as vocabularies come) or Parquet."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal
from stratify.exceptions import InputRefused
from stratify.omop.columns import OMOP_TABLES
from stratify.omop.raw_table import RawTable, describe

_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet")


def find(connection: duckdb.DuckDBPyConnection, folder: Path) -> Mapping[str, RawTable]:
    """The tables of the folder by name, without regard to case; InputRefused where one is there twice."""
    wanted = {table.name for table in OMOP_TABLES}
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name = _table_name(path)
        if name not in wanted:
            continue
        if name in files:
            raise InputRefused(
                f"each OMOP table once in {folder.name}", f"{files[name].name} and {path.name}", "Leave one of them."
            )
        files[name] = path
    return {name: _described(connection, path) for name, path in files.items()}


def _table_name(path: Path) -> str:
    lower = path.name.lower()
    if path.is_dir():
        return lower
    return next((lower.removesuffix(ending) for ending in _ENDINGS if lower.endswith(ending)), "")


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> RawTable:
    try:
        return describe(connection, _scan(path))
    except (duckdb.Error, OSError, UnicodeDecodeError):
        raise InputRefused(
            f"{path.name} to be a readable CSV or Parquet file", "something else", "Export the table again."
        ) from None


def _scan(path: Path) -> str:
    if path.is_dir():
        return f"read_parquet({literal(str(path / '*.parquet'))})"
    if path.suffix.lower() == ".parquet":
        return f"read_parquet({literal(str(path))})"
    # Vocabulary files are tab-separated and use a quotation mark as a plain character.
    delimiter, quote = ("\t", "") if _is_tabbed(path) else (",", '"')
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in _header(path, delimiter))
    return (
        f"read_csv({literal(str(path))}, header = true, auto_detect = false, nullstr = '', columns = {{{columns}}}, "
        f"delim = {literal(delimiter)}, quote = {literal(quote)}, escape = {literal(quote)})"
    )


def _is_tabbed(path: Path) -> bool:
    return "\t" in _first_line(path)


def _header(path: Path, delimiter: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in _first_line(path).rstrip("\r\n").split(delimiter)]


def _first_line(path: Path) -> str:
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig") as packed:
            return packed.readline()
    with path.open(encoding="utf-8-sig") as file:
        return file.readline()
