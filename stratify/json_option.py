"""What `--json FILE` writes, the same way for every command."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stratify.exceptions import OutputRefused


def refuse_unwritable(path: Path | None, option: str = "--json") -> None:
    """OutputRefused where a result could not be written there; asked before work that takes minutes, not after it."""
    if path is None:
        return
    if path.is_dir():
        problem = errno.EISDIR
    elif not path.parent.is_dir():
        problem = errno.ENOENT
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        problem = errno.EACCES
    else:
        return
    raise _unwritable(path, os.strerror(problem), option)


def write_json_option(path: Path | None, content: Mapping[str, Any]) -> None:
    """Write the result where a file was named: indented, keys in order. Raises OutputRefused where it cannot be."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror or "an error of the disk", "--json") from None


def _unwritable(path: Path, found: str, option: str) -> OutputRefused:
    return OutputRefused(f"{path.name} to be writable", found, f"Name another file with {option}.")
