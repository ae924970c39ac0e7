"""The repository's own files, as the tests over our code see them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("interfaces", "stratify", "caseload")


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file git tracks or would track, in order."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted({ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()}))


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Our Python files below these folders (all three packages where none is named)."""
    roots = tuple(ROOT / folder for folder in folders or PACKAGES)
    return tuple(
        path for path in committed_files() if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    )


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))
