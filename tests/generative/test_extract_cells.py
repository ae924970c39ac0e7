"""Cells against Python's own readers, on any text, and files cut anywhere."""

import csv
import io
import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interfaces.extracts.casts import typed_sql
from interfaces.extracts.contract import Kind
from interfaces.extracts.csv_file import CsvFault, first_fault, read_header, scan_sql
from interfaces.extracts.engine import connect
from interfaces.extracts.fingerprint import fingerprint

_DATE_LIKE = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    st.from_regex(r"[0-9+\- ]{4}[-/][0-9 ]{1,2}[-/][0-9 +]{1,2}", fullmatch=True),
    st.from_regex(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
_NUMBER_LIKE = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.from_regex(r"[0-9_,.eE+\- ]{1,8}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as opened:
        yield opened


def _read(connection: duckdb.DuckDBPyConnection, kind: Kind, text: str) -> object:
    row = connection.execute(f"SELECT {typed_sql(kind, 'cell', 'VARCHAR')} FROM (SELECT ? AS cell)", [text]).fetchone()
    assert row is not None
    return row[0]


def _date(text: str) -> date | None:
    if re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text, re.ASCII):
        text = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    if "_" in text or not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


@given(text=_DATE_LIKE)
@example(text="0001-01-1:")
@example(text="20-6-11-12")
@example(text="-026-11-12")
@example(text="0000-01-01")
def test_date_is_read_as_python_reads_it(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _read(connection, Kind.DATE, text) == _date(text)


@given(text=_NUMBER_LIKE)
def test_number_is_read_as_python_reads_it(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    got, expected = _read(connection, Kind.NUMBER, text.strip()), _number(text.strip())
    assert (got is None) == (expected is None)
    assert expected is None or math.isclose(float(str(got)), expected, rel_tol=1e-15)


@given(text=_NUMBER_LIKE)
def test_whole_number_is_read_only_where_it_is_one(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    whole = re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII)
    expected = int(text) if whole and -(2**31) <= int(text) < 2**31 else None
    assert _read(connection, Kind.WHOLE, text) == expected


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=6), bom=st.booleans())
def test_any_text_comes_back_from_csv_in_its_order(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, str]], bom: bool
) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = tmp_path / "table.csv"
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + stream.getvalue().encode())
    header = read_header(path)
    assert header == ("a", "b", "c")
    read = connection.execute(f"SELECT * FROM {scan_sql(path, ('a', 'b', 'c'))}").fetchall()
    assert read == [tuple(cell or None for cell in row) for row in rows]
    assert first_fault(path, 3) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=60))
@example(content=b"\x00\x80")
def test_bytes_are_text_exactly_where_python_decodes_them(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes.csv"
    path.write_bytes(content)
    try:
        content.decode("utf-8")
        bad = None
    except UnicodeDecodeError as error:
        bad = error.start
    zero = content.find(0)
    expected = min((at for at in (bad, zero if zero >= 0 else None) if at is not None), default=None)
    assert fingerprint(path, text=True).not_utf8_at == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_never_a_crash(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, content: bytes
) -> None:
    path = tmp_path / "bytes.csv"
    path.write_bytes(content)
    header = read_header(path)
    if isinstance(header, CsvFault) or fingerprint(path, text=True).not_utf8_at is not None:
        return
    try:
        connection.execute(f"SELECT * FROM {scan_sql(path, header)}").fetchall()
    except duckdb.Error:
        first_fault(path, len(header))  # may find nothing, but must not fail
