"""A practice's list on paper: formula-safe, its freshness and order stated, the same bytes every time."""

import csv
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from stratify.lists import DEMONSTRATION, Column, ListHeading, disarmed, write_csv, write_xlsx

NASTY = ["=1+1", "+44 20", "-3", "@SUM(A1)", "\tx", "\r\n=x", "http://example.org", "3 falls; 2 fractures", ""]


def heading(**changes):
    values = {
        "practice_code": "F84001",
        "practice_name": "=Practice",
        "index_date": date(2026, 10, 1),
        "extracted_on": date(2026, 9, 28),
        "score": "fitted model",
        "model_version": "1",
        "whom": "in the high tier",
        "people": len(NASTY),
        "demonstration": True,
        "purpose": None,
    }
    return ListHeading(**(values | changes))


def columns():
    return [
        Column("Rank", 6, list(range(1, 10))),
        Column("Reasons", 80, NASTY),
        Column("Probability (%)", 8, [12.5] * 9),
    ]


@pytest.mark.parametrize("text", NASTY[:6])
def test_disarmed_text_never_starts_as_a_formula(text):
    assert disarmed(text) == f"'{text}"


def test_disarmed_leaves_plain_text_alone():
    assert disarmed("3 falls - in all") == "3 falls - in all"


def test_csv_states_freshness_and_order_and_disarms_every_cell(tmp_path):
    write_csv(tmp_path / "list.csv", heading(), columns())
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    top = "\n".join(row[0] for row in rows[:7] if row)
    assert "Risk as at 1 October 2026, from records extracted on 28 September 2026." in top
    assert "Order: highest risk first." in top
    assert DEMONSTRATION in top
    assert "NHS numbers" not in top
    titles = rows.index(["Rank", "Reasons", "Probability (%)"])
    assert [row[1] for row in rows[titles + 1 :]] == [f"'{text}" for text in NASTY[:6]] + NASTY[6:]
    assert [row[0] for row in rows[titles + 1 :]] == [str(n) for n in range(1, 10)]


def test_xlsx_holds_text_and_numbers_and_neither_formula_nor_link(tmp_path):
    write_xlsx(tmp_path / "list.xlsx", heading(), columns())
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    cells = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {cell.data_type for cell in cells.values()} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells.values())
    texts = [cell.value for cell in cells.values()]
    assert [text for text in NASTY[:5] if text not in texts] == []
    assert any("extracted on 28 September 2026" in str(text) for text in texts)
    assert DEMONSTRATION in texts
    assert sheet.freeze_panes is not None
    assert sheet.auto_filter.ref is not None


def test_xlsx_without_heading_has_its_titles_first(tmp_path):
    write_xlsx(tmp_path / "list.xlsx", None, columns())
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["Rank", "Reasons", "Probability (%)"]


def test_the_same_list_is_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_csv(tmp_path / f"{name}.csv", heading(), columns())
        write_xlsx(tmp_path / f"{name}.xlsx", heading(), columns())
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_heading_states_the_purpose_of_identified_lists():
    assert "NHS numbers shown for this purpose: care planning" in heading(purpose="care planning").lines()
    assert DEMONSTRATION not in heading(demonstration=False).lines()


def test_rows_read_back_as_xlsxwriter_alone_would_have_written_them(tmp_path):
    texts = [
        "plain",
        "a & b <c>",
        "tab\there",
        "bell\x07",
        " spaces ",
        "=1+1",
        "é ½ µ",
        "line\nfeed",
    ]
    written = [
        Column("Text", 20, texts),
        Column("Number", 8, [0, -1, 2.5, 1e-7, 99.99, 100, 3, 4]),
        Column("Empty", 8, [""] * 8),
    ]
    write_xlsx(tmp_path / "ours.xlsx", None, written)
    with xlsxwriter.Workbook(tmp_path / "theirs.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, column in enumerate(written):
            sheet.write_string(0, number, column.title)
            for row, cell in enumerate(column.cells, 1):
                _ = (
                    sheet.write_string(row, number, cell)
                    if isinstance(cell, str)
                    else sheet.write_number(row, number, cell)
                )
    ours, theirs = (openpyxl.load_workbook(tmp_path / f"{name}.xlsx").active for name in ("ours", "theirs"))
    assert [[cell.value for cell in row] for row in ours.iter_rows()] == [
        [None if cell.value == "" else cell.value for cell in row] for row in theirs.iter_rows(max_col=3)
    ]
    assert ours.dimensions == "A1:C9"


def test_a_list_of_nobody_is_still_a_list(tmp_path):
    nobody = [Column("Rank", 6, []), Column("Reasons", 80, [])]
    write_xlsx(tmp_path / "list.xlsx", heading(people=0), nobody)
    write_csv(tmp_path / "list.csv", heading(people=0), nobody)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [cell.value for cell in sheet[sheet.max_row]] == ["Rank", "Reasons"]


def test_text_that_reads_like_an_escape_stays_what_it_is(tmp_path):
    write_xlsx(tmp_path / "list.xlsx", None, [Column("Text", 20, ["see _x0041_"])])
    with zipfile.ZipFile(tmp_path / "list.xlsx") as book:
        # ECMA-376, ST_Xstring: _x005F_ is the underscore of a text that would otherwise read as an escape.
        assert "see _x005F_x0041_" in book.read("xl/worksheets/sheet1.xml").decode()
