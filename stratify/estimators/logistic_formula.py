"""A fitted logistic regression as numbers that can be read, kept beside a model so that later evaluations can judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogisticFormula:
    """intercept + sum of weight x (x' - centre) / scale, where x' = sign(x) log(1 + |x|) of each feature of `names`.

    A missing value takes its feature's median. After the features come columns of 0 and 1 that say whether the
    features numbered in `incomplete` were missing; `centre`, `scale` and `weights` go through both in turn.
    """

    names: tuple[str, ...]
    medians: Floats
    incomplete: NDArray[np.int64]
    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def raw(self, values: NDArray[Any]) -> Floats:
        """Log-odds `[n]` of `values` float `[n, names]`, NaN where not recorded.

        In double precision, for in single the last digits of a sum depend on how many people are asked about.
        """
        prepared = prepare(values, self.medians, self.incomplete, np.float64)
        prepared -= self.centre
        prepared /= self.scale
        return np.asarray(prepared @ self.weights + self.intercept, dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Names and numbers, each number exactly as it is used."""
        arrays = {name: getattr(self, name).tolist() for name in _ARRAYS}
        return {"names": list(self.names), **arrays, "intercept": self.intercept}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The formula `to_json` gave."""
        arrays = {name: np.array(content[name], dtype=kind) for name, kind in _ARRAYS.items()}
        return cls(names=tuple(content["names"]), intercept=float(content["intercept"]), **arrays)


_ARRAYS: dict[str, type[np.generic]] = {
    "medians": np.float64,
    "incomplete": np.int64,
    "centre": np.float64,
    "scale": np.float64,
    "weights": np.float64,
}


def prepare(
    values: NDArray[Any], medians: NDArray[Any], incomplete: NDArray[np.int64], kind: type[np.floating]
) -> NDArray[Any]:
    """Filled and logged values in a new matrix, then the columns that say what was missing."""
    missing = np.isnan(values)
    filled = np.where(missing, medians, values).astype(kind)
    np.copysign(np.log1p(np.abs(filled)), filled, out=filled)
    return np.hstack([filled, missing[:, incomplete].astype(kind)])
