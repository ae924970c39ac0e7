"""One practice's ranked list on paper: the same rows as CSV and as a spreadsheet, with what they are said on top.

A cell that a spreadsheet would take for a formula is disarmed: an apostrophe before it in CSV, and text
that is never read as a formula or a link in XLSX. The same list always gives the same bytes.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from stratify.reasons.phrases import day_in_words

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell for a formula."""

DEMONSTRATION = "For demonstration, not for care: scored by a model fitted on made-up people."

# A spreadsheet keeps the moment it was made; a fixed one, so that the same list is the same file.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (the file format has no zone)

Cell = str | int | float


@dataclass(frozen=True)
class Column:
    """A column of the list: its title, its width in a spreadsheet (characters) and its cells, one per person."""

    title: str
    width: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class ListHeading:
    """What a reader must know before the first row."""

    practice_code: str
    practice_name: str
    index_date: date
    extracted_on: date
    score: str
    model_version: str
    people: int
    demonstration: bool
    purpose: str | None

    def lines(self) -> tuple[str, ...]:
        """The heading, one plain sentence a line."""
        said = (
            f"People at risk of an emergency admission in the next 12 months: {self.practice_name} ({self.practice_code})",
            DEMONSTRATION if self.demonstration else "",
            f"Risk as at {day_in_words(self.index_date)}, from records extracted on {day_in_words(self.extracted_on)}.",
            "Order: highest risk first. Equal scores in order of pseudonym.",
            f"Filter: everyone of this practice in the very high, high or moderate tier ({self.people:,} people).",
            f"Score: {self.score}, version {self.model_version}.",
            f"NHS numbers shown for this purpose: {self.purpose}" if self.purpose else "",
            "A score supports a professional's judgement and does not replace it.",
        )
        return tuple(line for line in said if line)


def write_csv(path: Path, heading: ListHeading, columns: Sequence[Column]) -> None:
    """The list as CSV: the heading's lines, an empty line, titles, rows. UTF-8 with a byte order mark for Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([disarmed(line)] for line in heading.lines())
        writer.writerow([])
        writer.writerow([column.title for column in columns])
        writer.writerows(zip(*(_disarmed_cells(column.cells) for column in columns), strict=True))


def write_xlsx(path: Path, heading: ListHeading | None, columns: Sequence[Column], scratch: Path) -> None:
    """The same as a spreadsheet with frozen titles and filters; without a heading the titles are the first row."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(scratch),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": heading.lines()[0] if heading else "Identified list", "created": _MADE})
        sheet = book.add_worksheet(heading.practice_code if heading else "list")
        _set_up_page(sheet, columns)
        top = _write_heading(sheet, heading, book.add_format({"bold": True}))
        _write_rows(
            sheet, columns, top, book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        )


def disarmed(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> disarmed("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _disarmed_cells(cells: Sequence[Cell]) -> list[Cell]:
    return [disarmed(cell) if isinstance(cell, str) else cell for cell in cells]


def _set_up_page(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)


def _write_heading(sheet: Any, heading: ListHeading | None, bold: Any) -> int:
    """Writes the heading and returns the row the titles go in."""
    if heading is None:
        return 0
    lines = heading.lines()
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    return len(lines) + 1


def _write_rows(sheet: Any, columns: Sequence[Column], top: int, title: Any) -> None:
    for number, column in enumerate(columns):
        sheet.write_string(top, number, column.title, title)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)
    people = len(columns[0].cells)
    sheet.autofilter(top, 0, top + max(people, 1), len(columns) - 1)
    for row, cells in enumerate(zip(*(column.cells for column in columns), strict=True), top + 1):
        for number, cell in enumerate(cells):
            if not isinstance(cell, str):
                sheet.write_number(row, number, cell)
            elif cell:  # an empty cell needs no element of its own
                sheet.write_string(row, number, cell)
