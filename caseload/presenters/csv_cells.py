"""Cells of a CSV file that no spreadsheet takes for formulas."""

from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cells(cells: Iterable[str]) -> list[str]:
    """No cell begins as a formula would (OWASP, CSV injection): a spreadsheet reads it as text."""
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
