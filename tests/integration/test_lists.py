"""A practice's list on paper: formula-safe, its freshness and order stated, the same bytes every time."""

import csv
from datetime import date

import openpyxl
import pytest

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
    write_xlsx(tmp_path / "list.xlsx", heading(), columns(), tmp_path)
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
    write_xlsx(tmp_path / "list.xlsx", None, columns(), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["Rank", "Reasons", "Probability (%)"]


def test_the_same_list_is_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_csv(tmp_path / f"{name}.csv", heading(), columns())
        write_xlsx(tmp_path / f"{name}.xlsx", heading(), columns(), tmp_path)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_heading_states_the_purpose_of_identified_lists():
    assert "NHS numbers shown for this purpose: care planning" in heading(purpose="care planning").lines()
    assert DEMONSTRATION not in heading(demonstration=False).lines()
