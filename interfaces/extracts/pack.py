"""A pack as it lies in its folder: what its manifest says and which of its tables can be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from interfaces.extracts.contract import TABLES
from interfaces.extracts.engine import connect
from interfaces.extracts.layout import TableFiles, candidates, files_at
from interfaces.extracts.manifest import FILE_NAME, Manifest, Origin, read_manifest
from interfaces.extracts.mapping import FeedMapping, TableMap, default_folder, read_mapping, read_mappings
from interfaces.extracts.opening import open_table
from interfaces.extracts.refusal import Notice, Refusal
from interfaces.extracts.source import TableSource

_HEADING = re.compile(r"[A-Za-z][A-Za-z_ ]{0,40}[0-9]{0,3}")


@dataclass(frozen=True)
class Pack:
    """A pack that was opened, not yet checked.

    `tables` holds the tables that can be read, by name, in the order of the contract; `faults` says
    what is wrong with those that cannot, and `notices` what was ignored. Work with a pack only after
    `check_pack` found it usable.
    """

    folder: Path
    manifest: Manifest
    tables: Mapping[str, TableSource]
    faults: tuple[Refusal, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class _Found:
    """The files of one table and the mapping that reads them."""

    files: TableFiles
    mapping: str | None = None
    table_map: TableMap | None = None


@dataclass(frozen=True)
class _Search:
    """Where tables are looked for: the folder, the mappings a manifest may name, and those that were offered."""

    folder: Path
    manifest: Manifest
    feeds: tuple[Path, ...]
    offered: tuple[FeedMapping, ...]


def open_pack(folder: Path, *, mapping: Path | None = None, configured: Path | None = None) -> Pack:
    """The pack in that folder, its files found and their columns named.

    The names the manifest gives are looked up in `mapping`, in `configured` and among the program's own mapping files,
    in this order; both are folders of mapping files, `configured` that of a place's own configuration. `mapping` is asked
    for any table that has no file of its own name as well.

    Raises PackError where the manifest or a mapping file is missing or malformed.
    """
    manifest = read_manifest(folder)
    tables: dict[str, TableSource] = {}
    problems: list[Refusal] = []
    notices: list[Notice] = []
    used: set[Path] = set()
    feeds = tuple(one for one in (mapping, configured, default_folder()) if one is not None)
    search = _Search(folder, manifest, feeds, read_mappings(mapping) if mapping else ())
    with connect(threads=1) as connection:
        for name in TABLES:
            found = _find(search, name)
            if isinstance(found, Refusal):
                problems.append(found)
            if not isinstance(found, _Found):
                continue
            used.update((found.files.paths[0], found.files.paths[0].parent))
            source = open_table(connection, TABLES[name], found.files, found.table_map, found.mapping)
            if isinstance(source, TableSource):
                tables[name] = source
                notices.extend(_extra_notices(source))
            else:
                problems.extend(source)
    notices.extend(_unused(folder, manifest, used))
    return Pack(folder, manifest, tables, tuple(problems), tuple(notices))


def _find(search: _Search, table: str) -> _Found | Refusal | None:
    tables = search.manifest.tables
    told = tables[table].origin if table in tables else Origin()
    if told.mapping:
        return _find_mapped(search, table, told.mapping, told.file)
    found = _named(search.folder, told.file) if told.file else candidates(search.folder, table)
    if len(found) > 1:
        return Refusal(
            "ambiguous_table",
            "each table once",
            " and ".join(files.name for files in found),
            "Leave one of them in the pack.",
            table,
        )
    if found:
        return _Found(found[0])
    by_stem = _find_by_stem(search, table)
    return by_stem or (_missing(table) if TABLES[table].required or table in tables else None)


def _named(folder: Path, name: str) -> tuple[TableFiles, ...]:
    if Path(name).name != name:
        return ()
    files = files_at(folder / name)
    return (files,) if files else ()


def _find_mapped(search: _Search, table: str, mapping: str, file: str | None) -> _Found | Refusal:
    feed = read_mapping(mapping, *search.feeds)
    table_map = feed.tables.get(table)
    if table_map is None:
        return Refusal(
            "missing_mapping",
            f"the mapping {mapping} to lead to this table",
            f"only {', '.join(feed.tables)}",
            "Name another mapping for it in the manifest.",
            table,
        )
    stems = (table, *table_map.files)
    by_stem = (files for stem in stems for files in candidates(search.folder, stem))
    found = _named(search.folder, file) if file else tuple(by_stem)
    return _Found(found[0], mapping, table_map) if found else _missing(table)


def _find_by_stem(search: _Search, table: str) -> _Found | None:
    for feed in search.offered:
        table_map = feed.tables.get(table)
        for stem in table_map.files if table_map is not None else ():
            for files in candidates(search.folder, stem):
                return _Found(files, feed.name, table_map)
    return None


def _missing(table: str) -> Refusal:
    return Refusal(
        "missing_table",
        f"{table}.csv, {table}.parquet or a folder {table}/ of Parquet parts",
        "none of them",
        "Ask the supplier for the table, or correct the name of its file.",
        table,
    )


def _extra_notices(source: TableSource) -> list[Notice]:
    if not source.extras or source.mapping:  # a national extract always carries more than is used
        return []
    # Only what looks like a heading is repeated: a heading with a long number in it may be a person's.
    shown = [name for name in source.extras if _HEADING.fullmatch(name)]
    hidden = len(source.extras) - len(shown)
    listed = ", ".join([*shown, *([f"{hidden} more"] if hidden else [])])
    return [Notice(source.name, f"columns that are not in the contract were ignored: {listed}")]


def _unused(folder: Path, manifest: Manifest, used: set[Path]) -> list[Notice]:
    names = [
        path.name + ("/" if path.is_dir() else "")
        for path in sorted(folder.iterdir())
        if path not in used and path.name != FILE_NAME and not path.name.startswith(".")
    ]
    unknown = sorted(set(manifest.tables) - set(TABLES))
    notices = [Notice(None, f"not a table of the contract, ignored: {name}") for name in names]
    return notices + [
        Notice(None, f"the manifest names a table the contract does not know: {name}") for name in unknown
    ]
