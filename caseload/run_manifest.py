"""A run folder's own list of what it holds, checked against the files that are there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from caseload.exceptions import RunRefused

SCORES = "scores.parquet"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Output:
    """One file of a run as its manifest lists it; `name` is relative to the run folder."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run says it was made from: its own id, and the SHA-256 of each file of the pack by its name there."""

    run_id: str
    inputs: Mapping[str, str]


def read_origin(run: Path) -> Origin:
    """The run's id and inputs; RunRefused where manifest.json does not tell them."""
    manifest = _manifest(run)
    run_id, inputs = manifest.get("run_id"), manifest.get("inputs")
    if not isinstance(run_id, str) or not isinstance(inputs, dict) or not inputs:
        raise RunRefused(
            "manifest.json to name the run and the files it was made from",
            "a manifest that does not",
            "Use the folder as the run wrote it; a run from an earlier program must be run again.",
        )
    return Origin(run_id, {str(name): str(sha256).lower() for name, sha256 in inputs.items()})


def read_outputs(run: Path) -> tuple[Output, ...]:
    """What manifest.json says the run holds, by name; RunRefused where it cannot be read or lacks the scores."""
    listed = _manifest(run).get("outputs")
    if not isinstance(listed, dict) or SCORES not in listed:
        raise RunRefused(
            f"manifest.json to list {SCORES} under outputs",
            "no such entry",
            "Use the folder as the run wrote it; a run from an earlier program must be run again.",
        )
    return tuple(_output(name, entry) for name, entry in sorted(listed.items()))


def check_outputs(run: Path, outputs: tuple[Output, ...]) -> tuple[str, ...]:
    """Names of the files that were not handed over; RunRefused where one that is there was changed.

    The score file must be there. Others, such as practice lists, may have been held back on purpose.
    """
    missing = []
    for output in outputs:
        path = run / output.name
        if path.is_file():
            _check_unchanged(path, output)
        elif output.name == SCORES:
            raise RunRefused(f"a file {SCORES} in the run folder", "none", "Copy the whole run folder again.")
        else:
            missing.append(output.name)
    return tuple(missing)


def _manifest(run: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise RunRefused(
            "a run folder with a manifest.json",
            "no manifest.json there" if run.is_dir() else "no such folder",
            "Name the folder that `stratify run --out` wrote; one without a manifest was not written to its end.",
        ) from None
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict):
        raise RunRefused("manifest.json to be readable JSON", "something else", "Copy the whole run folder again.")
    return manifest


def _output(name: str, entry: Any) -> Output:
    path = PurePosixPath(name)
    whole = isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and isinstance(entry.get("bytes"), int)
    if path.is_absolute() or ".." in path.parts or not whole:
        raise RunRefused(
            "every output in manifest.json to be a file of the run with its sha256 and bytes",
            "an entry that is not",
            "Use the folder as the run wrote it.",
        )
    return Output(name, entry["sha256"], entry["bytes"])


def _check_unchanged(path: Path, output: Output) -> None:
    size = path.stat().st_size
    if size != output.bytes:
        found = f"{size:,} bytes where the manifest says {output.bytes:,}"
    elif sha256_of(path) != output.sha256.lower():
        found = "a file of the same size with other contents (its SHA-256 differs)"
    else:
        return
    raise RunRefused(
        f"{output.name} to be as the run wrote it",
        found,
        "Copy it again from where the run was written; never edit a run's files.",
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in small hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
