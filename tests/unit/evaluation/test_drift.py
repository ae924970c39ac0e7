import numpy as np
import pytest

from stratify.evaluation.drift import population_stability, reading, score_stability


def test_equal_shares_have_no_drift_whatever_the_size():
    assert population_stability([10, 30, 60], [100, 300, 600]) == pytest.approx(0, abs=1e-12)


def test_drift_counted_by_hand():
    expected = (0.6 - 0.5) * np.log(0.6 / 0.5) + (0.4 - 0.5) * np.log(0.4 / 0.5)
    assert population_stability([50, 50], [60, 40]) == pytest.approx(expected, abs=1e-12)


def test_new_class_is_marked_but_finite():
    index = population_stability([100, 0], [60, 40])
    assert np.isfinite(index)
    assert reading(index) == "marked change"


def test_scores_of_the_same_people_do_not_drift_and_shifted_ones_do():
    scores = np.random.default_rng(1).normal(size=5000)
    assert score_stability(scores, scores) == pytest.approx(0, abs=1e-12)
    assert reading(score_stability(scores, scores + 0.02)) == "little change"
    assert reading(score_stability(scores, scores + 0.4)) == "some change"
    assert reading(score_stability(scores, scores + 1)) == "marked change"
