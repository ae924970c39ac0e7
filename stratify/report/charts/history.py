"""The size of each tier month by month."""

from collections.abc import Sequence

from stratify.report import words
from stratify.report.charts.canvas import TIER_COLOURS, Chart, chart, sheet
from stratify.report.data import TIERS, MonthSize

_MARKS = {"very_high": "s", "high": "o", "moderate": "^"}


def history(months: Sequence[MonthSize]) -> Chart:
    """A line for each tier: people in it as a share of everyone scored that month."""
    axes = sheet(220, (40, 68, 12, 28))
    places = list(range(len(months)))
    for tier in TIERS:
        shares = [month.tiers[tier] / max(month.scored, 1) for month in months]
        colour = TIER_COLOURS[tier]
        axes.plot(places, shares, marker=_MARKS[tier], color=colour, linewidth=1.8, markersize=5)
        name = words.TIER_NAMES[tier]
        axes.annotate(name, (places[-1], shares[-1]), (7, 0), textcoords="offset points", va="center", ha="left")
    axes.set_ylim(0, None)
    step = max(1, -(-len(months) // 5))
    axes.set_xticks(places[::step], [words.month(month.index_date) for month in months][::step])
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.set_xlim(-0.2, places[-1] + 0.05 * len(months))
    last = months[-1]
    said = [f"{words.TIER_NAMES[tier].lower()} {words.share(last.tiers[tier], last.scored, 2)}" for tier in TIERS]
    alt = f"Share of people in each tier over {len(months)} months; in the latest, {words.listed(said)}."
    return chart(axes, "history", "Tiers month by month", alt)
