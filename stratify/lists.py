"""One practice's ranked list on paper: the same rows as CSV and as a spreadsheet, with what they are said on top.

A cell that a spreadsheet would take for a formula is disarmed: an apostrophe before it in CSV, and text
that is never read as a formula or a link in XLSX. The same list always gives the same bytes.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from stratify.reasons.phrases import day_in_words
from stratify.spreadsheet import Cell, put_rows

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell for a formula."""

DEMONSTRATION = "For demonstration, not for care: scored by a model fitted on made-up people."

# A spreadsheet keeps the moment it was made; a fixed one, so that the same list is the same file.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (the file format has no zone)


@dataclass(frozen=True)
class Column:
    """A column of the list: its title, its width in a spreadsheet (characters) and its cells, one per person."""

    title: str
    width: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class ListHeading:
    """What a reader must know before the first row; `whom` completes "Filter: everyone of this practice …"."""

    practice_code: str
    practice_name: str
    index_date: date
    extracted_on: date
    score: str
    model_version: str
    whom: str
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
            f"Filter: everyone of this practice {self.whom} ({self.people:,} {'person' if self.people == 1 else 'people'}).",
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


def write_xlsx(path: Path, heading: ListHeading | None, columns: Sequence[Column]) -> None:
    """The same as a spreadsheet with frozen titles and filters; without a heading the titles are the first row.

    Every cell is text or a number, so that nothing in it can be a formula or a link.
    """
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    skeleton = io.BytesIO()
    with xlsxwriter.Workbook(skeleton, options) as book:
        book.set_properties({"title": heading.lines()[0] if heading else "Identified list", "created": _MADE})
        sheet = book.add_worksheet(heading.practice_code if heading else "list")
        top = _write_heading(sheet, heading, book.add_format({"bold": True}))
        _write_titles(book, sheet, columns, top)
    put_rows(skeleton, path, top + 1, [column.cells for column in columns])


def disarmed(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> disarmed("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _disarmed_cells(cells: Sequence[Cell]) -> list[Cell]:
    return [disarmed(cell) if isinstance(cell, str) else cell for cell in cells]


def _write_heading(sheet: Any, heading: ListHeading | None, bold: Any) -> int:
    """Writes the heading and returns the row the titles go in."""
    if heading is None:
        return 0
    lines = heading.lines()
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    return len(lines) + 1


def _write_titles(book: Any, sheet: Any, columns: Sequence[Column], top: int) -> None:
    """Titles, page and widths, and under the titles the model row the people's rows take the place of."""
    title = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(top, number, column.title, title)
        sheet.write_blank(top + 1, number, None, wrapped)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, top + max(len(columns[0].cells), 1), len(columns) - 1)
