"""Practices and networks: how much of each list is at very high or high risk."""

from collections.abc import Mapping, Sequence

from stratify.report import words
from stratify.report.charts.canvas import GREY, TEXT, TIER_COLOURS, Chart, chart, sheet


def places(networks: Mapping[str, Sequence[float]], means: Mapping[str, float], overall: float) -> Chart:
    """A row for each network: a dot for each practice, a bar for the network, a line for the whole place."""
    names = list(networks)
    longest = max((len(name) for name in names), default=0)
    axes = sheet(62 + 22 * len(names), (min(130, 14 + 6 * longest), 16, 22, 38))
    axes.grid(visible=False, axis="y")
    for place, name in enumerate(reversed(names)):
        shares = networks[name]
        axes.plot([means[name]] * 2, [place - 0.32, place + 0.32], color=TIER_COLOURS["very_high"], linewidth=3)
        axes.plot(
            shares, [place] * len(shares), "o", markersize=6, markerfacecolor="white",
            markeredgecolor=TIER_COLOURS["high"], markeredgewidth=1.4,
        )  # fmt: skip
    axes.axvline(overall, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2)
    axes.text(overall, len(names) - 0.3, f"everyone {words.percent(overall)}", ha="center", va="bottom", color=TEXT)
    axes.set_yticks(range(len(names)), list(reversed(names)))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(names) - 0.4)
    every = [share for shares in networks.values() for share in shares] + list(means.values()) + [overall]
    axes.set_xlim(0, max(max(every), 0.01) * 1.12)  # nobody at the top is still a chart
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.set_xlabel("People at very high or high risk: ○ a practice, ❙ its network")
    alt = (
        f"Share of people at very high or high risk in each practice and network; {words.percent(overall)} of everyone. "
        f"Practices run from {words.percent(min(every))} to {words.percent(max(every))}."
    )
    return chart(axes, "places", "Very high and high risk by network and practice", alt)
