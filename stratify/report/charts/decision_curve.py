"""The decision curve: net benefit of acting on the score, on simple rules and on nothing."""

from collections.abc import Mapping, Sequence

from stratify.report.charts.canvas import GREY, TEXT, TIER_COLOURS, Chart, chart, sheet

# Shown in this order; the line pattern differs as well as the colour.
LINES = {
    "score": ("This score", TIER_COLOURS["very_high"], "-", 2.4),
    "logistic": ("Logistic regression", "#330072", (0, (6, 2)), 1.4),
    "last_year_admissions": ("Last year's admissions", "#005eb8", (0, (3, 2)), 1.6),
    "hfrs": ("Hospital Frailty Risk Score", "#007f3b", (0, (1, 1.5)), 1.6),
    "efi": ("Electronic frailty index", "#00786e", (0, (3, 1, 1, 1)), 1.4),
    "charlson": ("Charlson index", "#7c2855", (0, (5, 1, 1, 1, 1, 1)), 1.4),
    "age": ("Age", "#8a5500", (0, (8, 2)), 1.4),
    "everyone": ("Everyone", GREY, "-", 1.0),
    "no_one": ("No one", TEXT, (0, (1, 2)), 1.0),
}
_PER = 1000


def decision_curve(thresholds: Sequence[float], curves: Mapping[str, Sequence[float]]) -> Chart:
    """Net benefit per 1,000 people over the risk above which somebody would act."""
    axes = sheet(340, (44, 14, 12, 130))
    top = max(max(curves["score"]), max(curves["everyone"])) * _PER * 1.08
    for name, (label, colour, pattern, width) in LINES.items():
        if name in curves:
            values = [value * _PER for value in curves[name]]
            axes.plot(thresholds, values, label=label, color=colour, linestyle=pattern, linewidth=width)
    axes.set_ylim(-0.12 * top, top)
    axes.set_xlim(0, max(thresholds))
    axes.set_xlabel("Risk above which one would act")
    axes.set_ylabel("Net benefit per 1,000 people")
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.legend(loc="upper center", bbox_to_anchor=(0.43, -0.2), ncols=2, fontsize=10, handlelength=2.6)
    alt = (
        "Net benefit of acting on this score at each risk threshold, beside acting on everyone, on no one and on the "
        "simple rules and published indices; the figures are in the table."
    )
    return chart(axes, "decision-curve", "Net benefit by the risk above which one would act", alt)


def threshold_places(thresholds: Sequence[float], wanted: Sequence[float]) -> list[int]:
    """Where the wanted thresholds stand among those of the curve."""
    return [min(range(len(thresholds)), key=lambda place: abs(thresholds[place] - value)) for value in wanted]
