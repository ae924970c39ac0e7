"""Concentration: how much of the admissions and the cost falls on the people of each tier."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from stratify.report import words
from stratify.report.charts.canvas import ON_COLOUR, TIER_COLOURS, WHITE, Chart, bare, chart, patch, sheet
from stratify.report.data import ALL_TIERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM_FOR_TEXT = 0.1


def concentration(shares: Sequence[tuple[str, Mapping[str, float]]], key: str, title: str) -> Chart:
    """A bar of 100 % for people, admissions and cost, divided by tier."""
    axes = sheet(62 + 34 * len(shares), (122, 6, 26, 4))
    bare(axes)
    axes.set_xticks([])
    for place, (_, parts) in enumerate(reversed(shares)):
        reached = 0.0
        for tier in ALL_TIERS:
            width = parts[tier]
            axes.barh(place, width, left=reached, color=TIER_COLOURS[tier], edgecolor=WHITE, linewidth=1, height=0.74)
            if width >= _ROOM_FOR_TEXT:
                text = words.percent(width, 0)
                axes.text(reached + width / 2, place, text, ha="center", va="center", color=ON_COLOUR[tier])
            reached += width
    axes.set_yticks(range(len(shares)), [name for name, _ in reversed(shares)])
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.5, len(shares) - 0.5)
    _key(axes)
    said = [f"{name.lower()} {words.percent(sum(parts[t] for t in ALL_TIERS[:3]), 0)}" for name, parts in shares]
    return chart(axes, key, title, f"Share that the three tiers hold together: {words.listed(said)}.")


def _key(axes: "Axes") -> None:
    axes.legend(
        handles=[patch(TIER_COLOURS[tier], words.TIER_NAMES[tier]) for tier in ALL_TIERS],
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=4,
        fontsize=10,
        handlelength=1.0,
        columnspacing=0.9,
        handletextpad=0.4,
        borderaxespad=0.0,
    )
