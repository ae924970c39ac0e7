"""Whether acting on a score does more good than acting on everyone, on no one or on a simple rule.

At a threshold t a practice is saying that one admission found is worth (1 - t) / t people worked up for nothing.
Net benefit counts people rightly picked minus those wrongly picked at that rate of exchange, per person
(Vickers and Elkin, Medical Decision Making 2006;26:565-574).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stratify.evaluation.discrimination import descending_counts
from stratify.evaluation.inputs import Bools, Floats

THRESHOLDS: Floats = np.round(np.arange(1, 61) / 100, 2)
"""Risk from 1 % to 60 %, by 1 %."""


def net_benefit(event: Bools, probability: Floats, thresholds: Floats = THRESHOLDS) -> Floats:
    """Net benefit per person of picking everyone whose probability is at or above each threshold."""
    ranked = np.sort(probability)
    ranked_events = np.sort(probability[event])
    picked = len(ranked) - np.searchsorted(ranked, thresholds, side="left")
    right = len(ranked_events) - np.searchsorted(ranked_events, thresholds, side="left")
    return np.asarray((right - (picked - right) * thresholds / (1 - thresholds)) / len(event), dtype=np.float64)


def best_cut_net_benefit(event: Bools, score: Floats, thresholds: Floats = THRESHOLDS) -> Floats:
    """Net benefit of a score that is not a probability, given at each threshold the best cut there is, or no cut.

    Generous on purpose: the cut is chosen with the outcomes known, which nobody can do in practice.
    """
    picked, right = descending_counts(event, score)
    wrong = picked - right
    weights = thresholds / (1 - thresholds)
    best = [max(0.0, float(np.max(right - wrong * weight))) for weight in weights]
    return np.asarray(best, dtype=np.float64) / len(event)


def everyone(event: Bools, thresholds: Floats = THRESHOLDS) -> Floats:
    """Net benefit of picking everybody."""
    rate = float(np.mean(event))
    return np.asarray(rate - (1 - rate) * thresholds / (1 - thresholds), dtype=np.float64)


def decision_curve(
    event: Bools, score: Floats, probability: Floats | None, rivals: Mapping[str, Floats]
) -> dict[str, Any]:
    """The curves of the score, of everyone and no one, and of each rival, over the thresholds."""
    own = best_cut_net_benefit(event, score) if probability is None else net_benefit(event, probability)
    curves = {"score": own, "everyone": everyone(event), "no_one": np.zeros(len(THRESHOLDS))}
    curves |= {name: best_cut_net_benefit(event, rival) for name, rival in rivals.items()}
    return {
        "thresholds": THRESHOLDS.tolist(),
        "curves": {name: curve.tolist() for name, curve in curves.items()},
        "note": (
            "Net benefit per person. Rivals are given, at every threshold, the best cut there is with the outcomes known."
        ),
    }
