"""Whether people given a risk of one in five are admitted one time in five."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.evaluation.inputs import Bools, Floats
from stratify.evaluation.intervals import Estimate, from_error, scaled, weighted_wilson

RISK_RANGE = (0.0, 0.6)
"""The range of predicted risk over which the largest gap is looked for; above it there are too few people."""

BIN_WIDTH = 0.05
ENOUGH_PEOPLE = 1000
"""Neighbouring risk bins are joined until each holds this many people: chance then moves a bin by 0.016 at most."""

PRECISE_ERROR = 0.005
"""Or, for the wide bins, until chance moves each by no more than this: half of the 0.010 that is asked for."""

Enough = Callable[[int, float], bool]

_SIMULATIONS = 2000
_NEWTON_STEPS = 50
_TOLERANCE = 1e-12


def log_odds(probability: Floats) -> Floats:
    """Log-odds of probabilities, kept finite where one is 0 or 1."""
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside) - np.log1p(-inside), dtype=np.float64)


def logistic_fit(event: Bools, columns: Floats, offset: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Coefficients and standard errors of an unpenalised logistic regression, by Newton's method.

    `columns` is people by predictors (put the column of ones in yourself); `offset` is added to the log-odds. With
    weights the errors are Huber's sandwich, because a weight is not a number of people.
    """
    mass = np.ones(len(event)) if weight is None else weight
    beta = np.zeros(columns.shape[1])
    for _ in range(_NEWTON_STEPS):
        fitted = 1 / (1 + np.exp(-(columns @ beta + offset)))
        information = (columns * (mass * fitted * (1 - fitted))[:, None]).T @ columns
        step = np.linalg.solve(information, columns.T @ (mass * (event - fitted)))
        beta = beta + step
        if float(np.max(np.abs(step))) < _TOLERANCE:
            break
    inverse = np.linalg.inv(information)
    if weight is not None:
        scores = columns * (mass * (event - fitted))[:, None]
        inverse = inverse @ (scores.T @ scores) @ inverse
    return beta, np.sqrt(np.diag(inverse))


def slope_and_intercept(event: Bools, probability: Floats, weight: Floats | None = None) -> dict[str, Estimate]:
    """The calibration slope (1 is right) and intercept, and the intercept with the slope held at 1 (0 is right).

    Logistic regression of the outcome on the log-odds of the prediction (Cox, Biometrika 1958;45:562-565).
    """
    odds = log_odds(probability)
    ones = np.ones(len(odds))
    both, error = logistic_fit(event, np.column_stack((ones, odds)), np.zeros(len(odds)), weight)
    alone, alone_error = logistic_fit(event, ones[:, None], odds, weight)
    return {
        "slope": from_error(float(both[1]), float(error[1])),
        "intercept": from_error(float(both[0]), float(error[0])),
        "intercept_at_slope_one": from_error(float(alone[0]), float(alone_error[0])),
    }


def _weights(event: Bools, weight: Floats | None) -> Floats:
    return np.ones(len(event)) if weight is None else weight


def observed_over_expected(event: Bools, probability: Floats, weight: Floats | None = None) -> Estimate:
    """How many had the event for each one expected, with the Wilson interval of the number observed."""
    mass = _weights(event, weight)
    return scaled(weighted_wilson(event, mass), float(np.sum(mass)) / float(np.sum(mass * probability)))


@dataclass(frozen=True)
class _Judged:
    """People with a predicted risk, an outcome and a weight."""

    event: Bools
    probability: Floats
    weight: Floats

    def row(self, chosen: npt.NDArray[Any], low: float, high: float) -> dict[str, Any]:
        """Some of these people as a row of a table."""
        event, weight = self.event[chosen], self.weight[chosen]
        observed = weighted_wilson(event, weight)
        mean = float(np.sum(weight * self.probability[chosen]) / np.sum(weight))
        return {
            "low": low,
            "high": high,
            "people": len(event),
            "events": int(np.count_nonzero(event)),
            "mean_predicted": mean,
            "observed": observed,
            "gap": (observed["value"] or 0.0) - mean,
        }


def quantile_table(event: Bools, probability: Floats, bins: int, weight: Floats | None = None) -> list[dict[str, Any]]:
    """Observed and predicted in groups of equal size, lowest risk first; equal risks are split in the order given."""
    judged = _Judged(event, probability, _weights(event, weight))
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [judged.row(part, float(probability[part[0]]), float(probability[part[-1]])) for part in parts]


def enough_people(people: int, rate: float) -> bool:
    """Whether a bin holds enough people to be judged, whatever their risk."""
    return people >= ENOUGH_PEOPLE


def precise(people: int, rate: float) -> bool:
    """Whether chance moves a bin of these people at this mean risk by little enough."""
    return people > 0 and rate * (1 - rate) / people <= PRECISE_ERROR**2


def _joined_edges(probability: Floats, enough: Enough) -> Floats:
    """Edges over the risk range, neighbours joined from below until every bin holds enough people."""
    low, high = RISK_RANGE
    edges = np.round(np.linspace(low, high, round((high - low) / BIN_WIDTH) + 1), 6)
    counts, sums = np.histogram(probability, edges)[0], np.histogram(probability, edges, weights=probability)[0]
    kept, people, expected = [low], 0, 0.0
    for number, edge in enumerate(edges[1:]):
        people, expected = people + int(counts[number]), expected + float(sums[number])
        if enough(people, expected / max(people, 1)):
            kept.append(float(edge))
            people, expected = 0, 0.0
    # What is left over at the top is too few to stand alone: it joins the bin below it.
    return np.asarray([*(kept[:-1] if len(kept) > 1 else kept), high])


def risk_table(
    event: Bools, probability: Floats, enough: Enough = enough_people, weight: Floats | None = None
) -> list[dict[str, Any]]:
    """Observed and predicted by predicted risk, in bins 0.05 wide joined until each holds enough people."""
    judged = _Judged(event, probability, _weights(event, weight))
    edges = _joined_edges(probability, enough)
    place = np.digitize(probability, edges[1:-1])
    inside = (probability >= edges[0]) & (probability <= edges[-1])
    rows = []
    for number in range(len(edges) - 1):
        chosen = inside & (place == number)
        if np.any(chosen):
            rows.append(judged.row(chosen, float(edges[number]), float(edges[number + 1])))
    return rows


def _gaps_by_chance(rows: list[dict[str, Any]], seed: int) -> Floats:
    people = np.asarray([row["people"] for row in rows])
    mean = np.asarray([row["mean_predicted"] for row in rows])
    drawn = np.random.default_rng(seed).binomial(people, mean, size=(_SIMULATIONS, len(rows)))
    return np.asarray(np.max(np.abs(drawn / people - mean), axis=1), dtype=np.float64)


def largest_gap(rows: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """The largest distance of observed and predicted in a risk table, and how large chance alone makes it.

    `by_chance_*` come from drawing outcomes for these same bins as if the predictions were exactly right, so a gap
    within them is no evidence of miscalibration.
    """
    if not rows:
        return {"value": None}
    worst = max(rows, key=lambda row: abs(row["gap"]))
    chance = _gaps_by_chance(rows, seed)
    return {
        "value": abs(worst["gap"]),
        "low": worst["low"],
        "high": worst["high"],
        "people": worst["people"],
        "range": list(RISK_RANGE),
        "bins": len(rows),
        "fewest_people": min(row["people"] for row in rows),
        "by_chance_median": float(np.median(chance)),
        "by_chance_95": float(np.quantile(chance, 0.95)),
        "share_of_chance_as_large": float(np.mean(chance >= abs(worst["gap"]))),
    }


def average_gap(rows: list[dict[str, Any]]) -> float | None:
    """The distance of observed and predicted averaged over the people in the bins."""
    people = sum(row["people"] for row in rows)
    return math.fsum(row["people"] * abs(row["gap"]) for row in rows) / people if people else None


def calibration(event: Bools, probability: Floats, seed: int, weight: Floats | None = None) -> dict[str, Any]:
    """Every calibration figure of an evaluation: slope, intercept, O/E, tables and gaps.

    `weight` lets those who stayed on the register stand in for those who left (stratify.evaluation.censoring).
    """
    ratio = observed_over_expected(event, probability, weight)
    events = int(np.count_nonzero(event))
    by_risk = risk_table(event, probability, enough_people, weight)
    wide = risk_table(event, probability, precise, weight)
    return {
        **slope_and_intercept(event, probability, weight),
        "observed_over_expected": ratio,
        "weighted_by_staying": weight is not None,
        "observed": events,
        # Of the people followed up, so that observed over expected is the ratio above.
        "expected": events / ratio["value"] if ratio["value"] else float(np.sum(probability)),
        "largest_gap": largest_gap(by_risk, seed),
        "largest_gap_wide_bins": largest_gap(wide, seed),
        "average_gap": average_gap(by_risk),
        "binning": (
            f"Predicted risk {RISK_RANGE[0]:g} to {RISK_RANGE[1]:g} in bins {BIN_WIDTH:g} wide, neighbours joined "
            f"until each holds at least {ENOUGH_PEOPLE:,} people; wide bins: until chance moves each by "
            f"at most {PRECISE_ERROR:g}."
        ),
        "by_risk": by_risk,
        "by_risk_wide": wide,
        "deciles": quantile_table(event, probability, 10, weight),
        "twentieths": quantile_table(event, probability, 20, weight),
    }
