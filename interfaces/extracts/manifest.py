"""The pack's own account of itself: `manifest.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from interfaces.exceptions import PackError

FILE_NAME = "manifest.json"
_TODO = "Ask the supplier of the pack for a complete manifest.json."


@dataclass(frozen=True)
class Origin:
    """Where a table came from and what allows its use; the manifest carries one for each table.

    `mapping` names the mapping file that leads to the contract's columns and `file` the file inside
    the pack, where it is not called after the table.
    """

    source_system: str = ""
    controller: str = ""
    purpose: str = ""
    lawful_basis: str = ""
    lawful_basis_expires: date | None = None
    mapping: str | None = None
    file: str | None = None


@dataclass(frozen=True)
class ManifestTable:
    """What the manifest says of one table; `rows` and `sha256` are None where it does not say."""

    rows: int | None = None
    sha256: str | None = None
    origin: Origin = Origin()


@dataclass(frozen=True)
class Manifest:
    """The pack's name, place and date, whether its people are made up, and its tables."""

    pack_id: str
    place: str
    synthetic: bool
    extracted_on: date
    tables: Mapping[str, ManifestTable] = field(default_factory=dict)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the pack in that folder; PackError where it is missing or malformed."""
    if not folder.is_dir():
        raise PackError("a pack folder", f"no folder called {folder.name}", "Give the folder that holds manifest.json.")
    try:
        text = (folder / FILE_NAME).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PackError(f"{FILE_NAME} in the pack folder", "none", _TODO) from None
    except (OSError, UnicodeDecodeError):
        raise PackError(f"{FILE_NAME} to be UTF-8 text", "a file that cannot be read so", _TODO) from None
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise PackError(f"{FILE_NAME} to be JSON", f"a fault in its line {error.lineno}", _TODO) from None
    return _manifest(content)


def _manifest(content: Any) -> Manifest:
    head = _typed(content, dict, "the manifest to be one JSON object")
    return Manifest(
        pack_id=_text(head, "pack_id"),
        place=_text(head, "place"),
        synthetic=_typed(head.get("synthetic"), bool, "synthetic to be true or false"),
        extracted_on=_date(head.get("extracted_on"), "extracted_on"),
        tables={
            str(name): _table(str(name), entry)
            for name, entry in _typed(head.get("tables"), dict, "tables to be an object by table name").items()
        },
    )


def _table(name: str, entry: Any) -> ManifestTable:
    fields = _typed(entry, dict, f"tables.{name} to be an object")
    rows, sha256 = fields.get("rows"), fields.get("sha256")
    if rows is not None and (isinstance(rows, bool) or not isinstance(rows, int) or rows < 0):
        raise PackError(f"tables.{name}.rows to be a whole number", "something else", _TODO)
    if sha256 is not None and not (isinstance(sha256, str) and len(sha256) == 64):
        raise PackError(f"tables.{name}.sha256 to be 64 hexadecimal digits", "something else", _TODO)
    return ManifestTable(rows, sha256.lower() if sha256 else None, _origin(name, fields))


def _origin(name: str, fields: Mapping[str, Any]) -> Origin:
    def said(key: str) -> str:
        value = fields.get(key) or ""
        return str(_typed(value, str, f"tables.{name}.{key} to be text"))

    expires = fields.get("lawful_basis_expires")
    return Origin(
        said("source_system"),
        said("controller"),
        said("purpose"),
        said("lawful_basis"),
        _date(expires, f"tables.{name}.lawful_basis_expires") if expires else None,
        said("mapping") or None,
        said("file") or None,
    )


def _typed(value: Any, kind: type, expected: str) -> Any:
    if not isinstance(value, kind):
        raise PackError(expected, "nothing" if value is None else "something else", _TODO)
    return value


def _text(head: Mapping[str, Any], name: str) -> str:
    value = head.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PackError(
            f"{name} to be a text that is not empty", "nothing" if value is None else "something else", _TODO
        )
    return value


def _date(value: Any, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PackError(f"{name} to be a date as 2026-10-01", "something else", _TODO) from None
