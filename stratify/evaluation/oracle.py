"""How near a score comes to the best there could be, for made-up people whose true risk is known."""

from typing import Any

import numpy as np

from stratify.evaluation.calibration import RISK_RANGE
from stratify.evaluation.discrimination import auroc
from stratify.evaluation.inputs import Bools, Floats
from stratify.evaluation.operating_points import at_cuts

_EDGES = np.round(np.arange(0, 13) * 0.05, 2)
FEWEST_PEOPLE = 100
"""A bin with fewer people is not looked at: their true risks still scatter."""


def against_truth(
    event: Bools, score: Floats, probability: Floats | None, truth: Floats, known: Bools | None = None
) -> dict[str, Any]:
    """AUROC and PPV as shares of what the true risk itself reaches, and the predicted risk against the true one.

    The first two are of those whose outcome is `known` (everybody where None). The last is of everybody and free of the
    chance in outcomes: per 0.05 of predicted risk, its mean beside the mean of the true risks.
    """
    seen = np.ones(len(event), dtype=np.bool_) if known is None else known
    ours, best = auroc(event[seen], score[seen]), auroc(event[seen], truth[seen])
    cuts = zip(at_cuts(event[seen], score[seen]), at_cuts(event[seen], truth[seen]), strict=True)
    return {
        "auroc": ours,
        "auroc_of_truth": best,
        "auroc_share": (ours["value"] or 0.0) / (best["value"] or 1.0),
        "ppv": [
            {
                "top_share": own["top_share"],
                "ppv": own["ppv"],
                "ppv_of_truth": most["ppv"],
                "share": own["events"] / most["events"] if most["events"] else None,
            }
            for own, most in cuts
        ],
        "calibration": None if probability is None else _calibration(probability, truth),
    }


def _calibration(probability: Floats, truth: Floats) -> dict[str, Any]:
    place = np.digitize(probability, _EDGES)
    rows = []
    for number in range(1, len(_EDGES)):
        chosen = place == number
        if np.count_nonzero(chosen) >= FEWEST_PEOPLE:
            predicted, true = float(np.mean(probability[chosen])), float(np.mean(truth[chosen]))
            row = {
                "low": float(_EDGES[number - 1]),
                "high": float(_EDGES[number]),
                "people": int(np.count_nonzero(chosen)),
            }
            rows.append(row | {"mean_predicted": predicted, "mean_true": true, "gap": true - predicted})
    return {
        "range": list(RISK_RANGE),
        "true_over_predicted": float(np.mean(truth) / np.mean(probability)),
        "largest_gap": max((abs(row["gap"]) for row in rows), default=None),
        "by_risk": rows,
    }
