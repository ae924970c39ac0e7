"""A tiny fitted model over three made-up features, for tests of what is kept of a model."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from stratify.artefact import FORMAT, FittedModel
from stratify.estimators.calibrator import MonotoneCalibrator
from stratify.estimators.logistic_baseline import LogisticBaseline
from stratify.estimators.risk_classifier import RiskClassifier
from stratify.estimators.tuning import model_text
from tests.support.made_up_evaluation import made_up_evaluation

NAMES = ["age_years", "falls_made_up", "hba1c"]


@dataclass(frozen=True)
class Matrix:
    """Features of some people, as the feature engine hands them over."""

    names: Sequence[str]
    values: np.ndarray


def matrix(people: int = 400, *, seed: int = 0) -> Matrix:
    """Made-up people with a gap here and there."""
    random = np.random.default_rng(seed)
    values = np.column_stack(
        [random.integers(0, 95, people), random.poisson(0.3, people), random.normal(45, 10, people)]
    ).astype(np.float32)
    values[random.random(people) < 0.4, 2] = np.nan
    return Matrix(tuple(NAMES), values)


def hash_of(names: Sequence[str]) -> str:
    """Stands in for the catalogue's hash of feature definitions."""
    return hashlib.sha256(" ".join(names).encode()).hexdigest()


def small_model(*, demonstration: bool = True) -> FittedModel:
    """A model with every part of a real one; the same bytes each time."""
    people = matrix(3000, seed=1)
    risk = 1 / (1 + np.exp(4 - people.values[:, 0] / 30 - people.values[:, 1]))
    event = np.random.default_rng(2).random(3000) < risk
    classifier = RiskClassifier(trees=15, least_people=20).fit(people.values, event, names=NAMES)
    line = MonotoneCalibrator().fit(classifier.decision_function(people.values), event).line_
    rival = LogisticBaseline().fit(people.values, event).formula(NAMES)
    manifest = _manifest(line.to_json(), demonstration)
    return FittedModel(model_text(classifier), line, manifest, made_up_evaluation(4000), rival)


def _manifest(calibration: dict[str, object], demonstration: bool) -> dict[str, object]:
    figure = {"value": 0.8, "low": 0.7, "high": 0.9}
    part = {"scored": 100, "events": 8}
    chosen = {"leaves": 31, "depth": 6, "least_people": 20, "ridge": 10.0, "trees": 15, "validation_log_loss": 0.2}
    return {
        "format": FORMAT,
        "version": "made-up-1",
        "outcome": "emergency_admission_12m",
        "demonstration": demonstration,
        "pack": {"pack_id": "made-up", "place": "Madeupton", "synthetic": demonstration},
        "training": {
            "index_date": "2026-09-01",
            "lag_days": 45,
            "history_from": "2021-07-19",
            "booster_snapshots": ["2024-07-18"],
            "calibration_snapshot": "2025-07-18",
            "split_by": "practice",
            "practices": {"train": ["F84001"], "validation": ["F84002"], "test": ["F84003"]},
            "people": [
                {"snapshot": "2024-07-18", "scored": 300, "left_before_known": 9, "events": 24}
                | {"train": part, "validation": part, "test": part}
            ],
        },
        "trees": {"chosen": chosen, "tried": [chosen]},
        "seed": 0,
        "calibration": calibration,
        "metrics": {
            "auroc": figure,
            "auprc": figure,
            "brier": figure,
            "calibration_slope": figure,
            "observed_over_expected": figure,
            "largest_gap": 0.01,
            "rivals": {"score": 0.8, "age": 0.7},
            "evaluated": 1000,
            "events": 80,
        },
        "warnings": ["gp_codes begins 2025-01-01."],
        "tables": ["admissions", "gp_codes"],
        "feature_set_hash": hash_of(NAMES),
        "codelists": {"falls": "1" * 64, "diabetes": "2" * 64},
        "libraries": {"lightgbm": version("lightgbm")},
        "features": [
            {"name": "age_years", "group": "age"},
            {"name": "falls_made_up", "group": "falls"},
            {"name": "hba1c", "group": "diabetes"},
        ],
    }
