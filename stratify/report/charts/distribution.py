"""How scores are spread over the people scored."""

from stratify.report import words
from stratify.report.charts.canvas import TIER_COLOURS, Chart, chart, sheet
from stratify.report.data import Histogram

_MOST_CLASSES = 12
_CUTS = (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
_SAME = 1e-9


def class_names(histogram: Histogram) -> list[str]:
    """The classes in words: 5% to 10%, or 3 to 5 points."""
    if histogram.unit == "probability":
        ends = [f"{round(100 * edge, 6):g}%" for edge in histogram.edges]
    else:
        ends = [f"{round(edge, 2):g}" for edge in histogram.edges]
    return [f"{low} to {high}" for low, high in zip(ends, ends[1:], strict=False)]


def readable(histogram: Histogram) -> Histogram:
    """The histogram in few enough classes to read: a dozen at most, narrow where most people are."""
    if len(histogram.counts) <= _MOST_CLASSES:
        return histogram
    if histogram.unit == "probability":
        kept = [place for place, edge in enumerate(histogram.edges) if any(abs(edge - cut) < _SAME for cut in _CUTS)]
    else:
        step = -(-len(histogram.counts) // _MOST_CLASSES)
        kept = list(range(0, len(histogram.counts), step))
    places = sorted({0, *kept, len(histogram.counts)})
    counts = tuple(sum(histogram.counts[low:high]) for low, high in zip(places, places[1:], strict=False))
    return Histogram(tuple(histogram.edges[place] for place in places), counts, histogram.unit)


def distribution(histogram: Histogram) -> Chart:
    """A bar with its number for each class of score."""
    names = class_names(histogram)
    axes = sheet(46 + 20 * len(names), (84, 48, 4, 38))
    axes.grid(visible=False, axis="y")
    places = range(len(names))
    axes.barh(list(places), histogram.counts, color=TIER_COLOURS["high"], height=0.74)
    for place, number in zip(places, histogram.counts, strict=True):
        axes.annotate(f"{number:,}", (number, place), (4, 0), textcoords="offset points", va="center", ha="left")
    axes.set_yticks(list(places), names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("People")
    most = max(places, key=lambda place: histogram.counts[place])
    alt = f"People by score. The largest class is {names[most]}, with {words.people(histogram.counts[most])}."
    return chart(axes, "distribution", "People by score", alt)
