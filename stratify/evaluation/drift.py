"""How far the people, or their scores, have moved since an earlier run."""

import numpy as np
import numpy.typing as npt

from stratify.evaluation.inputs import Floats

SOME_CHANGE = 0.10
MARKED_CHANGE = 0.25
"""Customary readings of a population stability index (Siddiqi, Credit Risk Scorecards, 2006); a convention, not a test."""

_LEAST_SHARE = 1e-6


def population_stability(before: npt.ArrayLike, now: npt.ArrayLike) -> float:
    """The population stability index of two sets of counts over the same classes; 0 when their shares are equal.

    An empty class counts as one in a million, so that one new class does not make the index endless.
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    old_share = np.maximum(old / np.sum(old), _LEAST_SHARE)
    new_share = np.maximum(new / np.sum(new), _LEAST_SHARE)
    return float(np.sum((new_share - old_share) * np.log(new_share / old_share)))


def score_stability(before: Floats, now: Floats, classes: int = 10) -> float:
    """The index of two sets of scores over tenths of the earlier one."""
    edges = np.unique(np.quantile(before, np.linspace(0, 1, classes + 1)[1:-1]))
    old = np.bincount(np.searchsorted(edges, before, side="right"), minlength=len(edges) + 1)
    new = np.bincount(np.searchsorted(edges, now, side="right"), minlength=len(edges) + 1)
    return population_stability(old, new)


def reading(index: float) -> str:
    """The index in words: 'little change', 'some change' or 'marked change'."""
    if index < SOME_CHANGE:
        return "little change"
    return "some change" if index < MARKED_CHANGE else "marked change"
