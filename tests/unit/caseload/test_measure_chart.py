"""The drawing of a person's own measure: where its marks are, and what it says to who does not see it."""

from datetime import UTC, date, datetime

from caseload.domain.measures import VALUES, is_value, short_words
from caseload.domain.plan_words import MeasureKind
from caseload.presenters.measure_charts import measure_chart, measure_parts
from caseload.queries.measures import MeasureRow
from tests.support.bare_pages import render

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def rows(kind, *answers):
    return [MeasureRow(kind, value, on, AT, "Ash Gp") for on, value in answers]


def test_every_kind_has_the_values_it_was_defined_with():
    assert set(VALUES) == set(MeasureKind)
    for kind in MeasureKind:
        assert list(VALUES[kind]) == list(range(1, 5 if kind is MeasureKind.ACTIVATION else 6))
        assert not is_value(kind, 0)
        assert not is_value(kind, 6)
    assert short_words(MeasureKind.ACTIVATION, 3) == "Level 3"


def test_higher_answers_are_higher_and_later_days_further_right_by_the_calendar():
    kind = MeasureKind.ACTIVATION
    days = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 12, 31))
    chart = measure_chart(kind, rows(kind, *zip(days, (1, 2, 4), strict=True)))
    first, second, last = chart.points
    assert first.y > second.y > last.y
    assert chart.left < first.x < second.x < last.x < chart.right
    assert abs((second.x - first.x) / (last.x - first.x) - 31 / 364) < 0.01
    assert {level.words: level.y for level in chart.levels}["Level 4"] == last.y
    assert chart.line == f"M{first.x} {first.y}L{second.x} {second.y}L{last.x} {last.y}"


def test_one_answer_is_a_point_in_the_middle():
    kind = MeasureKind.INVOLVED
    chart = measure_chart(kind, rows(kind, (date(2026, 9, 1), 3)))
    assert len(chart.points) == 1
    assert chart.left < chart.points[0].x < chart.right
    assert chart.words.endswith(": Sometimes on 1 September 2026.")


def test_better_is_up_but_for_loneliness():
    days = (date(2026, 1, 1), date(2026, 6, 1))
    for kind, before, after, said in (
        (MeasureKind.SUPPORTED, 2, 4, "Better"),
        (MeasureKind.SUPPORTED, 4, 2, "Worse"),
        (MeasureKind.LONELINESS, 2, 4, "Worse"),
        (MeasureKind.LONELINESS, 4, 2, "Better"),
        (MeasureKind.LONELINESS, 4, 4, "The same"),
    ):
        words = measure_chart(kind, rows(kind, *zip(days, (before, after), strict=True))).words
        assert f"{said} " in words, (kind, before, after)


def test_dates_below_the_drawing_never_crowd_and_always_name_the_latest():
    kind = MeasureKind.CONFIDENT
    for count in range(1, 60):
        answers = [(date(2026, 1 + number // 28, 1 + number % 28), 1 + number % 5) for number in range(count)]
        chart = measure_chart(kind, rows(kind, *answers))
        assert chart.labels[-1].x == chart.points[-1].x
        gaps = [b.x - a.x for a, b in zip(chart.labels, chart.labels[1:], strict=False)]
        assert all(gap >= 90 for gap in gaps)


def test_the_table_has_every_answer_the_latest_first():
    kind = MeasureKind.LONELINESS
    (part,) = measure_parts({kind: rows(kind, (date(2026, 1, 1), 5), (date(2026, 6, 1), 2))})
    assert [line.answer for line in part.lines] == ["Hardly ever", "Often or always"]


def test_the_drawing_says_in_words_what_it_shows():
    kind = MeasureKind.ACTIVATION
    chart = measure_chart(kind, rows(kind, (date(2026, 1, 1), 1), (date(2026, 6, 1), 2)))
    html = render('{% from "macros/charts.html" import drawing %}{{ drawing(chart) }}', chart=chart)
    assert 'role="img"' in html
    assert html.count("<circle") == 2
    assert "Better than at first." in html
