"""A table as the templates draw it: caption, headings, rows of ready-made text."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A heading and whether what stands below it are figures (set to the right)."""

    heading: str
    figures: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first cell of a row is its heading. `total` sets the last row apart."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.key}: a row has another number of cells than there are headings")


def table(key: str, caption: str, headings: str, rows: Sequence[Sequence[str]], **more: object) -> Table:
    """A table from headings separated by '|'; the first column is text, those that end in '~' are too."""
    names = [heading.strip() for heading in headings.split("|")]
    columns = tuple(
        Column(name.rstrip("~").strip(), figures=place > 0 and not name.endswith("~"))
        for place, name in enumerate(names)
    )
    return Table(
        key, caption, columns, tuple(tuple(row) for row in rows), bool(more.get("total")), str(more.get("note", ""))
    )
