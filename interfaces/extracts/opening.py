"""Opening one table: its header against the contract, before any row is read."""

import duckdb

from interfaces.extracts import csv_file
from interfaces.extracts.casts import accepts, date_from_text, literal, quoted
from interfaces.extracts.contract import Kind, TableSpec
from interfaces.extracts.csv_file import CsvFault
from interfaces.extracts.layout import Storage, TableFiles
from interfaces.extracts.mapping import TableMap
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.source import Cell, RowChoice, TableSource

_RESEND = "Ask the supplier to send the file again."
_EXPORT = "Export the table again with that column."


def open_table(
    connection: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    files: TableFiles,
    table_map: TableMap | None,
    mapping: str | None,
) -> TableSource | tuple[Refusal, ...]:
    """The table, or everything that is wrong with its header.

    Raises OSError where the file cannot be opened at all.
    """
    opened = _csv_columns(spec, files) if files.storage is Storage.CSV else _parquet_columns(connection, spec, files)
    if isinstance(opened, Refusal):
        return (opened,)
    scan, types = opened
    cells = _mapped_cells(table_map, types) if table_map else _own_cells(spec, types)
    missing = _missing_columns(spec, files, set(cells), types, (table_map, mapping))
    wrong, empty = ([], set[str]()) if table_map else _wrong_types(connection, spec, files, scan, cells)
    if missing or wrong:
        return (*missing, *wrong)
    used = set(spec.column_names) if table_map is None else _sources(table_map)
    return TableSource(
        spec=spec,
        files=files,
        scan=scan,
        cells={name: cell for name, cell in cells.items() if name not in empty},
        header=tuple(types),
        extras=tuple(name for name in types if name.lower() not in used),
        mapping=mapping,
        gap_months=table_map.gap_months if table_map else None,
        rows=_row_choice(table_map, types, cells) if table_map else RowChoice(),
    )


def _csv_columns(spec: TableSpec, files: TableFiles) -> tuple[str, dict[str, str]] | Refusal:
    header = csv_file.read_header(files.paths[0])
    if isinstance(header, CsvFault):
        return csv_refusal(header, spec.name, files.name)
    return csv_file.scan_sql(files.paths[0], header), dict.fromkeys(header, "VARCHAR")


def csv_refusal(fault: CsvFault, table: str, file: str) -> Refusal:
    """A fault of a CSV file's form as a refusal of the pack."""
    rows = (fault.row,) if fault.row else ()
    return Refusal(fault.rule, fault.expected, fault.found, _RESEND, table, file, rows=rows)


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, files: TableFiles
) -> tuple[str, dict[str, str]] | Refusal:
    paths = ", ".join(literal(str(path)) for path in files.paths)
    # Parts are matched by name too: an empty month may lack a column that others have.
    scan = f"read_parquet([{paths}], hive_partitioning = false, union_by_name = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error:  # its message may quote the file
        damaged = next((path.name for path in files.paths if not _readable(connection, literal(str(path)))), files.name)
        rule = "empty_file" if any(path.stat().st_size == 0 for path in files.paths) else "unreadable_file"
        return Refusal(rule, "a complete Parquet file", "one that is damaged or cut short", _RESEND, spec.name, damaged)
    return scan, {str(row[0]): str(row[1]) for row in described}


def _readable(connection: duckdb.DuckDBPyConnection, path: str) -> bool:
    try:
        connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path})")
    except duckdb.Error:
        return False
    return True


def _own_cells(spec: TableSpec, types: dict[str, str]) -> dict[str, Cell]:
    by_name = {name.strip().lower(): name for name in types}
    return {
        column: Cell(quoted(by_name[column]), types[by_name[column]])
        for column in spec.column_names
        if column in by_name
    }


def _mapped_cells(table_map: TableMap, types: dict[str, str]) -> dict[str, Cell]:
    texts = _texts(types)
    cells = {}
    for column, told in table_map.columns.items():
        if told.constant is not None or any(source in texts for source in told.sources):
            cells[column] = Cell(told.sql(tuple(texts.get(source, "CAST(NULL AS VARCHAR)") for source in told.sources)))
    return cells


def _texts(types: dict[str, str]) -> dict[str, str]:
    """Each column as text that is NULL where empty, by its name in lower case."""
    return {name.strip().lower(): f"nullif(trim(CAST({quoted(name)} AS VARCHAR)), '')" for name in types}


def _row_choice(table_map: TableMap, types: dict[str, str], cells: dict[str, Cell]) -> RowChoice:
    texts = _texts(types)
    return RowChoice(
        tuple(texts[name] for name in table_map.only_filled if name in texts),
        tuple(cells[column].expression for column in table_map.one_per if column in cells),
        tuple(date_from_text(texts[name]) for name in table_map.latest_by if name in texts),
    )


def _sources(table_map: TableMap) -> set[str]:
    named = {source for told in table_map.columns.values() for source in told.sources}
    return named | set(table_map.only_filled) | set(table_map.latest_by)


def _missing_columns(
    spec: TableSpec,
    files: TableFiles,
    there: set[str],
    types: dict[str, str],
    mapped: tuple[TableMap | None, str | None],
) -> list[Refusal]:
    missing = [column.name for column in spec.columns if column.required and column.name not in there]
    found = _found_header(types)
    table_map, mapping = mapped
    todo = f"Name the column that holds it in {mapping}.toml, or export the table again with that column."
    return [
        Refusal(
            "missing_column",
            _wanted(column, table_map),
            found,
            todo if table_map else _EXPORT,
            spec.name,
            files.name,
            column=column,
        )
        for column in missing
    ]


def _wanted(column: str, table_map: TableMap | None) -> str:
    told = table_map.columns.get(column) if table_map else None
    if table_map is None:
        return f"a column called {column}"
    return f"a column called {' or '.join(told.sources)}" if told else "the mapping file to lead to this column"


def _found_header(types: dict[str, str]) -> str:
    # The names themselves are not shown: without a header row they would be the first person's data.
    if len(types) == 1:
        name = next(iter(types))
        for separator, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in name:
                return f"one column, as in a file separated by {called} instead of commas"
    return f"{len(types)} columns, none of that name"


def _wrong_types(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, files: TableFiles, scan: str, cells: dict[str, Cell]
) -> tuple[list[Refusal], set[str]]:
    """Columns of a type their kind cannot come from; and those of such a type that hold nothing at all."""
    wrong, empty = [], set()
    for column in spec.columns:
        cell = cells.get(column.name)
        if cell is None or accepts(column.kind, cell.sql_type):
            continue
        # A column without a single value is written as any type (pandas chooses at will).
        if connection.execute(f"SELECT 1 FROM {scan} WHERE {cell.expression} IS NOT NULL LIMIT 1").fetchone() is None:
            empty.add(column.name)
            continue
        wrong.append(
            Refusal(
                "wrong_type",
                _wanted_type(column.kind),
                f"a Parquet column of type {cell.sql_type}",
                "Write the column with that type; a number has lost its leading zeros.",
                spec.name,
                files.name,
                column.name,
            )
        )
    return wrong, empty


def _wanted_type(kind: Kind) -> str:
    return {Kind.DATE: "dates", Kind.WHOLE: "whole numbers", Kind.NUMBER: "numbers", Kind.FLAG: "0 or 1"}.get(
        kind, "text"
    )
