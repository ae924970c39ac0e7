"""Mapping files: from a source system's own column names to the contract's, by name and never by position."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interfaces.exceptions import PackError
from interfaces.extracts.casts import literal
from interfaces.extracts.contract import TABLES, TableSpec
from interfaces.extracts.transforms import CELL_TRANSFORMS, ROW_TRANSFORMS

_TODO = "Correct the mapping file."
COLUMN_KEYS = {"from", "transform", "values", "contains", "other", "constant", "default"}
"""What a mapping file may say of a column."""


@dataclass(frozen=True)
class ColumnMap:
    """How one column of the contract is made from a source's cells.

    The first cell that is filled (and, with `values` or `contains`, that one of them knows) is taken, after
    its `transform`; a transform of the whole row takes all cells together. `values` are whole texts and `contains`
    parts of texts, both compared without regard to case, the first that fits wins. What none of them knows
    becomes `other`, or stays as it is where there is no `other`. An empty result becomes `default`.
    `constant` stands alone.
    """

    sources: tuple[str, ...] = ()
    transform: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    contains: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None
    default: str | None = None
    constant: str | None = None

    def sql(self, cells: tuple[str, ...]) -> str:
        """The mapped value as an SQL text expression over the cells (NULL where empty)."""
        if self.constant is not None:
            return literal(self.constant)
        if self.transform in ROW_TRANSFORMS:
            cells = (ROW_TRANSFORMS[self.transform](*cells),)
        elif self.transform:
            cells = (CELL_TRANSFORMS[self.transform](_first(cells)),)
        value = self._known(cells) if self.values or self.contains else _first(cells)
        return value if self.default is None else f"coalesce({value}, {literal(self.default)})"

    def _known(self, cells: tuple[str, ...]) -> str:
        """The meaning of the first cell that is known; a CASE per cell, because a meaning may be "empty"."""
        cases = [f"WHEN {test} THEN {_text(meant)}" for cell in cells for test, meant in self._tests(cell)]
        unknown = _first(cells)
        if self.other is not None:
            unknown = f"CASE WHEN {unknown} IS NOT NULL THEN {_text(self.other)} END"
        return f"CASE {' '.join(cases)} ELSE {unknown} END"

    def _tests(self, cell: str) -> list[tuple[str, str]]:
        whole = [(f"lower({cell}) = {literal(said.lower())}", meant) for said, meant in self.values.items()]
        parts = [(f"contains(lower({cell}), {literal(said.lower())})", meant) for said, meant in self.contains.items()]
        return whole + parts


@dataclass(frozen=True)
class TableMap:
    """How one table of the contract is read from one file of a source.

    `files` are the names (without suffix) the file is known by. A row belongs to the table only where all
    source columns of `only_filled` are filled. `one_per` (columns of the contract) keeps one row for each
    combination, the latest by the dates in the source columns `latest_by`. `gap_months` replaces the
    feed's own where the source reports less often.
    """

    table: str
    files: tuple[str, ...]
    columns: Mapping[str, ColumnMap]
    only_filled: tuple[str, ...] = ()
    one_per: tuple[str, ...] = ()
    latest_by: tuple[str, ...] = ()
    gap_months: int | None = None


@dataclass(frozen=True)
class FeedMapping:
    """One mapping file: its name, where its column names come from, and its tables."""

    name: str
    source: str
    tables: Mapping[str, TableMap]


def default_folder() -> Path:
    """The mapping files that came with the program: beside it in a checkout, inside `stratify` when installed."""
    root = Path(__file__).resolve().parent.parent.parent
    beside = root / "config" / "feeds"
    return beside if beside.is_dir() else root / "stratify" / "config" / "feeds"


def read_mapping(name: str, *folders: Path) -> FeedMapping:
    """The mapping of that name, of the first folder that has it; PackError where none has or it names something unknown."""
    files = [folder / f"{name}.toml" for folder in folders]
    path = next((file for file in files if Path(name).name == name and file.is_file()), None)
    if path is None:
        known = sorted({found.stem for folder in folders for found in folder.glob("*.toml")})
        raise PackError(
            f"a mapping file {Path(name).name}.toml",
            f"only {', '.join(known) or 'none at all'}",
            "Name one of these, or put your own in the folder feeds of the configuration.",
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{path.name} to be valid TOML", str(error), _TODO) from None
    return _feed(name, content)


def read_mappings(folder: Path) -> tuple[FeedMapping, ...]:
    """Every mapping in the folder, by name."""
    if not folder.is_dir():
        raise PackError(
            "a folder of mapping files", f"no folder called {folder.name}", "Give config/feeds or your own."
        )
    return tuple(read_mapping(path.stem, folder) for path in sorted(folder.glob("*.toml")))


def _feed(name: str, content: dict[str, Any]) -> FeedMapping:
    tables = {table: _table(name, table, entry) for table, entry in content.get("tables", {}).items()}
    if not tables or not content.get("source"):
        raise PackError(f"{name}.toml to name its source and its tables", "one of them missing", _TODO)
    return FeedMapping(name, content["source"], tables)


def _table(mapping: str, table: str, entry: dict[str, Any]) -> TableMap:
    if table not in TABLES:
        raise PackError(f"the tables of {mapping}.toml to be tables of the contract", table, _TODO)
    columns = {
        column: _column(f"{mapping}.toml, {table}.{column}", TABLES[table], column, told)
        for column, told in entry.get("columns", {}).items()
    }
    one_per = tuple(str(column) for column in entry.get("one_per", ()))
    if set(one_per) - set(columns):
        raise PackError(f"{mapping}.toml, {table}.one_per to name columns it maps", "another name", _TODO)
    return TableMap(
        table,
        tuple(str(stem) for stem in entry.get("files", ())),
        columns,
        _lowered(entry.get("only_filled", ())),
        one_per,
        _lowered(entry.get("latest_by", ())),
        entry.get("gap_months"),
    )


def _column(where: str, spec: TableSpec, column: str, told: Any) -> ColumnMap:
    if column not in spec.column_names:
        raise PackError("a column of the contract", where, _TODO)
    if isinstance(told, str):
        return ColumnMap((told.lower(),))
    if not isinstance(told, dict) or set(told) - COLUMN_KEYS or ("from" in told) == ("constant" in told):
        raise PackError(f"{where} to say `from` or `constant`, and nothing unknown", "something else", _TODO)
    transform = told.get("transform")
    known = {**CELL_TRANSFORMS, **ROW_TRANSFORMS}
    if transform is not None and transform not in known:
        raise PackError(f"{where} to use one of {', '.join(known)}", str(transform), _TODO)
    sources = told.get("from", ())
    return ColumnMap(
        _lowered([sources] if isinstance(sources, str) else sources),
        transform,
        _texts(told.get("values", {})),
        _texts(told.get("contains", {})),
        told.get("other"),
        told.get("default"),
        told.get("constant"),
    )


def _texts(told: dict[Any, Any]) -> dict[str, str]:
    return {str(said): str(meant) for said, meant in told.items()}


def _lowered(names: Any) -> tuple[str, ...]:
    return tuple(str(name).lower() for name in names)


def _text(value: str) -> str:
    return literal(value) if value else "CAST(NULL AS VARCHAR)"


def _first(cells: tuple[str, ...]) -> str:
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"
