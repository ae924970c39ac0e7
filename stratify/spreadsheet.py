"""Many rows put into a spreadsheet at a tenth of the usual cost.

XlsxWriter makes the workbook: page, widths, styles, heading, titles, and one model row with a style per column. The
rows themselves are written here, as text and numbers only, in place of the model row. A test reads the result back
and compares it with what XlsxWriter alone would have written.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

Cell = str | int | float

_SHEET = "xl/worksheets/sheet1.xml"
# The format keeps no earlier date; every part gets it, so that the same sheet is the same file.
_MADE = (1980, 1, 1, 0, 0, 0)
_STYLE = re.compile(r'<c r="[A-Z]+\d+" s="(\d+)"/>')
_DIMENSION = re.compile(r'<dimension ref="[^"]+"/>')
# What a cell cannot hold as it is: XML's own signs, control characters, and what reads like the escape of one.
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def put_rows(skeleton: io.BytesIO, path: Path, model_row: int, columns: Sequence[Sequence[Cell]]) -> None:
    """Writes the workbook in `skeleton` to `path` with the rows of `columns` in place of its model row.

    `model_row` counts from 0 and holds a styled empty cell in every column; it must be the last row of the sheet.
    """
    with zipfile.ZipFile(skeleton) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
        for name in made.namelist():
            content = made.read(name)
            if name == _SHEET:
                content = _with_rows(content.decode("utf-8"), model_row, columns).encode("utf-8")
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content, compresslevel=4)


def _with_rows(sheet: str, model_row: int, columns: Sequence[Sequence[Cell]]) -> str:
    begin = sheet.index(f'<row r="{model_row + 1}"')
    end = sheet.index("</row>", begin) + len("</row>")
    styles = _STYLE.findall(sheet, begin, end)
    assert len(styles) == len(columns), "the model row lacks a style"
    rows = _rows(model_row, columns, styles)
    last = f"{xl_col_to_name(len(columns) - 1)}{model_row + max(len(columns[0]), 1)}"
    head = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', sheet[:begin])
    return f"{head}{rows}{sheet[end:]}"


def _rows(first: int, columns: Sequence[Sequence[Cell]], styles: Sequence[str]) -> str:
    cells = [
        _cells(xl_col_to_name(number), column, style, first)
        for number, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]
    return "".join(
        f'<row r="{number}">{"".join(row)}</row>' for number, row in enumerate(zip(*cells, strict=True), first + 1)
    )


def _cells(letter: str, column: Sequence[Cell], style: str, first: int) -> list[str]:
    """The cells of a column as XML; nothing for an empty one."""
    cells = []
    for number, cell in enumerate(column, first + 1):
        if not isinstance(cell, str):
            cells.append(f'<c r="{letter}{number}" s="{style}"><v>{cell}</v></c>')
        elif cell:
            text = _SPECIAL.sub(_escaped, cell)
            cells.append(
                f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
            )
        else:
            cells.append("")
    return cells


def _escaped(match: re.Match[str]) -> str:
    return _NAMES.get(match[0]) or f"_x{ord(match[0]):04X}_"
