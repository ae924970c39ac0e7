"""How well scores put people who were admitted above people who were not."""

import math

import numpy as np
import numpy.typing as npt

from stratify.evaluation.inputs import Bools, Floats
from stratify.evaluation.intervals import Estimate, Z, estimate, from_error, logit_interval


def _placements(scores: Floats, reference: Floats) -> Floats:
    """For each score, the share of the sorted reference below it, ties counting half."""
    below = np.searchsorted(reference, scores, side="left")
    not_above = np.searchsorted(reference, scores, side="right")
    return np.asarray((below + not_above) / (2.0 * len(reference)), dtype=np.float64)


def roc_placements(event: Bools, score: Floats) -> tuple[Floats, Floats]:
    """DeLong's structural components: of those with the event and of those without, in their own order.

    Both average to the area under the ROC curve. Source: DeLong, DeLong and Clarke-Pearson, Biometrics 1988;44:837-845.
    """
    with_event, without = score[event], score[~event]
    return _placements(with_event, np.sort(without)), 1.0 - _placements(without, np.sort(with_event))


def _variance(values: Floats) -> float:
    return float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else math.nan


def auroc(event: Bools, score: Floats) -> Estimate:
    """The area under the ROC curve with DeLong's interval, kept within 0 and 1."""
    positives, negatives = roc_placements(event, score)
    area = float(np.mean(positives))
    half = Z * math.sqrt(_variance(positives) + _variance(negatives))
    return estimate(area, max(0.0, area - half), min(1.0, area + half))


def auroc_difference(event: Bools, score: Floats, rival: Floats) -> Estimate:
    """How much larger the area under the ROC curve is than a rival's on the same people (paired DeLong)."""
    ours, theirs = roc_placements(event, score), roc_placements(event, rival)
    difference = float(np.mean(ours[0]) - np.mean(theirs[0]))
    variance = _variance(ours[0] - theirs[0]) + _variance(ours[1] - theirs[1])
    return from_error(difference, math.sqrt(variance))


def descending_counts(event: Bools, score: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Walking down the distinct scores from the highest: how many people and how many events so far."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    events = np.cumsum(event[order], dtype=np.int64)
    return last_of_tie.astype(np.int64) + 1, events[last_of_tie]


def average_precision(event: Bools, score: Floats) -> float:
    """The area under the precision-recall curve as a step sum over distinct scores."""
    people, events = descending_counts(event, score)
    steps = np.diff(events, prepend=0)
    return float(np.sum(steps * (events / people)) / events[-1])


def auprc(event: Bools, score: Floats) -> Estimate:
    """The area under the precision-recall curve with its logit interval."""
    return logit_interval(average_precision(event, score), int(np.count_nonzero(event)))


def brier(event: Bools, probability: Floats) -> Estimate:
    """The mean squared difference of probability and outcome; 0 is perfect."""
    squares = (probability - event) ** 2
    return from_error(float(np.mean(squares)), math.sqrt(_variance(squares)))


def scaled_brier(event: Bools, probability: Floats) -> Estimate:
    """One minus Brier over the Brier of giving everybody the average: 1 is perfect, 0 is no better than the average.

    The interval comes from the influence of each person on the ratio, so it allows for the average being estimated.
    """
    outcome = event.astype(np.float64)
    squares = (probability - outcome) ** 2
    score, rate = float(np.mean(squares)), float(np.mean(outcome))
    reference = rate * (1 - rate)
    influence = -(squares - score) / reference + score * (1 - 2 * rate) * (outcome - rate) / reference**2
    return from_error(1 - score / reference, math.sqrt(_variance(influence)))


def weighted_auroc(event: Bools, score: Floats, weight: Floats) -> float:
    """The area under the ROC curve when each person stands for `weight` people."""
    order = np.argsort(score[~event], kind="stable")
    reference = score[~event][order]
    mass = np.concatenate(([0.0], np.cumsum(weight[~event][order])))
    below = mass[np.searchsorted(reference, score[event], side="left")]
    not_above = mass[np.searchsorted(reference, score[event], side="right")]
    share = (below + not_above) / (2.0 * mass[-1])
    return float(np.sum(share * weight[event]) / np.sum(weight[event]))
