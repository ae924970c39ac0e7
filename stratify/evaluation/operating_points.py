"""What it means to act on the top of the list: who is found, who is missed, how many must be looked at."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stratify.evaluation.inputs import Bools, Floats, Labels
from stratify.evaluation.intervals import inverse, wilson

CUTS = (0.005, 0.05, 0.20)
"""The shares of people at which tiers begin: very high, high and moderate (Tower Hamlets plan, 2014)."""

TIERS = ("very_high", "high", "moderate")


def size_of_cut(share: float, people: int) -> int:
    """How many people a share of them is: the nearest whole number, at least one."""
    return max(1, int(share * people + 0.5))


def figures(right: int, picked: int, events: int, people: int) -> dict[str, Any]:
    """PPV, sensitivity, specificity, number needed to evaluate and lift when `right` of `picked` had the event."""
    ppv = wilson(right, picked)
    return {
        "people": picked,
        "events": right,
        "ppv": ppv,
        "sensitivity": wilson(right, events),
        "specificity": wilson(people - events - (picked - right), people - events),
        "number_needed_to_evaluate": inverse(ppv),
        "lift": (right / picked) / (events / people) if picked and events else None,
    }


def top_events(event: Bools, score: Floats) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Events among the first one, two, three … people by score; ties stand in the order given."""
    return np.cumsum(event[np.argsort(-score, kind="stable")], dtype=np.int64)


def at_cuts(event: Bools, score: Floats, cuts: tuple[float, ...] = CUTS) -> list[dict[str, Any]]:
    """The figures when the top 0.5, 5 and 20 % by score are picked; ties stand in the order given."""
    running = top_events(event, score)
    people, events = len(event), int(running[-1])
    rows = []
    for share in cuts:
        picked = size_of_cut(share, people)
        rows.append({"top_share": share, **figures(int(running[picked - 1]), picked, events, people)})
    return rows


def _tier_row(event: Bools, chosen: Bools) -> dict[str, Any]:
    right, picked = int(np.count_nonzero(event & chosen)), int(np.count_nonzero(chosen))
    return figures(right, picked, int(np.count_nonzero(event)), len(event))


def in_tiers(event: Bools, tiers: Labels) -> list[dict[str, Any]]:
    """The figures of each configured tier alone, and of that tier with those above it."""
    rows, so_far = [], np.zeros(len(event), dtype=np.bool_)
    for tier in TIERS:
        chosen = np.asarray(tiers == tier)
        so_far = so_far | chosen
        rows.append({"tier": tier, "alone": _tier_row(event, chosen), "with_above": _tier_row(event, so_far)})
    return rows


def operating_points(event: Bools, score: Floats, tiers: Labels | None) -> Mapping[str, Any]:
    """The figures at the fixed cuts and, where people have tiers, at the configured ones."""
    return {"cuts": at_cuts(event, score), "tiers": None if tiers is None else in_tiers(event, tiers)}
