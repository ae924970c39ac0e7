"""Logistic regression on the same features: the rival every fit must beat to be worth its trees."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

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
        prepared = self._prepare(values, np.float32)
        self.centre_ = prepared.mean(axis=0)
        self.scale_ = np.maximum(prepared.std(axis=0), 1e-6)
        _standardise(prepared, self.centre_, self.scale_)
        self.regression_ = LogisticRegression(C=self.inverse_ridge, max_iter=self.steps, tol=1e-3)
        self.regression_.fit(prepared, coded)
        return self

    def _prepare(self, values: NDArray[Any], kind: type[np.floating]) -> NDArray[Any]:
        """Filled and logged values in a new matrix, then the columns that say what was missing."""
        missing = np.isnan(values)
        filled = np.where(missing, self.medians_, values).astype(kind)
        np.copysign(np.log1p(np.abs(filled)), filled, out=filled)
        return np.hstack([filled, missing[:, self.incomplete_].astype(kind)])

    def _raw(self, values: NDArray[Any]) -> NDArray[np.float64]:
        # In double precision, for in single the last digits of a sum depend on how many people are asked about.
        prepared = self._prepare(values, np.float64)
        _standardise(prepared, self.centre_, self.scale_)
        return np.asarray(self.regression_.decision_function(prepared), dtype=np.float64)


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
