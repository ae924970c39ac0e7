"""A copy of the configuration a test may spoil."""

import csv
import hashlib
import io
import re
import shutil
from pathlib import Path

from stratify.settings import default_config


class CopiedConfig:
    """The code lists and features.toml of the installed configuration, below a folder of the test's own."""

    def __init__(self, parent: Path) -> None:
        self.folder = parent / "config"
        shutil.copytree(default_config() / "codelists", self.folder / "codelists")
        shutil.copy(default_config() / "features.toml", self.folder)

    def path(self, name: str) -> Path:
        return self.folder / "codelists" / f"{name}.csv"

    def drop_last_code(self, name: str) -> None:
        """Leave the last code out, as a reviewer would: the index says so too."""
        lines = self.path(name).read_text(encoding="utf-8").splitlines(keepends=True)
        self.review(name, "".join(lines[:-1]))

    def review(self, name: str, content: str) -> None:
        """Replace a list and bring the index up to date with it."""
        self.path(name).write_text(content, encoding="utf-8")
        rows = len(list(csv.DictReader(io.StringIO(content))))
        digest = hashlib.sha256(content.encode()).hexdigest()
        index = self.folder / "codelists" / "index.toml"
        entry = re.compile(rf'(name = "{name}"\n.*?count = )\d+(\nsha256 = ")\w+', re.DOTALL)
        text, found = entry.subn(rf"\g<1>{rows}\g<2>{digest}", index.read_text(encoding="utf-8"), count=1)
        assert found == 1
        index.write_text(text, encoding="utf-8")
