"""Runs every check, goes on after a failure, and lists at the end what failed."""

import subprocess
import sys

PYTHON = [sys.executable]
MODULE = [sys.executable, "-m"]

CHECKS: dict[str, list[str]] = {
    "format": [*MODULE, "ruff", "format", "--check", "."],
    "lint": [*MODULE, "ruff", "check", "."],
    "types": [*MODULE, "mypy"],
    "import directions": [*PYTHON, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    "security lint": [*MODULE, "bandit", "-q", "-c", "pyproject.toml", "-r", "interfaces", "stratify", "caseload"],
    "advisories about pinned packages": [*PYTHON, "scripts/advisories.py"],
    "tests over our own code": [*MODULE, "pytest", "-q", "tests/architecture"],
    "generated docs": [*PYTHON, "scripts/docs.py", "--check"],
}


def passes(name: str, command: list[str]) -> bool:
    """Runs one check and says whether it passed."""
    print(f"── {name}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else f"all {len(CHECKS)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
