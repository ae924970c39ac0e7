"""Intervals for shares, ratios and areas, as small dictionaries that go into JSON as they are."""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
"""Every interval of an evaluation is two-sided at this level."""

Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)

Estimate = dict[str, float | None]
"""A figure with its interval: keys 'value', 'low' and 'high'; None where it cannot be worked out."""

UNKNOWN: Estimate = {"value": None, "low": None, "high": None}


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def estimate(value: float, low: float, high: float) -> Estimate:
    """A figure with its interval; what is not a finite number becomes None."""
    return {"value": _finite(value), "low": _finite(low), "high": _finite(high)}


def from_error(value: float, standard_error: float) -> Estimate:
    """A figure with the symmetric normal interval of its standard error."""
    return estimate(value, value - Z * standard_error, value + Z * standard_error)


def wilson(successes: float, people: float) -> Estimate:
    """A share of people with its score interval, sound also near 0 and 1 (Wilson, JASA 1927;22:209-212)."""
    if people <= 0:
        return dict(UNKNOWN)
    share, z2 = successes / people, Z * Z
    centre = (share + z2 / (2 * people)) / (1 + z2 / people)
    half = Z * math.sqrt(share * (1 - share) / people + z2 / (4 * people * people)) / (1 + z2 / people)
    # At the ends the formula gives 0 and 1 but for rounding.
    low = max(0.0, centre - half) if successes else 0.0
    return estimate(share, low, min(1.0, centre + half) if successes < people else 1.0)


def weighted_wilson(event: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]) -> Estimate:
    """The share of weighted people with the event, its interval that of as many people as the weights are worth.

    Weights that differ are worth fewer people than there are: the square of their sum over the sum of their squares
    (Kish, Survey Sampling, 1965). With equal weights this is the plain interval.
    """
    whole = float(np.sum(weight))
    if whole <= 0:
        return dict(UNKNOWN)
    worth = whole * whole / float(np.sum(weight * weight))
    return wilson(float(np.sum(weight[event])) / whole * worth, worth)


def scaled(interval: Estimate, factor: float) -> Estimate:
    """A figure and its interval multiplied by a fixed positive number."""
    return {key: None if bound is None else bound * factor for key, bound in interval.items()}


def inverse(interval: Estimate) -> Estimate:
    """One over a positive figure, with the ends of its interval changing places; None for one over nothing."""

    def over(bound: float | None) -> float | None:
        return 1 / bound if bound else None

    return {"value": over(interval["value"]), "low": over(interval["high"]), "high": over(interval["low"])}


def logit_interval(value: float, events: int) -> Estimate:
    """The interval of an area under a precision-recall curve, worked out on the logit scale.

    Source: Boyd, Eng and Page, ECML PKDD 2013, section 3.2: the standard error is 1 / sqrt(events x area x (1 - area)).
    """
    if events <= 0 or not 0 < value < 1:
        return estimate(value, math.nan, math.nan)
    centre = math.log(value / (1 - value))
    half = Z / math.sqrt(events * value * (1 - value))
    return estimate(value, 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))
