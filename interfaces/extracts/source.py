"""One table of a pack as SQL: all columns of the contract, under its names, in its types."""

from collections.abc import Mapping
from dataclasses import dataclass

from interfaces.extracts.casts import SQL_TYPES, literal, loses_values, quoted, typed_sql
from interfaces.extracts.contract import ColumnSpec, Kind, TableSpec
from interfaces.extracts.layout import Storage, TableFiles

RAW = "raw__"
"""Prefix of the columns that hold a cell as it was written, in the relation the check reads."""

_PART = "pack_part"  # a name of our own: a source may well have a column called filename


@dataclass(frozen=True)
class Cell:
    """Where a column's value comes from: an SQL expression over the file's columns, and its type there."""

    expression: str
    sql_type: str = "VARCHAR"


@dataclass(frozen=True)
class RowChoice:
    """Which rows of a file are rows of the table, as SQL expressions over the file's columns.

    All of `filled` must have a value; of rows alike in `one_per`, the one with the latest dates in
    `latest_by` is kept. Empty: every row.
    """

    filled: tuple[str, ...] = ()
    one_per: tuple[str, ...] = ()
    latest_by: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.filled or self.one_per)

    @property
    def where(self) -> str:
        return " AND ".join(f"{expression} IS NOT NULL" for expression in self.filled) or "1 = 1"


@dataclass(frozen=True)
class TableSource:
    """A table that can be read: its files, and for each column it carries the cell it comes from.

    `scan` is a DuckDB table function over the files and `rows` says which of its rows count. `header` is
    every column name in the files and `extras` those that nothing of the contract uses.
    """

    spec: TableSpec
    files: TableFiles
    scan: str
    cells: Mapping[str, Cell]
    header: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    mapping: str | None = None
    gap_months: int | None = None
    rows: RowChoice = RowChoice()

    @property
    def name(self) -> str:
        """The table's name in the contract."""
        return self.spec.name

    @property
    def checked_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns whose cells may not be what their kind asks for."""
        return tuple(
            column
            for column in self.spec.columns
            if column.name in self.cells and loses_values(column.kind, self.cells[column.name].sql_type)
        )

    def relation_sql(self, *, with_rows: bool = False, with_raw: bool = False) -> str:
        """A subquery (in brackets, without alias) of every column of the contract in order and in its type.

        Absent columns are typed NULLs. `with_rows` adds `file` VARCHAR and `row_number` BIGINT, counted
        from 1 under the header. `with_raw` adds `raw__<column>` for `checked_columns`: the cell before
        it was read, NULL where empty.
        """
        outer = [f"{self._typed(column)} AS {quoted(column.name)}" for column in self.spec.columns]
        outer += [quoted(RAW + column.name) for column in self.checked_columns] if with_raw else []
        outer += ["file", "row_number"] if with_rows else []
        return f"(SELECT {', '.join(outer)} FROM {self._cells_sql(with_rows)})"

    def count_sql(self) -> str:
        """A query of one number: the rows in the files, before a mapping chooses among them."""
        return f"SELECT count(*) FROM {self.scan}"

    def _typed(self, column: ColumnSpec) -> str:
        cell = self.cells.get(column.name)
        if cell is None:
            return f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        return typed_sql(column.kind, quoted(RAW + column.name), cell.sql_type)

    def _cells_sql(self, with_rows: bool) -> str:
        """The cells as they stand, empty text as NULL, one row per key where the mapping asks for it."""
        inner = [
            f"{_stripped(cell, self.spec.column(name).kind)} AS {quoted(RAW + name)}"
            for name, cell in self.cells.items()
        ]
        inner += self._place() if with_rows else []
        scan = self._scan_with_rows() if with_rows else self.scan
        if not self.rows.one_per:
            return f"(SELECT {', '.join(inner)} FROM {scan} WHERE {self.rows.where})"
        order = [f"{expression} DESC NULLS LAST" for expression in self.rows.latest_by]
        order += [f"{cell.expression} NULLS LAST" for cell in self.cells.values()]
        key = ", ".join(self.rows.one_per)
        place = f"row_number() OVER (PARTITION BY {key} ORDER BY {', '.join(order)}) AS place_in_key"
        chosen = f"(SELECT {', '.join([*inner, place])} FROM {scan} WHERE {self.rows.where})"
        return f"(SELECT * FROM {chosen} WHERE place_in_key = 1)"

    def _scan_with_rows(self) -> str:
        if self.files.storage is not Storage.CSV:
            return self.scan[:-1] + f", filename = '{_PART}', file_row_number = true)"
        # The order of the file, because connections keep it (engine.connect) and nothing is sorted before.
        return f"(SELECT *, row_number() OVER () AS file_row_number FROM {self.scan})"

    def _place(self) -> list[str]:
        if self.files.storage is Storage.CSV:
            return [f"{literal(self.files.name)} AS file", "file_row_number AS row_number"]
        prefix = self.files.name if self.files.storage is Storage.PARTS else ""
        return [
            f"concat({literal(prefix)}, regexp_extract({_PART}, '[^/\\\\]*$')) AS file",
            "file_row_number + 1 AS row_number",
        ]


def _stripped(cell: Cell, kind: Kind) -> str:
    if cell.sql_type != "VARCHAR":
        return cell.expression
    text = cell.expression
    stripped = f"nullif(trim({text}), '')"
    if kind is Kind.NHS_NUMBER:
        # Every event row has one, and trim is dear: two thirds of the cost of reading the column. Ten bytes
        # that do not begin with a space are a number as it stands, or are none with or without their spaces.
        return f"CASE WHEN strlen({text}) = 10 AND {text} > '!' THEN {text} ELSE {stripped} END"
    return stripped
