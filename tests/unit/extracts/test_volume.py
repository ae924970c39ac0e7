"""When a feed has stopped and when a month is nearly empty."""

from datetime import date, timedelta

import pytest

from interfaces.extracts.volume import by_month, low_months, months_before, stopped

EXTRACTED_ON = date(2026, 10, 1)


def _steady(first: date, last: date, rows: int = 1) -> dict[date, int]:
    return {first + timedelta(days=day): rows for day in range((last - first).days + 1)}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 1), 2, date(2026, 8, 1)),
        (date(2026, 4, 30), 2, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 31), 13, date(2024, 12, 31)),
        (date(2026, 11, 30), -1, date(2026, 12, 30)),
        (date(2026, 12, 1), -1, date(2027, 1, 1)),
    ],
)
def test_months_before_keeps_the_day_or_the_end_of_the_month(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_steady_feed_has_not_stopped() -> None:
    assert stopped(_steady(date(2023, 10, 1), date(2026, 9, 30)), EXTRACTED_ON, 2) is None


def test_feed_with_its_usual_lag_has_not_stopped() -> None:
    assert stopped(_steady(date(2023, 10, 1), date(2026, 8, 20)), EXTRACTED_ON, 2) is None


def test_feed_that_stopped_two_months_early_has_stopped() -> None:
    stop = stopped(_steady(date(2023, 10, 1), date(2026, 7, 31)), EXTRACTED_ON, 2)
    assert stop is not None
    assert (stop.last_event, stop.since, stop.found) == (date(2026, 7, 31), date(2026, 8, 1), 0)
    assert 55 <= stop.expected <= 65


def test_late_corrections_do_not_hide_a_stop() -> None:
    days = _steady(date(2023, 10, 1), date(2026, 7, 31)) | {date(2026, 9, 3): 2, date(2026, 9, 20): 1}
    stop = stopped(days, EXTRACTED_ON, 2)
    assert stop is not None
    assert stop.found == 3


def test_feed_that_stopped_years_ago_has_stopped() -> None:
    assert stopped(_steady(date(2018, 1, 1), date(2020, 12, 31)), EXTRACTED_ON, 2) is not None


def test_feed_with_too_few_rows_to_tell_has_not_stopped() -> None:
    monthly = {months_before(date(2026, 6, 15), month): 3 for month in range(36)}
    assert stopped(monthly, EXTRACTED_ON, 2) is None
    assert stopped(monthly, EXTRACTED_ON, 3) is not None  # nine rows expected: chance alone leaves none once in 8,000


def test_feed_of_two_months_is_too_young_to_tell() -> None:
    assert stopped(_steady(date(2025, 1, 1), date(2025, 2, 28), 10), EXTRACTED_ON, 2) is None


def test_feed_without_rows_has_not_stopped() -> None:
    assert stopped({}, EXTRACTED_ON, 2) is None


def test_longer_gap_is_allowed_where_it_is_configured() -> None:
    days = _steady(date(2023, 10, 1), date(2026, 6, 30))
    assert stopped(days, EXTRACTED_ON, 3) is not None
    assert stopped(days, EXTRACTED_ON, 5) is None


def test_months_include_empty_ones() -> None:
    assert by_month({date(2026, 1, 31): 2, date(2026, 3, 1): 1}) == {
        date(2026, 1, 1): 2,
        date(2026, 2, 1): 0,
        date(2026, 3, 1): 1,
    }


def test_months_of_nothing_are_none() -> None:
    assert by_month({}) == {}


def test_low_month_inside_the_period_is_named() -> None:
    months = by_month(_steady(date(2025, 1, 1), date(2026, 9, 30), 10))
    months[date(2026, 3, 1)] = 60  # a fifth of the usual 300
    assert low_months(months, EXTRACTED_ON, 0.25) == (date(2026, 3, 1),)


def test_partial_months_never_alarm() -> None:
    months = by_month(_steady(date(2025, 1, 31), date(2026, 9, 1), 10))  # one day in the first and the last month
    assert low_months(months, date(2026, 9, 15), 0.25) == ()


def test_low_month_does_not_become_the_usual_one() -> None:
    months = by_month(_steady(date(2025, 1, 1), date(2026, 9, 30), 10))
    for month in range(3, 9):
        months[date(2026, month, 1)] = 5
    assert len(low_months(months, EXTRACTED_ON, 0.25)) == 6
