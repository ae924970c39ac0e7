"""People who left the register within the year: what happens to the figures if they are handled another way."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.evaluation.calibration import observed_over_expected
from stratify.evaluation.discrimination import auroc, brier, weighted_auroc
from stratify.evaluation.groups import members
from stratify.evaluation.inputs import Bools, EvaluationInputs, Floats, Labels
from stratify.evaluation.subgroups import Scored

Days = npt.NDArray[np.int64]


def known_days(event: Bools, censored: Bools, inputs: EvaluationInputs) -> Days | None:
    """Until which day each person's outcome is known: event, leaving, death or the end; None where days are missing."""
    told = inputs.follow_up
    if told.days_to_event is None or told.left_days is None:
        return None
    days = np.full(len(event), inputs.horizon, dtype=np.int64)
    if told.died_days is not None:
        died = (told.died_days >= 0) & ~censored
        days[died] = told.died_days[died]
    days[censored] = told.left_days[censored]
    days[event] = told.days_to_event[event]
    return np.clip(days, 0, inputs.horizon)


def staying_share(days: Days, censored: Bools, horizon: int) -> Floats:
    """Kaplan-Meier share still on the register just before each day 0 … horizon.

    A person whose outcome and leaving fall on one day counts as seen: outcomes come first.
    """
    left = np.bincount(days[censored], minlength=horizon + 1)
    settled = np.bincount(days[~censored], minlength=horizon + 1)
    at_risk = len(days) - np.concatenate(([0], np.cumsum(left + settled)[:-1])) - settled
    hazard = np.divide(left, at_risk, out=np.zeros(horizon + 1), where=at_risk > 0)
    return np.concatenate(([1.0], np.cumprod(1 - hazard)[:-1]))


def leaving_weights(days: Days, censored: Bools, horizon: int, strata: Labels | None = None) -> Floats:
    """Inverse probability of still being on the register when one's outcome became known; 0 for those who left.

    With `strata` (age bands, say) the chance of staying is that of one's own stratum: the young move more than the old.
    """
    weight = np.zeros(len(days))
    parts = [("", np.arange(len(days)))] if strata is None else members(strata)
    for _, part in parts:
        share = staying_share(days[part], censored[part], horizon)[days[part]]
        weight[part] = np.where(censored[part], 0.0, 1 / np.maximum(share, 1e-9))
    return weight


def staying_weights(event: Bools, inputs: EvaluationInputs, strata: Labels | None) -> Floats | None:
    """The weight of each person, 0 for who left without an event; None where nobody left or the days are not known."""
    censored = gone(event, inputs)
    days = known_days(event, censored, inputs)
    if days is None or not np.any(censored):
        return None
    return leaving_weights(days, censored, inputs.horizon, strata)


def gone(event: Bools, inputs: EvaluationInputs) -> Bools:
    """Who left the register in the window without the event."""
    censored = inputs.follow_up.censored
    return np.zeros(len(event), dtype=np.bool_) if censored is None else censored & ~event


def _weighted(people: Scored) -> dict[str, Any]:
    event, weight = people.event, np.asarray(people.weight)
    result: dict[str, Any] = {"auroc": weighted_auroc(event, people.score, weight)}
    if people.probability is not None:
        result["observed_over_expected"] = math.fsum(weight[event]) / math.fsum(weight * people.probability)
        result["brier"] = math.fsum(weight * (people.probability - event) ** 2) / math.fsum(weight)
    return result


def _unweighted(people: Scored) -> dict[str, Any]:
    result: dict[str, Any] = {"auroc": auroc(people.event, people.score)}
    if people.probability is not None:
        result["observed_over_expected"] = observed_over_expected(people.event, people.probability)
        result["brier"] = brier(people.event, people.probability)
    return result


def censoring(everyone: Scored, known: Bools) -> dict[str, Any]:
    """The count of people whose outcome is not known, and the figures under three ways of treating them.

    `everyone` carries the weights of `staying_weights`, if there are any.
    """
    followed = everyone.of(np.flatnonzero(known).astype(np.int64))
    return {
        "excluded": int(np.count_nonzero(~known)),
        "rule": (
            "Whether somebody who left the register within the year without an emergency admission was admitted is not "
            "known, so they are never counted as not admitted. Discrimination and the shares admitted are of those "
            "followed up; calibration lets those who stayed stand in for people of their age who left."
        ),
        "left_out": _unweighted(followed),
        "as_not_admitted": _unweighted(everyone),
        "weighted_by_staying": None if everyone.weight is None else _weighted(followed),
    }
