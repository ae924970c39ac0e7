"""How much of the coming year's emergency admissions and cost fell on the people at the top of the list."""

from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.evaluation.inputs import Floats, Labels
from stratify.evaluation.operating_points import CUTS, TIERS, size_of_cut

REFERENCE = (
    "The Tower Hamlets plan of 2014 puts about 85% of acute activity and 75% of acute spend on the top 20% of "
    "people. Its activity and spend are not only emergency admissions, and its year is not this one."
)

Whole = npt.NDArray[np.int64]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(chosen: npt.NDArray[Any], admissions: Whole, cost: Whole | None) -> dict[str, Any]:
    people = len(admissions)
    picked = int(np.count_nonzero(chosen)) if chosen.dtype == np.bool_ else len(chosen)
    stays = int(np.sum(admissions[chosen]))
    spent = None if cost is None else int(np.sum(cost[chosen]))
    return {
        "people": picked,
        "people_share": picked / people,
        "admissions": stays,
        "admissions_share": _share(stays, int(np.sum(admissions))),
        "cost_pence": spent,
        "cost_share": None if spent is None or cost is None else _share(spent, int(np.sum(cost))),
    }


def by_cut(score: Floats, admissions: Whole, cost: Whole | None) -> list[dict[str, Any]]:
    """The share of admissions and cost of the top 0.5, 5 and 20 %."""
    order = np.argsort(-score, kind="stable")
    sizes = [(share, size_of_cut(share, len(score))) for share in CUTS]
    return [{"top_share": share, **_row(order[:size], admissions, cost)} for share, size in sizes]


def by_tier(tiers: Labels, admissions: Whole, cost: Whole | None) -> list[dict[str, Any]]:
    """The share of admissions and cost of each tier, and of everyone in none."""
    rows = [{"tier": tier, **_row(np.asarray(tiers == tier), admissions, cost)} for tier in TIERS]
    rest = ~np.isin(np.asarray(tiers, dtype=np.str_), TIERS)
    return [*rows, {"tier": "none", **_row(rest, admissions, cost)}]


def concentration(score: Floats, tiers: Labels | None, admissions: Whole, cost: Whole | None) -> dict[str, Any]:
    """Concentration by cut and, where people have tiers, by tier, over the 365 days from the index date."""
    return {
        "by_cut": by_cut(score, admissions, cost),
        "by_tier": None if tiers is None else by_tier(tiers, admissions, cost),
        "reference": REFERENCE,
    }
