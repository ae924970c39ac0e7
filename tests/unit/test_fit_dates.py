"""Nothing a fit learns from may have been unknown on its index date."""

from datetime import date, timedelta

import pytest

from stratify.exceptions import FitRefused
from stratify.fit_dates import FitDates, check_history, feed_start, fit_dates

INDEX = date(2026, 9, 1)


def dates(before: tuple[int, ...] = (365, 548)) -> FitDates:
    return fit_dates(INDEX, lag_days=45, booster_days_before=before)


def test_every_outcome_is_over_and_has_arrived_by_the_index_date() -> None:
    for snapshot in dates().snapshots:
        assert snapshot + timedelta(days=365 + 45) <= INDEX


def test_the_trees_see_no_outcome_of_the_calibration_year() -> None:
    found = dates()
    assert all(booster + timedelta(days=365) <= found.calibration for booster in found.boosters)


def test_snapshots_are_told_earliest_first_and_once() -> None:
    assert list(dates().snapshots) == sorted(set(dates().snapshots))


def test_history_is_needed_from_a_look_back_before_the_earliest_snapshot() -> None:
    assert dates((365,)).history_from(1095) == INDEX - timedelta(days=45 + 365 + 365 + 1095)


def test_snapshot_beyond_the_history_is_left_out_but_never_the_first() -> None:
    enough_for_one = dates((365,)).history_from(1095)
    assert dates().reached(enough_for_one, 1095).boosters == dates((365,)).boosters
    assert dates().reached(date(2026, 1, 1), 1095).boosters == dates((365,)).boosters
    assert dates().reached(dates().history_from(1095), 1095) == dates()


def test_admissions_that_begin_too_late_are_refused_with_the_day_they_are_needed_from() -> None:
    needed = dates().history_from(1095)
    with pytest.raises(FitRefused, match=f"admissions from {needed.isoformat()}"):
        check_history(dates(), {"admissions": needed + timedelta(days=32)}, look_back_days=1095)


def test_admissions_within_the_first_month_are_enough() -> None:
    start = dates().history_from(1095) + timedelta(days=31)
    assert check_history(dates(), {"admissions": start}, look_back_days=1095) == []


def test_other_feed_that_begins_late_is_told_by_name() -> None:
    starts = {"admissions": date(2000, 1, 1), "gp_codes": date(2025, 1, 1), "outpatients": date(2001, 1, 1)}
    told = check_history(dates(), starts, look_back_days=1095)
    assert len(told) == 1
    assert told[0].startswith("gp_codes begins 2025-01-01")


def test_a_few_ancient_rows_are_no_start_of_a_feed() -> None:
    months = {date(1990, 1, 1): 2, date(2020, 5, 1): 1, date(2020, 6, 1): 900, date(2020, 7, 1): 1000}
    assert feed_start(months | {date(2020, 8, 1): 1000}) == date(2020, 6, 1)


def test_a_feed_without_rows_has_no_start() -> None:
    assert feed_start({}) is None
