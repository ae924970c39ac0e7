"""The tiers: their sizes of everyone and of adults, beside the national shares; spread and history."""

from collections.abc import Sequence
from typing import Any

from stratify.report import words
from stratify.report.charts.concentration import concentration
from stratify.report.charts.distribution import class_names, distribution, readable
from stratify.report.charts.history import history
from stratify.report.charts.pyramid import pyramid
from stratify.report.data import ALL_TIERS, TIERS, MonthSize, RunReportData, TierActivity, TierSize
from stratify.report.tables import Table, table

BASES = {"scored": "everyone scored", "adults": "adults (18 and over)", "registered": "everyone registered"}


def how_cut(data: RunReportData) -> str:
    """How the tiers were cut, in a sentence."""
    if data.tier_method == "cut_off":
        return (
            f"A person's tier depends on their own predicted risk alone: the cut-offs come from "
            f"{data.tier_reference or 'a reference population'}, so the shares here differ from the national ones."
        )
    shares = [f"{words.TIER_NAMES[size.tier].lower()} {words.percent(size.national_share)}" for size in in_a_tier(data)]
    return f"People are ranked and cut at fixed shares of {BASES[data.tier_base]}: {words.listed(shares)}."


def _size_row(size: TierSize, data: RunReportData) -> tuple[str, ...]:
    return (
        words.TIER_NAMES[size.tier],
        words.count(size.people),
        words.share(size.people, data.scored, 2),
        words.count(size.adults),
        words.share(size.adults, data.scored_adults, 2),
        words.percent(size.national_share, 2),
        words.NOTHING if size.previous_people is None else words.signed(size.people - size.previous_people),
    )


def _together(name: str, sizes: Sequence[TierSize], data: RunReportData) -> tuple[str, ...]:
    """Several tiers as one row."""
    people, adults = sum(size.people for size in sizes), sum(size.adults for size in sizes)
    changes = [size.people - size.previous_people for size in sizes if size.previous_people is not None]
    return (
        name,
        words.count(people),
        words.share(people, data.scored, 2),
        words.count(adults),
        words.share(adults, data.scored_adults, 2),
        words.percent(sum(size.national_share for size in sizes), 2),
        words.signed(sum(changes)) if len(changes) == len(sizes) else words.NOTHING,
    )


def in_a_tier(data: RunReportData) -> tuple[TierSize, ...]:
    """The sizes of the three tiers, whether or not the run also counted those below them."""
    return tuple(size for size in data.tiers if size.tier in TIERS)


def _sizes(data: RunReportData) -> Table:
    sizes = in_a_tier(data)
    rows = [*(_size_row(size, data) for size in sizes), _together("In a tier", sizes, data)]
    headings = "Tier|People|Of everyone scored|Adults|Of adults scored|Nationally|Change since last run"
    caption = f"Tiers, of {words.people(data.scored)} scored and {words.count(data.scored_adults)} adults among them"
    return table("tiers", caption, headings, rows, total=True)


def _spread(data: RunReportData) -> dict[str, Any] | None:
    if data.distribution is None:
        return None
    shown = readable(data.distribution)
    unit = "Predicted risk" if shown.unit == "probability" else "Points"
    pairs = zip(class_names(shown), shown.counts, strict=True)
    rows = [(name, words.count(number), words.share(number, data.scored)) for name, number in pairs]
    held = table("distribution", "People by score", f"{unit}|People|Of everyone scored", rows)
    return {"chart": distribution(shown), "table": held}


def _months(data: RunReportData) -> dict[str, Any] | None:
    """Earlier runs and this one, in order, this one once."""
    this = MonthSize(data.index_date, data.scored, {size.tier: size.people for size in data.tiers})
    months = (*(month for month in data.history if month.index_date < data.index_date), this)
    if len(months) < 2:
        return None
    rows = [
        (words.day(month.index_date), words.count(month.scored), *(words.count(month.tiers[tier]) for tier in TIERS))
        for month in months
    ]
    held = table("history", "People in each tier, month by month", "Month|Scored|Very high|High|Moderate", rows)
    return {"chart": history(months), "table": held}


def _shares(activity: tuple[TierActivity, ...], field: str) -> dict[str, float]:
    amounts = {row.tier: getattr(row, field) or 0 for row in activity}
    whole = sum(amounts.values()) or 1
    return {tier: amounts.get(tier, 0) / whole for tier in ALL_TIERS}


def _activity(data: RunReportData) -> dict[str, Any] | None:
    if not data.activity:
        return None
    fields = [("People", "people"), ("Emergency admissions", "emergency_admissions")]
    if any(row.cost_pence for row in data.activity):
        fields.append(("Cost of them", "cost_pence"))
    shares = [(name, _shares(data.activity, field)) for name, field in fields]
    of = dict(shares)
    rows = [
        (
            words.TIER_NAMES[row.tier],
            words.count(row.people),
            words.percent(of["People"][row.tier]),
            words.count(row.emergency_admissions),
            words.percent(of["Emergency admissions"][row.tier]),
            words.pounds(row.cost_pence),
            words.percent(of["Cost of them"][row.tier]) if "Cost of them" in of else words.NOTHING,
        )
        for row in data.activity
    ]
    headings = "Tier|People|Share|Emergency admissions|Share|Cost|Share"
    held = table("activity", "Emergency admissions and their cost in the last 12 months, by tier", headings, rows)
    title = "Where last year's emergency admissions and cost fell"
    return {"chart": concentration(shares, "activity", title), "table": held}


def tiers(data: RunReportData) -> dict[str, Any]:
    """Sizes, spread, history and what last year's admissions were spent on, by tier."""
    return {
        "how": how_cut(data),
        "chart": pyramid(in_a_tier(data), data.scored, "people scored"),
        "table": _sizes(data),
        "spread": _spread(data),
        "history": _months(data),
        "activity": _activity(data),
    }
