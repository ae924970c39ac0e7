"""What `--json FILE` writes, the same way for every command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stratify.exceptions import OutputRefused


def write_json_option(path: Path | None, content: Mapping[str, Any]) -> None:
    """Write the result where a file was named: indented, keys in order. Raises OutputRefused where it cannot be."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputRefused(
            f"{path.name} to be writable", error.strerror or "an error of the disk", "Name another file with --json."
        ) from None
