import numpy as np
import pytest

from stratify.evaluation.calibration import (
    RISK_RANGE,
    average_gap,
    calibration,
    largest_gap,
    precise,
    quantile_table,
    risk_table,
)


def _people(count, shift=0.0, seed=1):
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.5, 1.4, count)
    event = rng.random(count) < 1 / (1 + np.exp(-(odds + shift)))
    return event, 1 / (1 + np.exp(-odds))


def test_right_predictions_have_slope_one_and_ratio_one_in_their_intervals():
    found = calibration(*_people(60_000), seed=4)
    assert found["slope"]["low"] < 1 < found["slope"]["high"]
    assert found["observed_over_expected"]["low"] < 1 < found["observed_over_expected"]["high"]
    assert found["intercept_at_slope_one"]["low"] < 0 < found["intercept_at_slope_one"]["high"]
    assert found["largest_gap"]["share_of_chance_as_large"] > 0.05


def test_predictions_that_are_too_low_are_seen_by_every_figure():
    found = calibration(*_people(60_000, shift=0.4), seed=4)
    assert found["observed_over_expected"]["low"] > 1.2
    assert found["intercept_at_slope_one"]["low"] > 0.3
    assert found["largest_gap"]["value"] > found["largest_gap"]["by_chance_95"]
    assert found["largest_gap"]["share_of_chance_as_large"] == 0


def test_risk_bins_cover_the_range_and_each_holds_enough():
    event, probability = _people(30_000)
    rows = risk_table(event, probability)
    assert rows[0]["low"] == RISK_RANGE[0]
    assert rows[-1]["high"] == RISK_RANGE[1]
    assert all(row["people"] >= 1000 for row in rows)
    assert sum(row["people"] for row in rows) == np.count_nonzero(probability <= RISK_RANGE[1])
    assert all(left["high"] == right["low"] for left, right in zip(rows, rows[1:], strict=False))


def test_too_few_people_at_the_top_join_the_bin_below():
    probability = np.concatenate((np.full(1500, 0.02), np.full(1200, 0.12), np.full(30, 0.42)))
    rows = risk_table(np.zeros(2730, dtype=bool), probability)
    assert [(row["low"], row["high"], row["people"]) for row in rows] == [(0.0, 0.05, 1500), (0.05, 0.6, 1230)]


def test_wide_bins_hold_chance_below_their_limit():
    event, probability = _people(200_000)
    for row in risk_table(event, probability, precise):
        rate = row["mean_predicted"]
        assert np.sqrt(rate * (1 - rate) / row["people"]) < 0.0051


def test_nobody_in_the_range_gives_no_gap():
    rows = risk_table(np.ones(3, dtype=bool), np.full(3, 0.9))
    assert rows == []
    assert largest_gap(rows, 1) == {"value": None}
    assert average_gap(rows) is None


def test_quantile_table_has_equal_groups_in_order_of_risk():
    event, probability = _people(1003)
    rows = quantile_table(event, probability, 10)
    assert {row["people"] for row in rows} == {100, 101}
    assert sum(row["events"] for row in rows) == event.sum()
    means = [row["mean_predicted"] for row in rows]
    assert means == sorted(means)


def test_gap_by_chance_is_the_same_for_the_same_seed_only():
    event, probability = _people(20_000)
    rows = risk_table(event, probability)
    assert largest_gap(rows, 7) == largest_gap(rows, 7)
    assert largest_gap(rows, 7)["by_chance_median"] != largest_gap(rows, 8)["by_chance_median"]


def test_average_gap_weighs_bins_by_people():
    rows = [{"people": 3, "gap": 0.1}, {"people": 1, "gap": -0.5}]
    assert average_gap(rows) == pytest.approx((0.3 + 0.5) / 4, abs=1e-12)
