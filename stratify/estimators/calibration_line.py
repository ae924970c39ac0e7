"""What a calibration is once it is learnt: a bent line from raw score to log-odds, kept as a handful of numbers."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Beyond this the logistic function rounds to 0 or 1 in double precision.
_LARGEST_LOG_ODDS = 30.0


@dataclass(frozen=True)
class CalibrationLine:
    """Log-odds as a line in the raw score that bends at `raw` and passes there through `log_odds`.

    It goes on with `slope_below` before the first bend and `slope_above` after the last.
    """

    raw: list[float]
    log_odds: list[float]
    slope_below: float
    slope_above: float

    def probabilities(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Probabilities strictly between 0 and 1, higher for a higher raw score."""
        scores = np.asarray(raw, dtype=np.float64)
        below = np.minimum(scores - self.raw[0], 0.0) * self.slope_below
        above = np.maximum(scores - self.raw[-1], 0.0) * self.slope_above
        log_odds = np.interp(scores, self.raw, self.log_odds) + below + above
        bounded = np.clip(log_odds, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
        return np.asarray(1.0 / (1.0 + np.exp(-bounded)))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)
