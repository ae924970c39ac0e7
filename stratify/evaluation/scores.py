"""The whole evaluation of one score on one set of people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.evaluation.calibration import calibration, observed_over_expected
from stratify.evaluation.censoring import censoring, gone, staying_weights
from stratify.evaluation.concentration import concentration
from stratify.evaluation.context import context
from stratify.evaluation.discrimination import auprc, auroc, brier, scaled_brier
from stratify.evaluation.inputs import Bools, EvaluationInputs, Floats, FollowUp, Labels
from stratify.evaluation.intervals import CONFIDENCE, wilson
from stratify.evaluation.net_benefit import decision_curve
from stratify.evaluation.operating_points import at_cuts, operating_points
from stratify.evaluation.practices import by_place, practice_agreement
from stratify.evaluation.rivals import compare
from stratify.evaluation.subgroups import Scored, by_group
from stratify.exceptions import InputRefused

VERSION = 1
"""The version of the evaluation's shape; a reader that knows another refuses it."""

Evaluation = dict[str, Any]


def _check(event: Bools, score: Floats, others: Mapping[str, npt.NDArray[Any] | None]) -> None:
    uneven = [name for name, values in others.items() if values is not None and len(values) != len(event)]
    if len(score) != len(event) or uneven:
        raise ValueError(f"one value a person in every array; another length in: {', '.join(uneven) or 'score'}")
    if not np.all(np.isfinite(score)):
        raise ValueError("a finite score for every person")
    if np.all(event) or not np.any(event):
        raise InputRefused(
            "people with and people without an emergency admission among those evaluated",
            f"{int(np.count_nonzero(event))} of {len(event)} with one",
            "Evaluate a run on more people, or on a pack that covers the year after its index date.",
        )


def _discrimination(event: Bools, score: Floats, probability: Floats | None) -> dict[str, Any]:
    return {
        "auroc": auroc(event, score),
        "auprc": auprc(event, score),
        "brier": None if probability is None else brier(event, probability),
        "scaled_brier": None if probability is None else scaled_brier(event, probability),
    }


def _convention(event: Bools, score: Floats, probability: Floats | None) -> dict[str, Any]:
    return {
        "events": int(np.count_nonzero(event)),
        "rate": wilson(int(np.count_nonzero(event)), len(event)),
        "auroc": auroc(event, score),
        "observed_over_expected": None if probability is None else observed_over_expected(event, probability),
        "cuts": at_cuts(event, score),
    }


def _both_conventions(
    event: Bools, score: Floats, probability: Floats | None, with_deaths: Bools | None
) -> dict[str, Any]:
    """A death without an emergency admission as no event (the main figures) and as an event."""
    counted = None if with_deaths is None else _convention(with_deaths, score, probability)
    return {"death_is_no_event": _convention(event, score, probability), "death_is_an_event": counted}


def _places(people: Scored, groups: Mapping[str, Labels]) -> dict[str, Any]:
    if people.probability is None or "practice" not in groups:
        return {"practices": None, "networks": None, "agreement": None}

    def rows(name: str) -> list[dict[str, Any]] | None:
        if name not in groups or people.probability is None:
            return None
        return by_place(people.event, people.probability, groups[name], people.weight)

    practices = rows("practice")
    return {"practices": practices, "networks": rows("network"), "agreement": practice_agreement(practices or [])}


def _kept(inputs: EvaluationInputs, keep: Bools) -> EvaluationInputs:
    told = inputs.follow_up
    columns = {name: None if values is None else values[keep] for name, values in vars(told).items()}
    rivals = {name: rival[keep] for name, rival in inputs.rivals.items()}
    return replace(inputs, rivals=rivals, follow_up=FollowUp(**columns))


def _main(people: Scored, tiers: Labels | None, inputs: EvaluationInputs) -> dict[str, Any]:
    """The figures of people whose outcome is known."""
    told, event, score, risk = inputs.follow_up, people.event, people.score, people.probability
    held = told.emergency_admissions
    return {
        "discrimination": _discrimination(event, score, risk),
        "operating_points": operating_points(event, score, tiers),
        "calibration": None if risk is None else calibration(event, risk, inputs.seed, people.weight),
        "net_benefit": decision_curve(event, score, risk, inputs.rivals),
        "rivals": compare(event, score, inputs.rivals),
        "deaths": _both_conventions(event, score, risk, told.event_if_death_counts),
        "concentration": None if held is None else concentration(score, tiers, held, told.cost_pence),
    }


def _people(event: Bools, known: Bools) -> dict[str, Any]:
    events = int(np.count_nonzero(event[known]))
    people = int(np.count_nonzero(known))
    return {
        "scored": len(event),
        "evaluated": people,
        "censored_left_out": len(event) - people,
        "events": events,
        "rate": wilson(events, people),
    }


def evaluate_scores(
    y: npt.ArrayLike,
    raw: npt.ArrayLike,
    probability: npt.ArrayLike | None,
    groups: Mapping[str, Labels],
    tiers: Labels | None = None,
    inputs: EvaluationInputs | None = None,
) -> Evaluation:
    """Every figure of one score on one set of people, as plain values that go into JSON as they are.

    `y` says who had an emergency admission within the window; `raw` ranks people (higher is riskier, ties stand in
    the order given: give people in pseudonym order); `probability` is None for a score that is not one. `groups` are
    labels by name (stratify.evaluation.groups.person_groups; 'practice' and 'network' are also checked as places).
    `tiers` are the configured tiers. People censored in `inputs.follow_up` are left out of all but `censoring`; in
    calibration and O/E those who stayed stand in for people of their age band who left, where the days are known.
    Raises InputRefused where nobody, or everybody, had the event; ValueError where arrays do not fit each other.
    """
    told = inputs or EvaluationInputs()
    event = np.asarray(y).astype(np.bool_)
    score = np.asarray(raw, dtype=np.float64)
    risk = None if probability is None else np.asarray(probability, dtype=np.float64)
    _check(event, score, {"probability": risk, "tiers": tiers, **groups, **told.rivals, **vars(told.follow_up)})
    keep = ~gone(event, told)
    everyone = Scored(event, score, risk, staying_weights(event, told, groups.get("age_band")))
    followed = everyone.of(np.flatnonzero(keep).astype(np.int64))
    held = {name: np.asarray(labels)[keep] for name, labels in groups.items()}
    return {
        "version": VERSION,
        "confidence": CONFIDENCE,
        "seed": told.seed,
        "people": _people(event, keep),
        **_main(followed, None if tiers is None else np.asarray(tiers)[keep], _kept(told, keep)),
        "subgroups": {name: by_group(followed, labels) for name, labels in held.items()},
        "places": _places(followed, held),
        "censoring": censoring(everyone, keep),
        "context": context(),
    }
