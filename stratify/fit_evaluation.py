"""How good a fitted model is on practices that had no part in it, beside the scores it must beat."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stratify.estimators.calibration_line import CalibrationLine
from stratify.estimators.logistic_baseline import LogisticBaseline
from stratify.estimators.logistic_formula import LogisticFormula
from stratify.estimators.risk_classifier import RiskClassifier
from stratify.estimators.tuning import Lesson
from stratify.evaluation import EvaluationInputs, FollowUp, evaluate_scores, person_groups
from stratify.evaluation.rivals import NAMES
from stratify.fit_dates import OUTCOME_DAYS
from stratify.snapshot import Snapshot

RIVAL_FEATURES = {
    "charlson": "charlson",
    "hfrs": "hfrs",
    "efi": "efi",
    "age": "age_years",
    "last_year_admissions": "emergency_admissions_365d",
}
"""Published indices and simple rules, each by the feature that holds it."""


@dataclass(frozen=True)
class Judged:
    """A snapshot, which of its people judge, and the people its trained rivals may learn from."""

    snapshot: Snapshot
    who: NDArray[np.bool_]
    taught: Lesson

    @property
    def values(self) -> NDArray[np.float32]:
        return self.snapshot.matrix.values[self.who]


def fit_rival(judged: Judged) -> LogisticFormula:
    """Logistic regression on the same features and people, as the numbers that a model folder keeps."""
    taught = LogisticBaseline().fit(judged.taught.values, judged.taught.event)
    return taught.formula(judged.snapshot.matrix.names)


def evaluate_fit(
    classifier: RiskClassifier, line: CalibrationLine, judged: Judged, rival: LogisticFormula, *, seed: int
) -> dict[str, Any]:
    """The whole evaluation of a model on the people that judge, rivals and subgroups included."""
    snapshot, who = judged.snapshot, judged.who
    values = judged.values
    raw = classifier.decision_function(values)
    groups = person_groups({name: column[who] for name, column in snapshot.columns.items()})
    inputs = EvaluationInputs(
        rivals=rival_scores(judged, rival), follow_up=_of(snapshot.follow_up, who), seed=seed, horizon=OUTCOME_DAYS
    )
    return evaluate_scores(snapshot.event[who], raw, line.probabilities(raw), groups, inputs=inputs)


def rival_scores(judged: Judged, rival: LogisticFormula) -> dict[str, NDArray[np.float64]]:
    """The rivals' scores of the same people, by the names of the evaluation; a missing index counts as 0."""
    names, values = list(judged.snapshot.matrix.names), judged.values
    rivals: dict[str, NDArray[np.float64]] = {"logistic": rival.raw(values)}
    for simple, feature in RIVAL_FEATURES.items():
        if feature in names:
            rivals[simple] = np.nan_to_num(values[:, names.index(feature)].astype(np.float64))
    return {name: rivals[name] for name in NAMES if name in rivals}


def _of(follow_up: FollowUp, who: NDArray[np.bool_]) -> FollowUp:
    def kept(column: NDArray[Any] | None) -> NDArray[Any] | None:
        return None if column is None else column[who]

    told: dict[str, Any] = {column.name: kept(getattr(follow_up, column.name)) for column in fields(follow_up)}
    return FollowUp(**told)
