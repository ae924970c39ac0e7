"""Whether a peer and the product say the same of everyone; a ratio of two programs that do not is void.

    python benchmarks/agreement.py PACK MODEL KEY DATE RUN PEER_OUT PEER_MATRIX.npz

RUN or PEER_MATRIX may be "-", to leave that comparison out. Compared: the whole feature matrix, raw scores, tiers (except at exact ties) and calibrated probabilities.
"""

import json
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.artefact import load_model
from stratify.engine import connect
from stratify.features.matrix import FeatureMatrix, build_features
from stratify.pseudonyms import Key, load_key, pseudonyms
from stratify.settings import default_config
from stratify.zone.build import build_zone

FEATURE_TOLERANCE = 1e-6
"""Relative, on features held as 32-bit numbers."""
SCORE_TOLERANCE = 1e-6
"""Absolute, on the raw score (log-odds)."""


@dataclass
class Agreement:
    """What was found to differ; nothing means that the ratio stands."""

    people: int = 0
    features: int = 0
    differences: list[str] = field(default_factory=list)
    largest_feature_difference: float = 0.0
    largest_score_difference: float = 0.0
    tiers_differing: int = 0
    tiers_differing_not_tied: int = 0

    @property
    def holds(self) -> bool:
        return not self.differences


def own_features(pack_folder: Path, model_folder: Path, key: Key, index_date: date) -> tuple[FeatureMatrix, Any]:
    """The product's features of everyone scored, and their pseudonyms."""
    pack = open_pack(pack_folder)
    rules = read_rules(default_config() / "feeds.toml")
    with tempfile.TemporaryDirectory() as scratch:
        with connect(memory_limit=None, threads=2, temp_directory=Path(scratch) / "spill") as connection:
            zone = build_zone(
                pack, key, Path(scratch) / "zone", index_dates=[index_date], rules=rules, connection=connection
            )
            names = load_model(model_folder).names
            matrix = build_features(zone, index_date, connection=connection, names=names)
            everyone = zone.people_table().arrays(connection, "pseudonym")["pseudonym"]
    return matrix, everyone[matrix.pids]


def compare_matrices(
    own: FeatureMatrix, own_pseudonyms: npt.NDArray[Any], peer_matrix: Path, key: Key, found: Agreement
) -> None:
    """Every feature of every person; differences are named by feature and counted."""
    peer = np.load(peer_matrix)
    names = pseudonyms(key, peer["nhs_number"].astype(str))
    order = np.argsort(names)
    if not np.array_equal(np.asarray(names, dtype=str)[order], np.asarray(own_pseudonyms, dtype=str)):
        found.differences.append(f"people: the product scores {len(own_pseudonyms)}, the peer {len(names)}, or others")
        return
    theirs = peer["values"][order]
    found.people, found.features = theirs.shape
    for column, name in enumerate(own.names):
        ours, other = own.values[:, column].astype(np.float64), theirs[:, column].astype(np.float64)
        gap = np.abs(ours - other) / np.maximum(np.abs(ours), 1.0)
        gap[np.isnan(ours) & np.isnan(other)] = 0.0
        wrong = ~(gap <= FEATURE_TOLERANCE)
        found.largest_feature_difference = max(found.largest_feature_difference, float(np.nanmax(gap, initial=0.0)))
        if wrong.any():
            found.differences.append(f"feature {name}: {int(wrong.sum())} of {len(ours)} people differ")


def compare_scores(run: Path, peer: Path, key: Key, found: Agreement) -> None:
    """Raw scores, probabilities and tiers of the run folder and the peer's scores.parquet."""
    ours = pd.read_parquet(run / "scores.parquet", columns=["pseudonym", "raw_score", "probability", "tier"])
    theirs = pd.read_parquet(peer / "scores.parquet", columns=["nhs_number", "raw_score", "probability", "tier"])
    theirs["pseudonym"] = np.asarray(pseudonyms(key, theirs["nhs_number"].to_numpy(dtype=str)), dtype=str)
    both = ours.merge(theirs, on="pseudonym", how="outer", suffixes=("", "_peer"), indicator=True)
    if (both["_merge"] != "both").any():
        found.differences.append(f"scores: {int((both['_merge'] != 'both').sum())} people are in only one of the two")
        return
    found.people = found.people or len(both)
    for column in ("raw_score", "probability"):
        gap = (both[column] - both[f"{column}_peer"]).abs().max()
        found.largest_score_difference = max(found.largest_score_difference, float(gap))
        if not gap <= SCORE_TOLERANCE:
            found.differences.append(f"{column}: up to {gap:.3g} apart")
    other = both[both["tier"] != both["tier_peer"]]
    # A tie is broken by pseudonym here and by NHS number there: the person must share a score with somebody.
    tied = both["raw_score"].duplicated(keep=False)
    found.tiers_differing = len(other)
    found.tiers_differing_not_tied = int((~tied.loc[other.index]).sum())
    if found.tiers_differing_not_tied:
        found.differences.append(f"tier: {found.tiers_differing_not_tied} people differ without a tie")


def main() -> None:
    """Print what was compared as JSON; exit 1 where something differs."""
    pack, model, key_file, day, run, peer, matrix = sys.argv[1:]
    key, found = load_key(Path(key_file)), Agreement()
    if matrix != "-":
        own, names = own_features(Path(pack), Path(model), key, date.fromisoformat(day))
        compare_matrices(own, names, Path(matrix), key, found)
    if run != "-":
        compare_scores(Path(run), Path(peer), key, found)
    print(json.dumps(vars(found) | {"holds": found.holds}, indent=2))
    sys.exit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
