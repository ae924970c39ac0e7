"""The drawing of a person's tiers: where its marks are, what it says without eyes, what its table has."""

import re
from datetime import date

from caseload.domain.words import Tier
from caseload.presenters.charts import TierMonth, tier_chart
from tests.support.bare_pages import render

SOURCE = '{% from "macros/charts.html" import tier_chart %}{{ tier_chart(chart, months, show) }}'


def months(*tiers, old=0):
    return [
        TierMonth(date(2025 + place // 12, place % 12 + 1, 1), tier, 90.0 + place, place < old)
        for place, tier in enumerate(tiers)
    ]


def test_no_history_has_no_chart():
    assert tier_chart([]) is None
    assert "No monthly run" in render(SOURCE, chart=None, months=[], show=True)


def test_one_month_is_a_point_in_the_middle():
    chart = tier_chart(months(Tier.HIGH))
    assert len(chart.points) == 1
    assert chart.left < chart.points[0].x < chart.right
    assert chart.words == "Tier in Jan 2025: High."


def test_higher_tiers_are_higher_and_later_months_further_right():
    chart = tier_chart(months(Tier.NONE, Tier.MODERATE, Tier.HIGH, Tier.VERY_HIGH))
    assert [point.y for point in chart.points] == sorted((point.y for point in chart.points), reverse=True)
    assert len({point.y for point in chart.points}) == 4
    assert [point.x for point in chart.points] == sorted({point.x for point in chart.points})
    assert {level.words: level.y for level in chart.levels}["Very high"] == chart.points[-1].y
    assert "4 monthly runs: No tier in Jan 2025, Very high in Apr 2025" in chart.words


def test_order_of_the_rows_does_not_matter():
    rows = months(Tier.NONE, Tier.HIGH, Tier.MODERATE)
    assert tier_chart(rows[::-1]) == tier_chart(rows)


def test_line_goes_along_and_then_up_or_down():
    chart = tier_chart(months(Tier.NONE, Tier.HIGH))
    first, last = chart.points
    assert chart.line == f"M{first.x} {first.y}H{last.x}V{last.y}"


def test_labels_never_crowd_and_always_name_the_latest_month():
    for count in range(1, 61):
        chart = tier_chart(months(*[Tier.HIGH] * count))
        assert len(chart.labels) <= 6
        assert chart.labels[-1].x == chart.points[-1].x
        gaps = [b.x - a.x for a, b in zip(chart.labels, chart.labels[1:], strict=False)]
        assert all(gap >= 60 for gap in gaps)


def test_chart_on_a_page_has_a_name_a_table_and_no_style():
    rows = months(Tier.NONE, Tier.HIGH, old=1)
    page = render(SOURCE, chart=tier_chart(rows), months=rows, show=True)
    assert re.search(r'role="img" aria-label="Tier in 2 monthly runs', page)
    assert "style=" not in page
    assert page.count("<circle") == 2
    assert page.count("app-chart__point--old") == 1
    assert "No tier (out of date)" in page
    assert "91.0" in page


def test_chart_for_who_may_not_see_scores_has_no_percentile():
    rows = months(Tier.NONE, Tier.HIGH)
    page = render(SOURCE, chart=tier_chart(rows), months=rows, show=False)
    assert "Percentile" not in page
    assert "91.0" not in page
