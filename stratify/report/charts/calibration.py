"""Calibration: the risk predicted against the share who were admitted."""

from collections.abc import Mapping, Sequence
from typing import Any

from stratify.report import words
from stratify.report.charts.canvas import GREY, TIER_COLOURS, Chart, chart, sheet


def calibration(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A dot with its 95 % interval for each bin of predicted risk, and the line on which perfect dots would lie."""
    axes = sheet(290, (54, 12, 10, 42))
    predicted = [row["mean_predicted"] for row in rows]
    observed = [row["observed"]["value"] for row in rows]
    below = [row["observed"]["value"] - row["observed"]["low"] for row in rows]
    above = [row["observed"]["high"] - row["observed"]["value"] for row in rows]
    top = max([0.05, *predicted, *(row["observed"]["high"] for row in rows)]) * 1.06
    axes.plot([0, top], [0, top], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label="as predicted")
    axes.errorbar(
        predicted, observed, yerr=[below, above], fmt="o", color=TIER_COLOURS["high"], markersize=5, capsize=3,
        linewidth=1.4,
    )  # fmt: skip
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    axes.set_xlabel("Predicted risk")
    axes.legend(loc="upper left")
    axes.set_ylabel("Were admitted")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    worst = max(rows, key=lambda row: abs(row["gap"]))
    alt = (
        f"Share admitted against predicted risk in {len(rows)} bins. The dot farthest from perfect is at a predicted "
        f"risk of {words.percent(worst['mean_predicted'])}, where {words.percent(worst['observed']['value'])} were admitted."
    )
    return chart(axes, "calibration", "Predicted risk and what happened", alt)
