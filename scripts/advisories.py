"""Asks pip-audit whether a pinned package has a known vulnerability.

Where the advisories cannot be reached it says so in one sentence and passes: a check without a network is not a finding.
"""

import json
import subprocess
import sys
from typing import Any

LOCK = "requirements.lock"
SECONDS = 60
# The lock has every package with its hash, so that nothing is downloaded and nothing resolved.
COMMAND = [
    sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--format", "json",
    "--timeout", "5", "--progress-spinner", "off",
]  # fmt: skip
NOT_REACHED = f"The advisories could not be reached, so the packages of {LOCK} were NOT checked against them."


def asked(command: list[str], seconds: float) -> list[dict[str, Any]] | None:
    """What is known of each package, or None where nobody answered in time."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
        known = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None
    return known if any("vulns" in package for package in known) else None


def answer(known: list[dict[str, Any]] | None) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    if known is None:
        return 0, [NOT_REACHED]
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, put right in {', '.join(found['fix_versions']) or 'no version yet'}"
        for package in known
        for found in package.get("vulns", [])
    ]
    missed = [package["name"] for package in known if "vulns" not in package]
    code = 1 if lines else 0
    if missed:
        lines.append(f"Nothing was known of {len(missed)} packages, which were NOT checked: {', '.join(missed)}.")
    return code, lines


def main() -> int:
    code, lines = answer(asked(COMMAND, SECONDS))
    for line in lines:
        print(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
