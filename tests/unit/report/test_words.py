from datetime import date

import pytest

from stratify.report import words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (words.count(261_536), "261,536"),
        (words.count(None), "–"),
        (words.people(1), "1 person"),
        (words.people(2), "2 people"),
        (words.percent(0.0064, 2), "0.64%"),
        (words.decimal(-0.004, 2), "0.00"),
        (words.decimal(-1335.52, 1), "−1,335.5"),
        (words.signed(-12), "−12"),
        (words.signed(0), "0"),
        (words.signed(1204), "+1,204"),
        (words.pounds(123_456_789), "£1,234,568"),
        (words.day(date(2026, 10, 1)), "1 October 2026"),
        (words.short_day(date(2026, 9, 28)), "28 Sep 2026"),
        (words.days(1), "1 day"),
        (words.days(18.5), "18.5 days"),
        (words.listed([]), ""),
        (words.listed(["a"]), "a"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.sentence("no rows for August 2026"), "No rows for August 2026"),
        (words.interval({"value": 0.8123, "low": 0.8, "high": 0.82}), "0.81 (0.80 to 0.82)"),
        (words.interval({"value": 0.5, "low": 0.4, "high": 0.6}, 0, as_percent=True), "50% (40% to 60%)"),
        (words.interval({"value": 0.5, "low": None, "high": None}), "0.50"),
    ],
)
def test_figures_are_written_as_meant(written, meant):
    assert written == meant


def test_a_share_of_nobody_and_a_figure_not_known_are_a_dash():
    assert words.share(1, 0) == words.interval(None) == words.NOTHING
