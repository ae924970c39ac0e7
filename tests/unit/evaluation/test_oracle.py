import numpy as np
import pytest

from stratify.evaluation.oracle import against_truth


@pytest.fixture
def truth():
    return np.random.default_rng(4).beta(0.6, 8, 30_000)


def _event(truth):
    return np.random.default_rng(5).random(len(truth)) < truth


def test_truth_itself_reaches_all_of_it(truth):
    found = against_truth(_event(truth), truth, truth, truth)
    assert found["auroc_share"] == 1
    assert [row["share"] for row in found["ppv"]] == [1, 1, 1]
    assert found["calibration"]["largest_gap"] == pytest.approx(0, abs=1e-12)


def test_noise_costs_both_measures(truth):
    noisy = np.log(truth + 1e-9) + np.random.default_rng(6).normal(0, 1.5, len(truth))
    found = against_truth(_event(truth), noisy, None, truth)
    assert found["auroc_share"] < 0.98
    assert found["ppv"][0]["share"] < 0.95
    assert found["calibration"] is None


def test_predictions_that_are_a_tenth_too_low_are_seen_without_chance(truth):
    calibration = against_truth(_event(truth), truth, truth * 0.9, truth)["calibration"]
    assert calibration["true_over_predicted"] == pytest.approx(1 / 0.9, abs=1e-9)
    worst = max(calibration["by_risk"], key=lambda row: row["gap"])
    assert worst["gap"] == pytest.approx(worst["mean_predicted"] / 9, abs=1e-9)
    assert all(row["people"] >= 100 for row in calibration["by_risk"])


def test_people_whose_outcome_is_not_known_count_for_calibration_only(truth):
    known = np.random.default_rng(8).random(len(truth)) < 0.7
    some = against_truth(_event(truth), truth, truth, truth, known)
    assert some["auroc"] == against_truth(_event(truth)[known], truth[known], None, truth[known])["auroc"]
    everybody = against_truth(_event(truth), truth, truth, truth)
    assert some["calibration"] == everybody["calibration"]
