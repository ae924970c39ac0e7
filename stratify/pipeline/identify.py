"""NHS numbers for people of a run: for whoever holds the key, for a stated purpose, and never without a line in the log."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from interfaces.extracts.pack import Pack, open_pack
from stratify import identification_log
from stratify.exceptions import InputRefused, KeyRefused
from stratify.identification_log import Identification, stated_purpose
from stratify.lists import Column, disarmed, write_xlsx
from stratify.previous_run import read_columns
from stratify.pseudonyms import Key, load_key
from stratify.reidentification import nhs_numbers
from stratify.run_folder import writing_file
from stratify.run_manifest import check_output, read_manifest, sha256_of
from stratify.settings import default_config
from stratify.spreadsheet import Cell
from stratify.tier_scheme import TIERS

HEADER = ("nhs_number", "probability", "percentile", "tier", "reasons")
"""Columns of the file, in order."""

_READ = ("pseudonym", "practice_code", "probability", "percentile", "tier", "reasons")
_WIDTHS = (14, 12, 12, 12, 120)


@dataclass(frozen=True)
class Identified:
    """What was written: the file and its hash, how many people of which run, and the log that says so."""

    path: Path
    rows: int
    log: Path
    run_id: str
    key_id: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The same for scripts, in the words of the log."""
        return {
            "run_id": self.run_id,
            "key_id": self.key_id,
            "rows": self.rows,
            "file": self.path.name,
            "sha256": self.sha256,
            "log": self.log.name,
        }


def identify(  # noqa: PLR0913  (one argument for each option of the command)
    run_folder: Path,
    pack_folder: Path,
    *,
    key_file: Path,
    purpose: str,
    out: Path,
    who: str,
    now: datetime,
    practice: str | None = None,
    tier: str | None = None,
    config: Path | None = None,
) -> Identified:
    """Writes the run's people with their NHS numbers to `out` (.csv or .xlsx, readable by its owner only), in rank order.

    Everyone scored, or only those of a `practice` or `tier`: ask for no more than the purpose needs. The act is in the log beside the key before the file appears; the file is
    complete or absent. Raises KeyRefused for another key, an empty purpose or nobody asking, InputRefused for a run or
    pack that does not fit, OutputRefused where `out` exists.
    """
    reason = stated_purpose(purpose)
    _refuse_inside(out, run_folder, pack_folder)
    _refuse_nobody(who)
    _refuse_other_kinds(out, tier)
    manifest = read_manifest(run_folder)
    key = load_key(key_file, outside=[run_folder, pack_folder, out])
    _refuse_other_key(key, str(manifest["key_id"]))
    pack = open_pack(pack_folder, configured=(config or default_config()) / "feeds")
    _refuse_other_pack(pack, manifest)
    people = _chosen(read_columns(check_output(run_folder, manifest, "scores.parquet"), _READ), practice, tier)
    columns = _columns(people, pack, key)
    with writing_file(out, mode=0o600) as path:
        _write(path, out.suffix, columns)
        act = Identification(now, who, reason, manifest["run_id"], key.id, people.num_rows, out.name, sha256_of(path))
        identification_log.append(key_file, act)
    return Identified(out, act.rows, identification_log.log_path(key_file), act.run_id, act.key_id, act.sha256)


def _refuse_inside(out: Path, *folders: Path) -> None:
    """Numbers beside pseudonyms would go wherever the run goes."""
    if any(out.resolve().is_relative_to(folder.resolve()) for folder in folders):
        raise InputRefused(
            "a file outside the run and the pack", "one inside", "Write it where only those who may see it can."
        )


def _refuse_nobody(who: str) -> None:
    if not who.strip():
        raise KeyRefused("the name of whoever asks", "none", "Set CARETIER_USER; it is kept in the log beside the key.")


def _refuse_other_kinds(out: Path, tier: str | None) -> None:
    if out.suffix not in (".csv", ".xlsx"):
        raise InputRefused("a file named .csv or .xlsx", out.suffix or "no ending", "Name the file so.")
    if tier is not None and tier not in TIERS:
        raise InputRefused(f"a tier out of {', '.join(TIERS)}", "another", "Name one of these.")


def _refuse_other_key(key: Key, run_key: str) -> None:
    if key.id != run_key:
        raise KeyRefused(
            f"the key {run_key} that the run was made with", f"the key {key.id}", "Give the key file of that run."
        )


def _refuse_other_pack(pack: Pack, manifest: Mapping[str, Any]) -> None:
    """The register must be the very one: another month's may hold another person under a changed number."""
    register = pack.tables.get("gp_register")
    if register is None:
        raise InputRefused(
            f"the pack {manifest['pack_id']} as it was when the run was made",
            f"the pack {pack.manifest.pack_id} with no register that can be read",
            "Give the pack of that month; `stratify check-pack` says what is wrong with this one.",
        )
    inputs = {path.relative_to(pack.folder).as_posix(): path for path in register.files.paths}
    if any(manifest["inputs"].get(name) != sha256_of(path) for name, path in inputs.items()):
        raise InputRefused(
            f"the pack {manifest['pack_id']} as it was when the run was made",
            f"the pack {pack.manifest.pack_id} with another register",
            "Give the pack of that month.",
        )


def _chosen(people: pa.Table, practice: str | None, tier: str | None) -> pa.Table:
    """People in rank order, of one practice or tier where asked."""
    if practice is not None:
        people = people.filter(pc.equal(people["practice_code"], practice))
        if people.num_rows == 0:
            raise InputRefused("a practice of the run", "nobody scored at that one", "Check the practice code.")
    return people if tier is None else people.filter(pc.equal(people["tier"], tier))


def _columns(people: pa.Table, pack: Pack, key: Key) -> dict[str, list[Cell]]:
    wanted = np.array(people["pseudonym"].to_pylist(), dtype="S32")
    probability = people["probability"].to_pylist()
    return {
        "nhs_number": nhs_numbers(pack, key, wanted).tolist(),
        "probability": ["" if value is None else round(value, 6) for value in probability],
        "percentile": [round(value, 4) for value in people["percentile"].to_pylist()],
        "tier": people["tier"].to_pylist(),
        "reasons": ["; ".join(reason["text"] for reason in reasons) for reasons in people["reasons"].to_pylist()],
    }


def _write(path: Path, kind: str, columns: dict[str, list[Cell]]) -> None:
    if kind == ".csv":
        _write_csv(path, columns)
        return
    shown = [Column(name, width, columns[name]) for name, width in zip(HEADER, _WIDTHS, strict=True)]
    write_xlsx(path, None, shown)


def _write_csv(path: Path, columns: dict[str, list[Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(zip(*(_safe(columns[name]) for name in HEADER), strict=True))


def _safe(cells: Sequence[Cell]) -> list[Cell]:
    return [disarmed(cell) if isinstance(cell, str) else cell for cell in cells]
