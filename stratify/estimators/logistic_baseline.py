"""Logistic regression on the same features: the rival every fit must beat to be worth its trees."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from stratify.estimators.logistic_formula import LogisticFormula, prepare
from stratify.estimators.two_outcomes import TwoOutcomeClassifier


class LogisticBaseline(TwoOutcomeClassifier):
    """Ridge logistic regression on log counts, scaled, with the median for a missing value.

    Every feature x becomes sign(x) * log(1 + |x|): counts and recencies have long tails. Features with a missing
    value anywhere also get a column that says so. `inverse_ridge` is scikit-learn's C.

    Learns `medians_`, `incomplete_` (features that get such a column), `centre_`, `scale_`, `regression_`,
    `classes_` and `n_features_in_`.
    """

    def __init__(self, *, inverse_ridge: float = 0.1, steps: int = 200) -> None:
        self.inverse_ridge = inverse_ridge
        self.steps = steps

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from `X` float `[n, features]` (NaN = missing) and two outcomes `y` `[n]`."""
        values, coded = self._validated(X, y)
        missing = np.isnan(values)
        self.incomplete_ = np.flatnonzero(missing.any(axis=0))
        self.medians_ = _medians(values, missing)
        prepared = prepare(values, self.medians_, self.incomplete_, np.float32)
        self.centre_ = prepared.mean(axis=0)
        self.scale_ = np.maximum(prepared.std(axis=0), 1e-6)
        _standardise(prepared, self.centre_, self.scale_)
        self.regression_ = LogisticRegression(C=self.inverse_ridge, max_iter=self.steps, tol=1e-3)
        self.regression_.fit(prepared, coded)
        return self

    def formula(self, names: Sequence[str]) -> LogisticFormula:
        """What was learned, as numbers; `names` are the features in the order of the matrix."""
        return LogisticFormula(
            names=tuple(names),
            medians=self.medians_.astype(np.float64),
            incomplete=self.incomplete_.astype(np.int64),
            centre=self.centre_.astype(np.float64),
            scale=self.scale_.astype(np.float64),
            weights=np.asarray(self.regression_.coef_[0], dtype=np.float64),
            intercept=float(self.regression_.intercept_[0]),
        )

    def _raw(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return self.formula([]).raw(values)


def _medians(values: NDArray[Any], missing: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The median of each column's present values, 0 where none is."""
    medians = np.zeros(values.shape[1], dtype=np.float32)
    for column in range(values.shape[1]):
        present = values[~missing[:, column], column]
        if len(present):
            medians[column] = np.median(present)
    return medians


def _standardise(values: NDArray[Any], centre: NDArray[Any], scale: NDArray[Any]) -> None:
    values -= centre
    values /= scale
