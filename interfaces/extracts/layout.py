"""Where a table's rows lie inside a pack folder."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Storage(StrEnum):
    """The three ways a pack may hold a table."""

    CSV = "csv"
    PARQUET = "parquet"
    PARTS = "parts"


@dataclass(frozen=True)
class TableFiles:
    """The file, or the sorted parts, that hold one table."""

    storage: Storage
    paths: tuple[Path, ...]

    @property
    def name(self) -> str:
        """What a reader would look for in the pack folder."""
        return f"{self.paths[0].parent.name}/" if self.storage is Storage.PARTS else self.paths[0].name


def files_at(path: Path) -> TableFiles | None:
    """The table at this path, told by its suffix; None where there is nothing that could be one."""
    if path.is_dir():
        return TableFiles(Storage.PARTS, _parts(path)) if _parts(path) else None
    if not path.is_file() or path.suffix.lower() not in (".csv", ".parquet"):
        return None
    return TableFiles(Storage(path.suffix.lower()[1:]), (path,))


def _parts(folder: Path) -> tuple[Path, ...]:
    # Writers leave markers such as _SUCCESS and hidden checksums beside the parts.
    return tuple(sorted(path for path in folder.glob("*.parquet") if path.name[0] not in "._"))


def candidates(folder: Path, stem: str) -> tuple[TableFiles, ...]:
    """Every way in which the folder holds a table of that name, compared without regard to case."""
    if not folder.is_dir():
        return ()
    found = (
        files_at(path)
        for path in sorted(folder.iterdir())
        if (path.name if path.is_dir() else path.stem).lower() == stem.lower()
    )
    return tuple(files for files in found if files is not None)
