"""CSV as the contract allows it: UTF-8 with or without a byte-order mark, RFC 4180, a header row.

DuckDB reads the rows. Its own messages quote the row they stumble over, so they are never shown:
where it stops, `first_fault` reads the file again, slowly, and says where and what without a value.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interfaces.extracts.casts import literal

MAX_ROW_BYTES = 2_097_152
"""The longest row that is read: no clinical row is near it, and memory stays bounded."""

_MAX_HEADER_BYTES = 65_536


@dataclass(frozen=True)
class CsvFault:
    """What is wrong with a CSV file's form, and in which row (counted from 1 under the header; 0 is the header)."""

    rule: str
    row: int
    expected: str
    found: str


def read_header(path: Path) -> tuple[str, ...] | CsvFault:
    """The names in the header row, trimmed and in lower case; or what is wrong with it."""
    with path.open("rb") as stream:
        start = stream.read(_MAX_HEADER_BYTES)
    if not start.strip(b"\xef\xbb\xbf \r\n\t"):
        return CsvFault("empty_file", 0, "a header row", "an empty file")
    first = start.decode("utf-8-sig", errors="replace")
    names = next(csv.reader(io.StringIO(first, newline="")), [])
    if "\x00" in "".join(names):
        return CsvFault("not_utf8", 0, "UTF-8 text", "bytes of another encoding, such as UTF-16")
    if "\ufffd" in "".join(names):
        return CsvFault("not_utf8", 0, "UTF-8 text", "bytes of another encoding, such as Windows-1252")
    return _named(names)


def _named(names: list[str]) -> tuple[str, ...] | CsvFault:
    cleaned = [name.strip().lower() or f"unnamed_{at}" for at, name in enumerate(names, start=1)]
    twice = [at for at, name in enumerate(cleaned, start=1) if cleaned.index(name) + 1 < at]
    if twice:
        where = ", ".join(str(at) for at in twice)
        return CsvFault("duplicate_header", 0, "each column once", f"a name that was used before, in place {where}")
    return tuple(cleaned)


def scan_sql(path: Path, header: tuple[str, ...]) -> str:
    """The DuckDB table function that reads the file as text, under the names of its header."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header=true, columns={{{columns}}}, delim=',', "
        f"quote='\"', escape='\"', strict_mode=true, null_padding=false, max_line_size={MAX_ROW_BYTES})"
    )


def first_fault(path: Path, width: int) -> CsvFault | None:
    """The first row that is not what the header promises: other bytes, other width, open quote, too long.

    Reads the file with the standard library, row by row; None where it finds nothing.
    """
    rows = _rows(path)
    number = 0
    limit = csv.field_size_limit(MAX_ROW_BYTES)
    try:
        next(rows, None)
        for number, cells in enumerate(rows, start=1):
            fault = _row_fault(number, cells, width)
            if fault is not None:
                return fault
    except csv.Error as error:
        return _parser_fault(number + 1, str(error))
    finally:
        csv.field_size_limit(limit)
    return _line_ends_fault(path)


def _parser_fault(row: int, error: str) -> CsvFault:
    if "field larger" in error:
        expected = f"rows of at most {MAX_ROW_BYTES:,} bytes"
        return CsvFault("row_too_long", row, expected, "a longer cell, or a quote that never closes")
    return CsvFault("malformed_row", row, "quotes that open and close (RFC 4180)", "a quote out of place")


def _rows(path: Path) -> Iterator[list[str]]:
    # Bytes that are not UTF-8 come through as lone surrogates, so that their row can be told.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for cells in csv.reader(stream, strict=True):
            if cells:
                yield cells


def _row_fault(number: int, cells: list[str], width: int) -> CsvFault | None:
    text = "".join(cells)
    if not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text):
        return CsvFault("not_utf8", number, "UTF-8 text", "bytes of another encoding, such as Windows-1252")
    if "\x00" in text:
        return CsvFault("not_utf8", number, "UTF-8 text", "a zero byte")
    if len(cells) != width:
        return CsvFault("ragged_row", number, f"{width} cells", f"{len(cells)} cells")
    if len(text) > MAX_ROW_BYTES - 2 * width:
        return CsvFault("row_too_long", number, f"rows of at most {MAX_ROW_BYTES:,} bytes", "a longer one")
    return None


def _line_ends_fault(path: Path) -> CsvFault | None:
    ends = set()
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
        for line in stream:
            ends.add(line[len(line.rstrip("\r\n")) :])
    ends.discard("")
    if len(ends) > 1:
        return CsvFault("mixed_line_ends", 0, "one kind of line end", "several kinds in one file")
    return None
