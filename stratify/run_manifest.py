"""A run's own account of itself: what went in, what it was made with, what came out, all by hash; no time of day."""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from stratify.exceptions import InputRefused
from stratify.settings import REPOSITORY

FORMAT = 1
FILE_NAME = "manifest.json"
UNLISTED = (FILE_NAME, "timings.json")
"""Files of a run the manifest cannot vouch for: itself, and the one file that differs between reruns."""

_BLOCK = 1 << 20
_OF_CASELOAD = frozenset({"caseload.toml", "lead_rules.toml", "questionnaires.toml", "mdt.toml"})
_LIBRARIES = ("duckdb", "lightgbm", "numpy", "pyarrow", "xlsxwriter")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_sha256(folder: Path) -> str:
    """One SHA-256 over the files below a folder, by name and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = "".join(f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def config_hashes(config: Path) -> dict[str, str]:
    """SHA-256 of every configuration file by its name below the folder, code lists included.

    The case app's own settings are not among them: a run does not change with how many rows a page has.
    """
    files = (path for path in config.rglob("*") if path.suffix in (".toml", ".csv") and path.name not in _OF_CASELOAD)
    return {path.relative_to(config).as_posix(): sha256_of(path) for path in sorted(files)}


@cache
def code_identity() -> dict[str, Any]:
    """Version of the program, one hash over its source files, and the libraries its bytes depend on."""
    folder = Path(__file__).resolve().parent
    files = sorted(path for package in (folder, REPOSITORY / "interfaces") for path in package.rglob("*.py"))
    lines = "".join(f"{sha256_of(path)}  {path.relative_to(REPOSITORY).as_posix()}\n" for path in files)
    return {
        "version": _version("caretier"),
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }


def run_id(content: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that follow from everything the run was made of."""
    return hashlib.sha256(_text(content).encode()).hexdigest()[:16]


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Writes manifest.json with the size and hash of every other output; the folder must be otherwise complete."""
    outputs = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in UNLISTED
    }
    write_json(folder / FILE_NAME, {**content, "format": FORMAT, "outputs": outputs})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes JSON for people and programs: indented, keys in order, one line feed at the end."""
    path.write_text(_text(content), encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run; InputRefused where the folder holds none of this format."""
    try:
        content = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT or "index_date" not in content:
        raise InputRefused(
            f"{folder.name} to be the folder of a finished run",
            f"no {FILE_NAME} of a run there" if content is None else f"a {FILE_NAME} of another kind",
            "Name a folder that `stratify run --out` wrote.",
        )
    return content


def check_output(folder: Path, manifest: Mapping[str, Any], name: str) -> Path:
    """The path of one output; InputRefused where it is missing or is not what the manifest vouches for."""
    path = folder / name
    entry = manifest.get("outputs", {}).get(name)
    if entry is None or not path.is_file() or sha256_of(path) != entry.get("sha256"):
        raise InputRefused(
            f"{name} in {folder.name} as the run wrote it",
            "none" if not path.is_file() else "other contents",
            "Copy the whole run folder again, or run that month again.",
        )
    return path


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
