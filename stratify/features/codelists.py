"""The clinical code lists of the configuration, read and checked: the only door to config/codelists.

A list is used only as it was reviewed: its file must have the count and the SHA-256 that index.toml says,
its SNOMED CT codes their check digits, its other codes the shape of their system.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from interfaces.codes.snomed import snomed_cause
from stratify.exceptions import ConfigRefused
from stratify.settings import read_toml

FOLDER = "codelists"
INDEX = "index.toml"

# ICD-10 lists hold prefixes of at least a category; BNF lists hold prefixes of at least a section.
_SHAPES = {"ICD-10": re.compile(r"[A-Z][0-9][0-9A-Z]{1,2}"), "BNF": re.compile(r"[0-9]{4,7}")}
SYSTEMS = ("SNOMED CT", *_SHAPES)


@dataclass(frozen=True)
class CodeList:
    """One reviewed list: where it is from, the hash of its file and its rows (column -> text), in file order."""

    name: str
    system: str
    source: str
    date: str
    sha256: str
    note: str
    removed: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(row["code"] for row in self.rows)


@cache
def load_codelists(config: Path) -> Mapping[str, CodeList]:
    """Every list of a configuration folder by name, in the order of the index.

    Raises ConfigRefused naming the list whose file is missing, changed since it was reviewed, or holds a
    code its system does not know.
    """
    folder = config / FOLDER
    entries = read_toml(folder / INDEX).get("codelist", [])
    lists = {str(entry["name"]): _load(folder, entry) for entry in entries}
    strangers = sorted(path.stem for path in folder.glob("*.csv") if path.stem not in lists)
    if strangers:
        raise _refused(strangers[0], "an entry in the index for every file", "a file without one")
    return lists


def load_codelist(config: Path, name: str) -> CodeList:
    """One list by name; ConfigRefused where the folder has none of that name."""
    lists = load_codelists(config)
    if name not in lists:
        raise _refused(name, "a list of that name in the index", "none")
    return lists[name]


def _load(folder: Path, entry: Mapping[str, Any]) -> CodeList:
    name = str(entry["name"])
    content = _bytes(folder / f"{name}.csv", name)
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry["sha256"]:
        raise _refused(name, "the file that was reviewed, with the hash of the index", "another hash")
    rows = tuple(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    if len(rows) != entry["count"]:
        raise _refused(name, f"{entry['count']} codes as in the index", f"{len(rows)}")
    found = CodeList(
        name, str(entry["system"]), entry["source"], entry["date"], digest, entry["note"],
        tuple(entry.get("removed", ())), rows,
    )  # fmt: skip
    _check_codes(found)
    return found


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _refused(name, "a file for every list of the index", "none for this one") from None


def _check_codes(found: CodeList) -> None:
    if found.system not in SYSTEMS:
        raise _refused(found.name, f"a code system out of {', '.join(SYSTEMS)}", found.system)
    if len(set(found.codes)) != len(found.codes):
        raise _refused(found.name, "each code once", "a code twice")
    wrong = next((code for code in found.codes if not _is_code(found.system, code)), None)
    if wrong is not None:
        raise _refused(found.name, f"{found.system} codes only", f"{wrong!r}")


def _is_code(system: str, code: str) -> bool:
    if system == "SNOMED CT":
        return snomed_cause(code) is None
    return _SHAPES[system].fullmatch(code) is not None


def _refused(name: str, expected: str, found: str) -> ConfigRefused:
    return ConfigRefused(
        f"{expected}, for the code list {name}",
        found,
        "Restore the list from the installed configuration, or review it and bring index.toml up to date.",
    )
