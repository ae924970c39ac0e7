"""Raw scores from a model's text."""

import lightgbm
import numpy as np
from numpy.typing import NDArray

from stratify.contributions import Matrix


class Scorer:
    """A model's trees, loaded once and asked for raw scores (log-odds) of any number of people."""

    def __init__(self, text: str) -> None:
        self._booster = lightgbm.Booster(model_str=text)

    def raw_scores(self, values: Matrix, *, threads: int = 1) -> NDArray[np.float64]:
        """Raw scores `[n]` of `values[n, features]`; the same whatever `threads` is."""
        return np.asarray(self._booster.predict(values, raw_score=True, num_threads=threads), dtype=np.float64)
