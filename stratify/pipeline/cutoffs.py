"""A table of absolute cut-offs from a reference run: the probabilities at which its national shares end."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.exceptions import InputRefused
from stratify.previous_run import read_columns
from stratify.run_folder import writing_file
from stratify.run_manifest import check_output, read_manifest
from stratify.settings import default_config
from stratify.tier_scheme import CUT_TIERS, CutOffs, read_scheme
from stratify.tiers import tier_ends


@dataclass(frozen=True)
class CutOffTable:
    """Cut-offs with what they come from; `reached` is the share of the reference at or above each."""

    cut_offs: CutOffs
    run_id: str
    place: str
    index_date: date
    model_version: str
    people: int
    demonstration: bool
    reached: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """The table for scripts, in the words of its file; `reached` as shares of one."""
        return {
            "name": self.cut_offs.name,
            "place": self.place,
            "index_date": self.index_date.isoformat(),
            "run_id": self.run_id,
            "model_version": self.model_version,
            "people": self.people,
            "demonstration": self.demonstration,
            "probability": dict(zip(CUT_TIERS, self.cut_offs.probability, strict=True)),
            "reached": dict(zip(CUT_TIERS, self.reached, strict=True)),
        }


def derive_cutoffs(run_folder: Path, *, name: str, out: Path, config: Path | None = None) -> CutOffTable:
    """Derives the table from everyone scored in a reference run and writes it as TOML to `out`.

    Each cut-off is the lowest probability inside the top share of the tier and those above it, shares as in
    tiers.toml. Raises InputRefused where the run has no probabilities or too few people, OutputRefused where `out` exists.
    """
    manifest = read_manifest(run_folder)
    scores = check_output(run_folder, manifest, "scores.parquet")
    probability = read_columns(scores, ["probability"])["probability"].to_numpy()
    if manifest["score_kind"] != "model":
        raise InputRefused(
            "a run of a fitted model", f"one of {manifest['score_kind']}", "An index has no probabilities."
        )
    ends = tier_ends(len(probability), read_scheme(config or default_config()).shares, len(probability))
    cuts = _lowest(probability, ends)
    table = CutOffTable(
        cut_offs=CutOffs(name, cuts),
        run_id=manifest["run_id"],
        place=manifest["place"],
        index_date=date.fromisoformat(manifest["index_date"]),
        model_version=manifest["score"]["version"],
        people=len(probability),
        demonstration=bool(manifest["score"]["demonstration"]),
        reached=tuple(float((probability >= cut).mean()) for cut in cuts),
    )
    with writing_file(out, mode=0o644) as path:
        path.write_text(_toml(table), encoding="utf-8")
    return table


def _lowest(probability: npt.NDArray[np.float64], ends: tuple[int, ...]) -> tuple[float, ...]:
    falling = np.sort(probability)[::-1]
    cuts = tuple(float(falling[end - 1]) for end in ends) if ends[0] else ()
    if not cuts or not cuts[0] > cuts[1] > cuts[2]:
        raise InputRefused(
            "a reference run in which the tiers end at different probabilities",
            f"{len(probability)} people whose probabilities do not tell them apart",
            "Derive the table from a larger run.",
        )
    return cuts


def _toml(table: CutOffTable) -> str:
    reached = "\n".join(
        f"# {tier}: {100 * share:.3f} % of the reference are at or above it"
        for tier, share in zip(CUT_TIERS, table.reached, strict=True)
    )
    cuts = "\n".join(f"{tier} = {cut!r}" for tier, cut in zip(CUT_TIERS, table.cut_offs.probability, strict=True))
    return (
        "# Absolute cut-offs, as `stratify derive-cutoffs` took them from a reference run.\n"
        f"{reached}\n"
        f"name = {_quoted(table.cut_offs.name)}\n"
        f"place = {_quoted(table.place)}\n"
        f"index_date = {table.index_date.isoformat()}\n"
        f"run_id = {_quoted(table.run_id)}\n"
        f"model_version = {_quoted(table.model_version)}\n"
        f"people = {table.people}\n"
        f"demonstration = {str(table.demonstration).lower()}\n\n"
        f"[probability]\n{cuts}\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(letter for letter in escaped if letter.isprintable())}"'
