"""Whether the score is right practice by practice: the number observed against its binomial interval."""

from typing import Any

import numpy as np

from stratify.evaluation.groups import members
from stratify.evaluation.inputs import Bools, Floats, Labels
from stratify.evaluation.intervals import CONFIDENCE, Z, wilson

LARGE_PRACTICE = 2000
"""Practices with fewer people are counted but not judged: their intervals are too wide to say anything."""

_TAIL = (1 - CONFIDENCE) / 2


def _quantiles(people: int, rate: float) -> tuple[int, int]:
    """The ends of the central 95 % of a binomial count."""
    # Imported here: a run's report reads evaluations and should not wait for the library.
    from scipy.special import bdtr

    counts = np.arange(people + 1)
    below = bdtr(counts, people, rate)
    return int(np.searchsorted(below, _TAIL)), int(np.searchsorted(below, 1 - _TAIL))


def _row(name: str, event: Bools, probability: Floats, weight: Floats) -> dict[str, Any]:
    """Weighted people, rounded to whole ones, against a binomial; with equal weights it is the plain binomial."""
    people, seen = float(np.sum(weight)), float(np.sum(weight[event]))
    expected = float(np.sum(weight * probability))
    low, high = _quantiles(round(people), expected / people)
    spread = float(np.sqrt(np.sum(weight * weight * probability * (1 - probability))))
    events, ratio = int(np.count_nonzero(event)), seen / expected
    return {
        "name": name,
        "people": len(event),
        "observed": events,
        # Of the people followed up, so that observed over expected is the ratio beside it.
        "expected": events / ratio if ratio else expected,
        "observed_over_expected": ratio,
        "interval_low": low / expected,
        "interval_high": high / expected,
        "large": len(event) >= LARGE_PRACTICE,
        "inside": low <= round(seen) <= high,
        # Stricter: people differ in risk, which makes the count vary less than a binomial with their average.
        "inside_strict": abs(seen - expected) <= Z * spread,
    }


def by_place(event: Bools, probability: Floats, places: Labels, weight: Floats | None = None) -> list[dict[str, Any]]:
    """Observed over expected of each place, beside the central 95 % of what its own average risk would give."""
    mass = np.ones(len(event)) if weight is None else weight
    return [_row(name, event[part], probability[part], mass[part]) for name, part in members(places)]


def practice_agreement(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the practices with enough people, how many have O/E inside the interval; 95 in 100 is what chance gives."""
    large = [row for row in rows if row["large"]]
    inside = sum(row["inside"] for row in large)
    return {
        "least_people": LARGE_PRACTICE,
        "practices": len(rows),
        "large": len(large),
        "inside": inside,
        "share_inside": wilson(inside, len(large)),
        "inside_strict": sum(row["inside_strict"] for row in large),
    }
