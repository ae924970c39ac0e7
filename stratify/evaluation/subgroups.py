"""The same figures for groups of people, so that a score that serves some badly is seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.evaluation.calibration import observed_over_expected
from stratify.evaluation.discrimination import auroc
from stratify.evaluation.groups import members
from stratify.evaluation.inputs import Bools, Floats, Labels
from stratify.evaluation.intervals import wilson

FEWEST_EVENTS = 10
"""With fewer events, or fewer people without one, a group's figures are left out: their intervals would say nothing."""

FLAGGED_SHARE = 0.05


def flagged(score: Floats, share: float = FLAGGED_SHARE) -> Bools:
    """Who is among the top share by score; ties stand in the order given."""
    picked = np.zeros(len(score), dtype=np.bool_)
    picked[np.argsort(-score, kind="stable")[: max(1, int(share * len(score) + 0.5))]] = True
    return picked


@dataclass(frozen=True)
class Scored:
    """People with outcome, score, predicted risk (None for a score that is none) and weight (1 where None)."""

    event: Bools
    score: Floats
    probability: Floats | None
    weight: Floats | None = None

    def of(self, part: npt.NDArray[np.int64]) -> "Scored":
        """Some of these people."""
        risk = None if self.probability is None else self.probability[part]
        return Scored(self.event[part], self.score[part], risk, None if self.weight is None else self.weight[part])


def _calibration(people: Scored) -> dict[str, Any]:
    risk = people.probability
    if risk is None:
        return {"observed_over_expected": None, "mean_predicted": None}
    ratio = observed_over_expected(people.event, risk, people.weight)
    return {"observed_over_expected": ratio, "mean_predicted": float(np.mean(risk))}


def _figures(people: Scored, picked: Bools) -> dict[str, Any]:
    event = people.event
    right = int(np.count_nonzero(event & picked))
    return {
        "auroc": auroc(event, people.score),
        **_calibration(people),
        "flagged": int(np.count_nonzero(picked)),
        "flagged_ppv": wilson(right, int(np.count_nonzero(picked))),
        "flagged_sensitivity": wilson(right, int(np.count_nonzero(event))),
    }


def _row(name: str, people: Scored, picked: Bools) -> dict[str, Any]:
    event = people.event
    events = int(np.count_nonzero(event))
    few = min(events, len(event) - events) < FEWEST_EVENTS
    row = {"name": name, "people": len(event), "events": events, "observed": wilson(events, len(event))}
    return row | {"too_few": few} | ({} if few else _figures(people, picked))


def by_group(people: Scored, labels: Labels) -> list[dict[str, Any]]:
    """One row for each label: people, events, AUROC, O/E, and how the top 5 % of everybody finds this group's events."""
    picked = flagged(people.score)
    return [_row(name, people.of(part), picked[part]) for name, part in members(labels)]
