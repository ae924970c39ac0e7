"""What every classifier of two outcomes here shares: its contract with scikit-learn, and what follows from a score."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data


class TwoOutcomeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no annotations
    """A classifier that gives log-odds; NaN means missing.

    A subclass learns `classes_` and `n_features_in_` in `fit`, by `_validated`, and scores in `_raw`.
    """

    @abstractmethod
    def _raw(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Log-odds of the second class for a validated matrix."""

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Raw scores (log-odds of the second class) `[n]`."""
        check_is_fitted(self)
        kinds = [np.float32, np.float64]
        return self._raw(validate_data(self, X, reset=False, dtype=kinds, ensure_all_finite="allow-nan"))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Uncalibrated probabilities of both classes `[n, 2]`."""
        risk = expit(self.decision_function(X))
        return np.column_stack([1 - risk, risk])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likelier class `[n]`."""
        likelier = (self.decision_function(X) > 0).astype(np.intp)
        chosen: NDArray[Any] = self.classes_[likelier]
        return chosen

    def _validated(self, X: ArrayLike, y: ArrayLike) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """The matrix, and the outcomes as 0 and 1; ValueError for anything but two outcomes."""
        kinds = [np.float32, np.float64]
        values, outcomes = validate_data(self, X, y, dtype=kinds, ensure_all_finite="allow-nan")
        kind = type_of_target(outcomes, input_name="y", raise_unknown=True)
        if kind != "binary":
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        self.classes_, coded = np.unique(outcomes, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("expected two outcomes, found one class only: nothing can be learned from it")
        return values, coded.astype(np.float64)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
