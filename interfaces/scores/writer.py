"""Writes a score file a part at a time, checking every row; the same rows give the same bytes."""

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from interfaces.exceptions import ScoreFileContents
from interfaces.scores.checks import RowChecker
from interfaces.scores.contract import COLUMNS, SCHEMA, ScoreHeader
from interfaces.scores.metadata import to_metadata

ROW_GROUP_ROWS = 65_536
"""Rows per row group, whatever the size of the parts handed in: it is part of the bytes."""


class ScoreWriter:
    """Takes the rows best rank first, in parts of any size, and writes whole row groups.

    Use as a context manager. Where it is left by an error the file is removed: a score file is complete
    or absent. Memory is one row group and the part just handed in.

    >>> with ScoreWriter(path, header) as writer:  # doctest: +SKIP
    ...     writer.write(table)
    """

    def __init__(self, path: Path, header: ScoreHeader) -> None:
        self.path = path
        self._checker = RowChecker(header, path.name)
        self._waiting: list[pa.Table] = []
        self._file = pq.ParquetWriter(
            path,
            SCHEMA,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=3,
            write_statistics=True,
            store_schema=False,  # the types are plain; a copy of the Arrow schema would only add bytes that vary
        )
        self._file.add_key_value_metadata(to_metadata(header))

    @property
    def rows(self) -> int:
        """How many rows have been handed in so far."""
        return self._checker.rows

    def write(self, part: pa.Table) -> None:
        """Adds rows that follow the last part in rank order.

        Columns may come in any order and in types that convert without loss. Raises ScoreFileContents
        for a missing or unknown column, a wrong type or a row that breaks the contract.
        """
        table = conform(part, self.path.name)
        self._checker.check(table)
        self._waiting.append(table)
        while sum(waiting.num_rows for waiting in self._waiting) >= ROW_GROUP_ROWS:
            self._write_group()

    def close(self) -> None:
        """Writes what is left and the file's footer."""
        if any(waiting.num_rows for waiting in self._waiting):
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        together = pa.concat_tables(self._waiting)
        group, rest = together.slice(0, ROW_GROUP_ROWS), together.slice(ROW_GROUP_ROWS)
        # One chunk per column, so that page boundaries do not depend on the parts.
        columns = [column.combine_chunks() for column in group.columns]
        self._file.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=ROW_GROUP_ROWS)
        self._waiting = [rest]

    def __enter__(self) -> "ScoreWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        self._file.close()
        self.path.unlink(missing_ok=True)


def conform(part: pa.Table, file_name: str) -> pa.Table:
    """The part with the contract's columns in their order and types; ScoreFileContents where it cannot be."""
    _check_names(part.column_names, file_name)
    columns = [_converted(part[column.name], column.name, column.type, file_name) for column in COLUMNS]
    return pa.Table.from_arrays(columns, names=SCHEMA.names)


def _check_names(names: list[str], file_name: str) -> None:
    missing = [name for name in SCHEMA.names if name not in names]
    unknown = [name for name in names if name not in SCHEMA.names]
    if missing or unknown or len(names) != len(set(names)):
        said = "; ".join(
            [f"without {', '.join(missing)}"] * bool(missing) + [f"unknown {', '.join(unknown)}"] * bool(unknown)
        )
        raise ScoreFileContents(
            f"{file_name} to have each column of the contract once",
            said or "a column twice",
            "Hand over exactly the columns of interfaces.scores.COLUMNS.",
        )


def _converted(values: pa.ChunkedArray, name: str, wanted: pa.DataType, file_name: str) -> pa.ChunkedArray:
    try:
        if _is_text(values.type) == _is_text(wanted) or pa.types.is_null(values.type):
            return values.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        pass  # said below, without the value Arrow would quote
    raise ScoreFileContents(
        f"{file_name}, column {name}: type {wanted}", f"type {values.type}", "Convert it before writing."
    )


def _is_text(kind: pa.DataType) -> bool:
    """Arrow would read a number out of a text, and the other way round; the contract does not guess."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))
