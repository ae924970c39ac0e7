"""Published figures of other tools, to be read beside ours and never as a contest: their people are not ours."""

from typing import Any

SPARRA_V4: dict[str, Any] = {
    "name": "SPARRA v4 (Scotland)",
    "source": (
        "Liley and others, Development and assessment of a machine learning tool for predicting emergency admission "
        "in Scotland, npj Digital Medicine 2024;7:277"
    ),
    "population": (
        "Residents of Scotland scored by SPARRA: about 80% of the population, not everyone registered, and other years"
    ),
    "auroc": 0.7987,
    "cuts": [
        {"top_share": 0.005, "ppv": 0.819},
        {"top_share": 0.05, "ppv": 0.517},
        {"top_share": 0.20, "ppv": 0.270},
    ],
    "largest_gap": [0.008, 0.019],
    "caution": (
        "Denominators differ: who is scored, how deaths and leavers are counted and how many people are admitted. "
        "A share of a sicker population holds more admissions, so a higher or lower figure here is not by itself better or worse."
    ),
}


def context() -> list[dict[str, Any]]:
    """The published figures shown beside an evaluation."""
    return [SPARRA_V4]
