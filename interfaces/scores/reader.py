"""Reads a score file in batches, after making sure that it is one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from interfaces.exceptions import ScoreFileContents, ScoreFileUnreadable
from interfaces.scores.checks import RowChecker
from interfaces.scores.contract import COLUMNS, Reason, ScoreHeader, ScoreKind, ScoreRow, Tier, TierMethod
from interfaces.scores.metadata import from_metadata

BATCH_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A score file whose version and columns are known to be right; its rows are not yet read."""

    path: Path
    header: ScoreHeader
    rows: int


def open_scores(path: Path) -> ScoreFile:
    """Looks at the header and the columns only.

    Raises ScoreFileUnreadable where it is no Parquet file, ScoreFileVersion for an unknown version and
    ScoreFileContents for missing, unknown or wrongly typed columns.
    """
    with _opened(path) as file:
        schema = file.schema_arrow
        header = from_metadata(file.metadata.metadata, path.name)
        _check_columns(schema, path.name)
        return ScoreFile(path, header, file.metadata.num_rows)


def read_scores(
    path: Path, columns: Sequence[str] | None = None, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """The rows as Arrow batches in rank order, all columns or those named; never more than a batch in memory.

    The file is looked at before this returns, so that a wrong one is refused at once (as `open_scores`).
    """
    open_scores(path)
    unknown = [name for name in columns or () if name not in {column.name for column in COLUMNS}]
    if unknown:
        raise ScoreFileContents(
            "columns of the score file", f"no column {', '.join(unknown)}", "Name columns of interfaces.scores.COLUMNS."
        )
    return _batches(path, list(columns) if columns is not None else None, batch_rows)


def read_score_rows(path: Path) -> Iterator[ScoreRow]:
    """The rows in rank order as frozen values."""
    batches = read_scores(path)
    return (_row(record) for batch in batches for record in batch.to_pylist())


def check_scores(path: Path) -> ScoreFile:
    """Reads every row and checks it as the writer does, and that nobody is in it twice.

    For a file that came from somewhere else. Memory is a batch and the pseudonyms (36 bytes a person).
    """
    file = open_scores(path)
    checker = RowChecker(file.header, path.name)
    pseudonyms = []
    for batch in _batches(path, None, BATCH_ROWS):
        checker.check(pa.Table.from_batches([batch]))
        pseudonyms.append(batch["pseudonym"])
    _check_nobody_twice(pa.chunked_array(pseudonyms, pa.string()), path.name)
    return file


def _check_nobody_twice(pseudonyms: pa.ChunkedArray, file_name: str) -> None:
    # The rank order finds only neighbours: the same person with two different scores lies apart.
    twice = len(pseudonyms) - pc.count_distinct(pseudonyms).as_py()
    if twice:
        raise ScoreFileContents(
            f"{file_name}, column pseudonym: every person once",
            f"{twice} rows of people who are in it already",
            "Nothing of it may be used; find out what joined two runs or two registers.",
        )


def _batches(path: Path, columns: list[str] | None, batch_rows: int) -> Iterator[pa.RecordBatch]:
    with _opened(path) as file:
        batches = file.iter_batches(batch_size=batch_rows, columns=columns, use_threads=False)
        while (batch := _next(batches, path.name)) is not None:
            yield batch


def _next(batches: Iterator[pa.RecordBatch], file_name: str) -> pa.RecordBatch | None:
    try:
        return next(batches, None)
    except (OSError, pa.ArrowException):
        raise _unreadable(file_name) from None


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=False, pre_buffer=False)
    except FileNotFoundError:
        raise ScoreFileUnreadable(
            f"a score file {path.name}", "no such file", "Name the folder of a run that was written to its end."
        ) from None
    except (OSError, pa.ArrowException):
        raise _unreadable(path.name) from None


def _unreadable(file_name: str) -> ScoreFileUnreadable:
    return ScoreFileUnreadable(
        f"{file_name} to be a whole Parquet file",
        "a file that is cut short, damaged or of another kind",
        "Copy it again from where the run was written, and compare its SHA-256.",
    )


def _check_columns(schema: pa.Schema, file_name: str) -> None:
    missing = [column.name for column in COLUMNS if column.name not in schema.names]
    unknown = [name for name in schema.names if name not in {column.name for column in COLUMNS}]
    other = [column.name for column in COLUMNS if not missing and schema.field(column.name).type != column.type]
    problems = {"without": missing, "unknown": unknown, "of another type": other}
    found = "; ".join(f"{words}: {', '.join(names)}" for words, names in problems.items() if names)
    if found or schema.names != [column.name for column in COLUMNS]:
        raise ScoreFileContents(
            f"{file_name} to have the columns of the contract, in order",
            found or "another order of columns",
            "Ask for the run's own scores.parquet, untouched.",
        )


def _row(record: dict[str, Any]) -> ScoreRow:
    previous = record["previous_tier"]
    typed = {
        "score_kind": ScoreKind(record["score_kind"]),
        "tier": Tier(record["tier"]),
        "tier_method": TierMethod(record["tier_method"]),
        "previous_tier": None if previous is None else Tier(previous),
        "reasons": tuple(Reason(**reason) for reason in record["reasons"]),
        "cohorts": tuple(record["cohorts"]),
    }
    return ScoreRow(**(record | typed))
