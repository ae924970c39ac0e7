"""Run folders as a recipient gets them: a score file and a manifest that vouches for it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from interfaces.scores import ScoreHeader
from tests.support.score_rows import HEADER, score_rows, write_scores


def write_run(run: Path, rows: list[dict[str, Any]] | None = None, header: ScoreHeader = HEADER) -> Path:
    """A whole run of 200 made-up people, or of the rows given."""
    run.mkdir()
    write_scores(run / "scores.parquet", score_rows(200) if rows is None else rows, header)
    (run / "report.html").write_text("<!doctype html><title>Run</title>", encoding="utf-8")
    vouch_for(run)
    return run


def vouch_for(run: Path) -> None:
    """Writes the manifest of the files as they are now."""
    outputs = {path.name: _entry(path) for path in sorted(run.iterdir()) if path.name != "manifest.json"}
    (run / "manifest.json").write_text(json.dumps({"outputs": outputs}), encoding="utf-8")


def _entry(path: Path) -> dict[str, object]:
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
