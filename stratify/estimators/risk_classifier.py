"""Boosted trees with the settings that make them repeatable and explainable."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import lightgbm
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_sample_weight, validate_data

from stratify.estimators.two_outcomes import TwoOutcomeClassifier

Held = tuple[ArrayLike, ArrayLike, ArrayLike | None]


class RiskClassifier(TwoOutcomeClassifier):
    """A LightGBM classifier of two outcomes in scikit-learn's manners.

    The same data and seed give the same model, whatever `threads` is. Missing values are NaN and stay missing.
    `depth` is bounded because exact contributions table every answer on a path. `patience` is the number of
    trees without gain on the validation people after which growing stops; it needs `validation` in `fit`.

    Learns `booster_`, `classes_`, `n_features_in_`, `trees_` (how many were kept) and `validation_loss_`
    (log loss after each tree, empty without validation).
    """

    def __init__(  # noqa: PLR0913  # scikit-learn keeps every hyper-parameter in the signature
        self,
        *,
        trees: int = 300,
        learning_rate: float = 0.05,
        leaves: int = 31,
        depth: int = 6,
        least_people: int = 100,
        ridge: float = 10.0,
        feature_share: float = 1.0,
        bins: int = 255,
        patience: int = 30,
        seed: int = 0,
        threads: int = 1,
    ) -> None:
        self.trees = trees
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.depth = depth
        self.least_people = least_people
        self.ridge = ridge
        self.feature_share = feature_share
        self.bins = bins
        self.patience = patience
        self.seed = seed
        self.threads = threads

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        validation: Held | None = None,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Grow trees on `X` float `[n, features]` and two outcomes `y` `[n]`, each person counting `sample_weight`.

        `validation` is a later `(X, y, weight)` for early stopping; `names` are the features' names. Raises
        ValueError for anything but two outcomes, or features that are not numbers.
        """
        values, coded = self._validated(X, y)
        data = lightgbm.Dataset(
            values,
            coded,
            weight=_weights(sample_weight, values),
            feature_name=list(names or "") or "auto",
            params=self._binning(),
        )
        self.validation_loss_: list[float] = []
        self.booster_ = self._grow(data, validation)
        self.trees_ = self.booster_.num_trees()
        return self

    def _grow(self, data: lightgbm.Dataset, validation: Held | None) -> lightgbm.Booster:
        if validation is None:
            return lightgbm.train(self._settings(), data, self.trees)
        X, y, weight = validation
        values, outcomes = validate_data(
            self, X, y, reset=False, dtype=[np.float32, np.float64], ensure_all_finite="allow-nan"
        )
        watch = [data.create_valid(values, np.searchsorted(self.classes_, outcomes), weight=_weights(weight, values))]
        history: dict[str, dict[str, list[float]]] = {}
        stop = lightgbm.early_stopping(self.patience, verbose=False)
        callbacks: list[Callable[..., Any]] = [stop, lightgbm.record_evaluation(history)]
        grown = lightgbm.train(self._settings(), data, self.trees, valid_sets=watch, callbacks=callbacks)
        self.validation_loss_ = [float(loss) for loss in history["valid_0"]["binary_logloss"]]
        # Read back from text: trees after the best one are dropped for good.
        return lightgbm.Booster(model_str=grown.model_to_string(num_iteration=grown.best_iteration))

    def _binning(self) -> dict[str, Any]:
        return {"max_bin": self.bins, "verbosity": -1, "num_threads": self.threads, "data_random_seed": self.seed}

    def _settings(self) -> dict[str, Any]:
        return self._binning() | {
            "objective": "binary",
            "metric": "binary_logloss",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "max_depth": self.depth,
            "min_data_in_leaf": self.least_people,
            "lambda_l2": self.ridge,
            "feature_fraction": self.feature_share,
            "seed": self.seed,
            # With these the order of additions is fixed, so one thread and two give the same trees.
            "deterministic": True,
            "force_row_wise": True,
        }

    def _raw(self, values: NDArray[Any]) -> NDArray[np.float64]:
        raw = self.booster_.predict(values, raw_score=True, num_threads=self.threads)
        return np.asarray(raw, dtype=np.float64)


def _weights(weight: ArrayLike | None, values: NDArray[Any]) -> NDArray[np.float64] | None:
    if weight is None:
        return None
    checked = _check_sample_weight(
        weight, values, dtype=np.float64, ensure_non_negative=True, allow_all_zero_weights=False
    )
    return np.asarray(checked)
