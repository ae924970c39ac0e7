"""Signs that a fit saw the future: checks that stop it by the feature's name, and drift between snapshots that is told.

A single feature that nearly decides the outcome, or a model better than any published one, is far more
often a fault in the data (an outcome written back into the record, a date moved) than a discovery.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stratify.contributions import Matrix
from stratify.evaluation.discrimination import roc_placements
from stratify.evaluation.drift import MARKED_CHANGE, population_stability
from stratify.exceptions import FitRefused

# Fewer events decide nothing: with 20, a harmless feature passes 0.95 less than once in a million tries.
_LEAST_EVENTS = 20
# Enough to know an area to within 0.005, and no more, for this is done for every feature.
_MOST_PEOPLE = 40_000
_CLASSES = 10

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Suspicion:
    """A feature, and how well it alone tells who will be admitted (area under the ROC curve, 0.5 to 1)."""

    name: str
    auroc: float


@dataclass(frozen=True)
class Drift:
    """A feature whose values at the later snapshot are spread differently: population stability index."""

    name: str
    stability_index: float


def single_feature_areas(names: Sequence[str], values: Matrix, event: Bools) -> list[Suspicion]:
    """How well each feature alone separates the outcomes, whichever way it points; empty with fewer than 20 events.

    Missing values are tried as the lowest and as the highest, so that a value recorded only for those who were
    admitted is seen too. Large populations are thinned evenly.
    """
    if min(np.count_nonzero(event), np.count_nonzero(~event)) < _LEAST_EVENTS:
        return []
    kept = _thinned(event)
    outcome = event[kept]
    return [Suspicion(name, _area(values[kept, column], outcome)) for column, name in enumerate(names)]


def check_features(names: Sequence[str], values: Matrix, event: Bools, *, limit: float) -> None:
    """Raise FitRefused naming the feature that alone separates the outcomes better than `limit`."""
    worst = max(single_feature_areas(names, values, event), key=lambda found: found.auroc, default=None)
    if worst is not None and worst.auroc > limit:
        raise FitRefused(
            f"no single feature to tell the outcome with an AUROC above {limit:g}",
            f"{worst.auroc:.3f} for {worst.name}",
            "Look for the outcome, or anything known only after it, in what this feature is made from, and for events"
            " dated or made available earlier than they were.",
        )


def check_fit(auroc: float, names: Sequence[str], gains: NDArray[np.float64], *, limit: float) -> None:
    """Raise FitRefused where the model is too good on people it has not seen, naming the feature it leans on most.

    `gains` are the features' total gains, in the order of `names`.
    """
    if auroc <= limit:
        return
    order = np.argsort(-np.asarray(gains), kind="stable")
    share = gains[order[0]] / max(float(np.sum(gains)), 1e-12)
    raise FitRefused(
        f"an AUROC of at most {limit:g} on practices held out; the best published models reach about 0.80 to 0.85",
        f"{auroc:.3f}, with {share:.0%} of the gain from {names[order[0]]}",
        "Look for information from after the index date in that feature first.",
    )


def drifted(names: Sequence[str], before: Matrix, now: Matrix, *, limit: float = MARKED_CHANGE) -> list[Drift]:
    """Features spread differently at two snapshots of one place, most first: a sign that a definition changed.

    Values are compared over tenths of the earlier snapshot, with missing as a class of its own.
    """
    found = [Drift(name, _stability(before[:, column], now[:, column])) for column, name in enumerate(names)]
    return sorted((drift for drift in found if drift.stability_index > limit), key=lambda drift: -drift.stability_index)


def _thinned(event: Bools) -> NDArray[np.intp]:
    """Positions of at most 40,000 people, half of them with the event where there are so many."""
    chosen = [_every_so_many(np.flatnonzero(event == outcome), _MOST_PEOPLE // 2) for outcome in (True, False)]
    return np.sort(np.concatenate(chosen))


def _every_so_many(positions: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    step = -(-len(positions) // most)
    return positions[::step]


def _area(column: NDArray[np.floating], event: Bools) -> float:
    largest = float(np.finfo(np.float32).max)
    areas = []
    for stand_in in (-largest, largest):
        filled = np.nan_to_num(column.astype(np.float64), nan=stand_in)
        area = float(np.mean(roc_placements(event, filled)[0]))
        areas.append(max(area, 1 - area))
    return max(areas)


def _stability(before: NDArray[np.floating], now: NDArray[np.floating]) -> float:
    present = before[~np.isnan(before)]
    if len(present) == 0:
        return population_stability(*_with_missing(before, now, np.zeros(0)))
    edges = np.unique(np.quantile(present, np.linspace(0, 1, _CLASSES + 1)[1:-1]))
    return population_stability(*_with_missing(before, now, edges))


def _with_missing(
    before: NDArray[np.floating], now: NDArray[np.floating], edges: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts over the classes between the edges, missing last."""

    def counts(values: NDArray[np.floating]) -> NDArray[np.int64]:
        missing = np.isnan(values)
        places = np.searchsorted(edges, values[~missing], side="right")
        return np.append(np.bincount(places, minlength=len(edges) + 1), np.count_nonzero(missing))

    return counts(before), counts(now)
