"""The tier pyramid: the share of people in each tier here, beside the national share."""

from stratify.report import words
from stratify.report.charts.canvas import GREY, LIGHT, TIER_COLOURS, Chart, bare, chart, sheet
from stratify.report.data import TIERS, TierSize

_HALF = 0.42


def pyramid(sizes: tuple[TierSize, ...], scored: int, basis: str) -> Chart:
    """A row for each tier, highest on top: here to the left in its colour, nationally to the right in outline."""
    axes = sheet(190, (4, 4, 26, 4))
    bare(axes)
    axes.set_yticks([])
    axes.set_xticks([])
    whole = max(scored, 1)
    by_tier = {size.tier: size for size in sizes}
    largest = max([size.people / whole for size in sizes] + [size.national_share for size in sizes] + [1e-9])
    for place, tier in enumerate(reversed(TIERS)):
        size = by_tier[tier]
        here, national = size.people / whole / largest, size.national_share / largest
        axes.barh(place, -here, left=-0.3, color=TIER_COLOURS[tier], height=2 * _HALF)
        axes.barh(place, national, left=0.3, color="white", edgecolor=GREY, hatch="////", height=2 * _HALF, linewidth=1)
        axes.text(0, place, words.TIER_NAMES[tier], ha="center", va="center", weight="bold")
        axes.text(-0.34 - here, place, words.percent(here * largest, 2), ha="right", va="center")
        axes.text(0.34 + national, place, words.percent(national * largest, 2), ha="left", va="center")
    axes.text(-0.3, 2.72, "Here", ha="right", weight="bold", color=TIER_COLOURS["very_high"])
    axes.text(0.3, 2.72, "National", ha="left", weight="bold", color=GREY)
    axes.axhline(-0.56, color=LIGHT, linewidth=1)
    axes.set_xlim(-1.75, 1.75)
    axes.set_ylim(-0.6, 2.6)
    shares = [f"{words.TIER_NAMES[t].lower()} {words.share(by_tier[t].people, scored, 2)}" for t in TIERS]
    alt = f"Share of {basis} in each tier here, {words.listed(shares)}, drawn beside the national shares."
    return chart(axes, "pyramid", "People in each tier, here and nationally", alt)
