"""The facts of a fit that are kept beside the trees: enough to repeat it, to check it and to judge it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from interfaces.extracts.manifest import Manifest
from stratify.artefact import FORMAT, version_of
from stratify.estimators.calibration_line import CalibrationLine
from stratify.estimators.tuning import Trial
from stratify.features.catalogue import codelist_hashes, feature_set_hash, features_named
from stratify.fit_dates import FitDates
from stratify.fit_plan import FitPlan
from stratify.practice_split import Part, Split
from stratify.snapshot import Snapshot, who_is_in

OUTCOME = "emergency_admission_12m"
_LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "duckdb")


@dataclass(frozen=True)
class Source:
    """What a model was fitted on and how."""

    pack: Manifest
    demonstration: bool
    version: str | None
    dates: FitDates
    plan: FitPlan
    tables: Sequence[str]
    names: Sequence[str]
    snapshots: Sequence[Snapshot]
    split: Split
    seed: int
    config: Path
    warnings: Sequence[str]


@dataclass(frozen=True)
class Learned:
    """What came out: trees, calibration, the candidates best first, and the evaluation."""

    text: str
    line: CalibrationLine
    trials: Sequence[Trial]
    evaluation: dict[str, Any]


def model_manifest(source: Source, learned: Learned) -> dict[str, Any]:
    """Everything the artefact says of the model, JSON-able; the version is the given one or that of the content."""
    facts = {
        "format": FORMAT,
        "version": source.version or "",
        "outcome": OUTCOME,
        "demonstration": source.demonstration,
        "pack": {"pack_id": source.pack.pack_id, "place": source.pack.place, "synthetic": source.pack.synthetic},
        "training": _training(source),
        "trees": {"chosen": learned.trials[0].to_json(), "tried": [trial.to_json() for trial in learned.trials]},
        "seed": source.seed,
        "plan": source.plan.to_json(),
        "calibration": learned.line.to_json(),
        "metrics": summary(learned.evaluation),
        "warnings": list(source.warnings),
        "tables": list(source.tables),
        "feature_set_hash": feature_set_hash(source.names, source.config),
        "codelists": codelist_hashes(source.names, source.config),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "features": [{"name": feature.name, "group": feature.group} for feature in features_named(source.names)],
    }
    return facts | {"version": source.version or version_of(learned.text, facts)}


def _training(source: Source) -> dict[str, Any]:
    dates = source.dates
    return {
        "index_date": dates.index_date.isoformat(),
        "lag_days": dates.lag_days,
        "history_from": dates.history_from(source.plan.look_back_days).isoformat(),
        "booster_snapshots": [day.isoformat() for day in dates.boosters],
        "calibration_snapshot": dates.calibration.isoformat(),
        "split_by": "practice" if source.split.by_practice else "person",
        "practices": source.split.codes(),
        "people": [_people(snapshot, source.split) for snapshot in source.snapshots],
    }


def _people(snapshot: Snapshot, split: Split) -> dict[str, Any]:
    """Counts at one snapshot, in all and by part."""
    counts: dict[str, Any] = {"snapshot": snapshot.index_date.isoformat(), "scored": len(snapshot.event)}
    counts |= {
        "left_before_known": int(np.count_nonzero(~snapshot.known)),
        "events": int(np.count_nonzero(snapshot.event)),
    }
    for part in Part:
        who = who_is_in(split, snapshot, part)
        counts[part.value] = {
            "scored": int(np.count_nonzero(who)),
            "events": int(np.count_nonzero(who & snapshot.event)),
        }
    return counts


def summary(evaluation: dict[str, Any]) -> dict[str, Any]:
    """The figures of an evaluation that a reader looks for first."""
    calibration = evaluation["calibration"]
    return {
        "auroc": evaluation["discrimination"]["auroc"],
        "auprc": evaluation["discrimination"]["auprc"],
        "brier": evaluation["discrimination"]["brier"],
        "calibration_slope": calibration["slope"],
        "observed_over_expected": calibration["observed_over_expected"],
        "largest_gap": calibration["largest_gap"].get("value"),
        "rivals": {row["name"]: row["auroc"]["value"] for row in evaluation["rivals"]},
        "evaluated": evaluation["people"]["evaluated"],
        "events": evaluation["people"]["events"],
    }
