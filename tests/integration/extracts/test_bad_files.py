"""Every way a file of a pack may be broken: its bytes, its rows, its header, or that it will not stay still."""

import os
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interfaces.extracts.check import check_pack
from interfaces.extracts.contract import EVENT_TABLES
from interfaces.extracts.engine import connect
from interfaces.extracts.pack import open_pack
from tests.support.checking import check, lenient, refusal, rules_of, said
from tests.support.packs import a_pack, admission, gp_code, nhs, person, seal, write_table

STORAGES = pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])


def _rewrite(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    report = check(seal(folder))
    assert report.usable, report.refusals
    assert report.table("admissions").completeness["spell_id"] == 1.0


@pytest.mark.parametrize(("table", "row"), [("demographics", 2), ("practices", 1)])
def test_windows_1252_bytes(tmp_path: Path, table: str, row: int) -> None:
    folder = a_pack(
        tmp_path / "pack",
        gp_register=[person(nhs(1)), person(nhs(2))],
        demographics=[
            {
                "nhs_number": nhs(at),
                "family_name": f"Name{at}",
                "given_name": "Ann",
                "date_of_birth": "1950-06-15",
                "sex": "2",
            }
            for at in (1, 2)
        ],
    )
    _rewrite(folder / f"{table}.csv", b"Name2" if table == "demographics" else b"North", b"Ren\xe9e")
    found = refusal(check(folder), "not_utf8")
    assert (found.table, found.row) == (table, row)
    assert "Windows-1252" in found.found


def test_utf16_file(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    text = (folder / "admissions.csv").read_text(encoding="utf-8")
    (folder / "admissions.csv").write_text(text, encoding="utf-16-le")
    assert refusal(check(folder), "not_utf8").table == "admissions"


def test_zero_byte_inside_a_csv(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    _rewrite(folder / "admissions.csv", b"J189", b"J1\x009")
    assert refusal(check(folder), "not_utf8").row == 1


@pytest.mark.parametrize("storage", ["csv", "parquet"])
def test_empty_file(tmp_path: Path, storage: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage)
    (folder / f"admissions.{storage}").write_bytes(b"")
    assert refusal(check(folder), "empty_file").table == "admissions"


@STORAGES
def test_no_rows_in_a_required_table(tmp_path: Path, storage: str) -> None:
    assert refusal(check(a_pack(tmp_path / "pack", storage=storage, admissions=[])), "no_rows").table == "admissions"


@STORAGES
@pytest.mark.parametrize("table", sorted(set(EVENT_TABLES) - {"admissions"}))
def test_no_rows_in_a_feed_is_refused_unless_allowed(tmp_path: Path, storage: str, table: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage, **{table: []})
    found = refusal(check(folder), "feed_stopped")
    assert (found.table, found.found) == (table, "a header and no rows")
    assert f"--allow-gap {table}" in found.todo
    report = check(folder, rules=lenient().allowing([table]))
    assert report.usable, report.refusals
    assert (table, "holds a header and no rows") in {(notice.table, notice.text) for notice in report.notices}


def test_no_rows_in_a_required_feed_cannot_be_allowed(tmp_path: Path) -> None:
    report = check(a_pack(tmp_path / "pack", admissions=[]), rules=lenient().allowing(["admissions"]))
    assert rules_of(report) == {"no_rows"}


def test_no_rows_in_a_table_without_events_is_said(tmp_path: Path) -> None:
    report = check(a_pack(tmp_path / "pack", objections=[]))
    assert report.usable, report.refusals
    assert ("objections", "holds a header and no rows") in {(notice.table, notice.text) for notice in report.notices}


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.98])
def test_truncated_parquet(tmp_path: Path, keep: float) -> None:
    rows = [admission(nhs(1), "2026-09-01", spell_id=str(at)) for at in range(500)]
    folder = a_pack(tmp_path / "pack", storage="parts", admissions=rows)
    part = folder / "admissions" / "part-1.parquet"
    part.write_bytes(part.read_bytes()[: int(part.stat().st_size * keep)])
    found = refusal(check(folder), "unreadable_file")
    assert (found.table, found.file) == ("admissions", "part-1.parquet")


def test_parquet_damaged_inside(tmp_path: Path) -> None:
    rows = [admission(nhs(1), "2026-09-01", spell_id=f"SPELL{at:06d}") for at in range(5000)]
    folder = a_pack(tmp_path / "pack", storage="parquet", admissions=rows)
    path = folder / "admissions.parquet"
    content = bytearray(path.read_bytes())
    content[8:400] = b"\xff" * 392
    path.write_bytes(bytes(content))
    found = rules_of(check(folder))
    assert "hash_differs" in found or "unreadable_file" in found


@STORAGES
def test_file_that_changes_while_it_is_read(tmp_path: Path, storage: str) -> None:
    folder = a_pack(tmp_path / "pack", storage=storage)
    seen: list[str] = []

    def change(table: str) -> None:
        seen.append(table)
        if seen.count("admissions") == 2:  # fingerprinted once, about to be read
            write_table(folder, "admissions", [admission(nhs(1), "2026-09-15")], storage=storage)

    with connect() as connection:
        report = check_pack(open_pack(folder), rules=lenient(), connection=connection, progress=change)
    assert {found.table for found in report.refusals if found.rule == "changed_while_read"} == {"admissions"}


def test_file_that_changes_back_to_its_size_and_time(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    path = folder / "admissions.csv"
    status = path.stat()

    def change(table: str) -> None:
        path.write_bytes(path.read_bytes().replace(b"J189", b"J188"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    with connect() as connection:
        pack = open_pack(folder)
        calls = iter(range(100))
        report = check_pack(
            pack,
            rules=lenient(),
            connection=connection,
            progress=lambda table: change(table) if next(calls) == 5 else None,
        )
    assert rules_of(report) == {"changed_while_read"}


def test_file_removed_while_it_is_read(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    pack = open_pack(folder)
    (folder / "admissions.csv").unlink()
    with connect() as connection:
        report = check_pack(pack, rules=lenient(), connection=connection)
    assert "changed_while_read" in rules_of(report)


def test_ragged_row(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=[admission(nhs(1), f"2026-09-0{day}") for day in range(1, 5)])
    with (folder / "admissions.csv").open("a", encoding="utf-8") as stream:
        stream.write("just,three,cells\n")
    found = refusal(check(folder), "ragged_row")
    assert (found.file, found.row, found.found) == ("admissions.csv", 5, "3 cells")


def test_quote_that_never_closes(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    with (folder / "admissions.csv").open("a", encoding="utf-8") as stream:
        stream.write('"S9,1,2\n')
    assert refusal(check(folder), "malformed_row").row == 2


def test_line_ends_of_two_kinds(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=[admission(nhs(1), f"2026-09-0{day}") for day in range(1, 5)])
    _rewrite(folder / "admissions.csv", b"\n", b"\r\n")
    assert refusal(check(folder), "mixed_line_ends").table == "admissions"


def test_huge_field(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    write_table(folder, "admissions", [admission(nhs(1), "2026-09-01", treatment_function="x" * 5_000_000)])
    report = check(folder)
    assert refusal(report, "row_too_long").row == 1
    assert len(said(report)) < 20_000


def test_quoted_line_breaks_and_formulas_are_plain_text(tmp_path: Path) -> None:
    rows = [
        gp_code(nhs(1), "38341003", "2026-09-01", unit='mm\nHg, "sitting"'),
        gp_code(nhs(1), "38341003", "2026-09-02", unit="=HYPERLINK(1)"),
        gp_code(nhs(1), "38341003", "yesterday", unit="+1"),
    ]
    report = check(a_pack(tmp_path / "pack", gp_codes=rows))
    assert refusal(report, "wrong_type").row == 3
    assert report.table("gp_codes").rows == 3


@pytest.mark.parametrize("header", ["spell_id,SPELL_ID", "spell_id, spell_id "])
def test_header_with_a_name_twice(tmp_path: Path, header: str) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "admissions.csv").write_text(header + "\nA,B\n", encoding="utf-8")
    assert refusal(check(folder), "duplicate_header").table == "admissions"


def test_header_with_stray_spaces_and_capitals_is_understood(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    _rewrite(folder / "admissions.csv", b"spell_id,nhs_number", b" Spell_ID ,NHS_Number")
    assert check(seal(folder)).usable


@pytest.mark.parametrize(("separator", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_file_separated_by_something_else(tmp_path: Path, separator: str, called: str) -> None:
    folder = a_pack(tmp_path / "pack")
    path = folder / "admissions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", separator), encoding="utf-8")
    assert all(called in found.found for found in check(folder).refusals if found.rule == "missing_column")


def test_file_without_header_shows_no_value(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=[admission(nhs(1), "2026-09-01", discharged_on="2026-09-03")])
    path = folder / "admissions.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    report = check(folder)
    assert "missing_column" in rules_of(report)
    assert nhs(1) not in said(report)


def test_parts_may_differ_in_the_columns_they_carry(tmp_path: Path) -> None:
    rows = [admission(nhs(1), f"2026-09-0{day}") for day in (1, 2)]
    folder = a_pack(tmp_path / "pack", storage="parts", admissions=rows)
    part = folder / "admissions" / "part-0.parquet"
    table = pq.read_table(part)
    table = table.append_column("cost_gbp", pa.array([5], pa.int32())).append_column("filename", pa.array(["x"]))
    pq.write_table(table, part)
    arrived = [datetime(2026, 9, 30, 10, 31)]  # noqa: DTZ001  (a file's own time, without a zone)
    later = table.set_column(table.column_names.index("admitted_on"), "admitted_on", pa.array(arrived))
    later = later.set_column(later.column_names.index("spell_id"), "spell_id", pa.array(["S9"]).dictionary_encode())
    later = later.drop_columns(["discharged_on"]).append_column("treatment_function", pa.nulls(1))
    pq.write_table(later, folder / "admissions" / "part-2.parquet")
    report = check(seal(folder))
    assert report.usable, report.refusals
    assert report.table("admissions").rows == 3
    assert report.table("admissions").completeness["cost_gbp"] == 2 / 3
    assert report.table("admissions").months[date(2026, 9, 1)] == 3
