"""Movement: who came into each tier since the previous run and who went out of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stratify.report import words
from stratify.report.charts.canvas import GREY, TEXT, TIER_COLOURS, WHITE, Chart, chart, patch, sheet
from stratify.report.data import TIERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The kind of way in or out, its colour and its pattern: told apart without colour too.
WAYS = {
    "from below": (TIER_COLOURS["high"], ""),
    "from above": (TIER_COLOURS["moderate"], ""),
    "joined": (WHITE, "...."),
    "to above": (TIER_COLOURS["high"], ""),
    "to below": (TIER_COLOURS["moderate"], ""),
    "left": (WHITE, "////"),
}


def _bars(axes: "Axes", place: int, parts: Sequence[tuple[str, int]], sign: int) -> int:
    reached = 0
    for way, number in parts:
        colour, hatch = WAYS[way]
        axes.barh(
            place,
            sign * number,
            left=sign * reached,
            color=colour,
            hatch=hatch,
            edgecolor=GREY,
            linewidth=0.8,
            height=0.5,
        )
        reached += number
    return reached


def flow(ways_in: Mapping[str, Sequence[tuple[str, int]]], ways_out: Mapping[str, Sequence[tuple[str, int]]]) -> Chart:
    """For each tier a bar to the right for people who came in and one to the left for people who went out."""
    axes = sheet(240, (66, 20, 24, 70))
    axes.grid(visible=False, axis="y")
    totals = []
    for place, tier in enumerate(reversed(TIERS)):
        arrived = _bars(axes, place, ways_in[tier], 1)
        gone = _bars(axes, place, ways_out[tier], -1)
        totals.append((place, tier, arrived, gone))
    widest = max([1, *(max(arrived, gone) for _, _, arrived, gone in totals)])
    for place, _, arrived, gone in totals:
        axes.text(arrived + widest * 0.03, place, f"+{arrived:,}", va="center", ha="left", weight="bold")
        axes.text(-gone - widest * 0.03, place, f"\N{MINUS SIGN}{gone:,}", va="center", ha="right", weight="bold")
    axes.axvline(0, color=TEXT, linewidth=1.2)
    axes.set_yticks(range(len(TIERS)), [words.TIER_NAMES[tier] for tier in reversed(TIERS)])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-1.4 * widest, 1.4 * widest)
    axes.set_ylim(-0.5, 2.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
    axes.locator_params(axis="x", nbins=5)
    axes.text(-1.4 * widest, 2.62, "Went out of the tier", ha="left", weight="bold")
    axes.text(1.4 * widest, 2.62, "Came into the tier", ha="right", weight="bold")
    _key(axes)
    said = [
        f"{words.TIER_NAMES[tier].lower()}: {arrived:,} came in and {gone:,} went out"
        for _, tier, arrived, gone in reversed(totals)
    ]
    alt = f"People who came into and went out of each tier since the previous run. {'; '.join(said)}."
    return chart(axes, "flow", "Who came into and went out of each tier", alt)


def _key(axes: "Axes") -> None:
    names = {"from below": "Rose (from below, to above)", "from above": "Fell (from above, to below)"}
    names |= {"joined": "Newly scored", "left": "No longer scored"}
    axes.legend(
        handles=[patch(WAYS[way][0], name, WAYS[way][1]) for way, name in names.items()],
        loc="upper center",
        bbox_to_anchor=(0.42, -0.13),
        ncols=2,
        fontsize=10,
        handlelength=1.4,
        columnspacing=1.2,
    )
