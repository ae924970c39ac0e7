"""Calibration: increasing, strictly a probability, right on average, and kept as a few numbers."""

import json

import numpy as np
import pytest
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from stratify.estimators.calibration_line import CalibrationLine
from stratify.estimators.calibrator import MonotoneCalibrator


def place(people: int, *, seed: int, bend: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw scores, true risks and outcomes of a made-up place; `bend` makes the raw scores a curve of the log-odds."""
    random = np.random.default_rng(seed)
    sick = (random.random(people) < 0.12) * random.gamma(1.5, 0.8, people)
    log_odds = random.normal(-3.45, 0.75, people) + sick
    risk = expit(log_odds)
    return log_odds + bend * (log_odds + 3) ** 2, risk, random.random(people) < risk


def largest_gap(risk: np.ndarray, probability: np.ndarray) -> float:
    """Largest difference between true and stated risk, 0 to 0.6 in steps of 0.05."""
    bins = (probability / 0.05).astype(int)
    gaps = [abs(risk[bins == step].mean() - probability[bins == step].mean()) for step in range(12)]
    return max(gaps)


@pytest.fixture(scope="module")
def fitted() -> MonotoneCalibrator:
    raw, _, event = place(30_000, seed=1)
    return MonotoneCalibrator().fit(raw, event)


def test_probabilities_increase_strictly_with_the_raw_score(fitted: MonotoneCalibrator) -> None:
    raw = np.linspace(-15, 8, 200_001)
    assert np.all(np.diff(fitted.predict_proba(raw)) > 0)


def test_probabilities_stay_between_0_and_1_whatever_the_raw_score(fitted: MonotoneCalibrator) -> None:
    extreme = fitted.predict_proba([-1e9, -1000.0, 1000.0, 1e9])
    assert np.all((extreme > 0) & (extreme < 1))


def test_no_two_people_are_tied_who_were_not_before(fitted: MonotoneCalibrator) -> None:
    raw, _, _ = place(100_000, seed=2)
    assert len(np.unique(fitted.predict_proba(raw))) == len(np.unique(raw))


def test_line_survives_json_to_the_last_bit(fitted: MonotoneCalibrator) -> None:
    raw, _, _ = place(1000, seed=3)
    again = CalibrationLine.from_json(json.loads(json.dumps(fitted.line_.to_json())))
    assert again.probabilities(raw).tobytes() == fitted.predict_proba(raw).tobytes()


def test_line_passes_through_its_own_bends(fitted: MonotoneCalibrator) -> None:
    line = fitted.line_
    np.testing.assert_allclose(line.probabilities(line.raw), expit(line.log_odds), rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("bend", [0.0, 0.06], ids=["straight", "curved"])
def test_calibration_on_a_place_of_200_000_is_within_15_thousandths_on_another(bend: float) -> None:
    raw, _, event = place(200_000, seed=4, bend=bend)
    line = MonotoneCalibrator().fit(raw, event).line_

    later, risk, _ = place(250_000, seed=5, bend=bend)
    probability = line.probabilities(later)
    assert largest_gap(risk, probability) <= 0.015
    assert risk.sum() / probability.sum() == pytest.approx(1, abs=0.02)


@pytest.mark.slow
def test_isotonic_steps_would_have_been_further_from_the_truth() -> None:
    raw, _, event = place(200_000, seed=6)
    later, risk, _ = place(250_000, seed=7)

    steps = IsotonicRegression(out_of_bounds="clip").fit(raw, event).predict(later)
    line = MonotoneCalibrator().fit(raw, event).predict_proba(later)
    assert np.abs(line - risk).mean() < np.abs(steps - risk).mean() / 2


def test_calibration_that_is_off_is_put_right() -> None:
    raw, risk, event = place(60_000, seed=8)
    probability = MonotoneCalibrator().fit(0.5 * raw + 4.0, event).predict_proba(0.5 * raw + 4.0)
    np.testing.assert_allclose(probability.mean(), risk.mean(), rtol=0.05)
    assert np.abs(probability - risk).mean() < 0.003


def test_weight_of_two_is_two_people() -> None:
    raw, _, event = place(4000, seed=9)
    twice = MonotoneCalibrator().fit(np.tile(raw, 2), np.tile(event, 2)).predict_proba(raw)
    weighted = MonotoneCalibrator().fit(raw, event, np.full(4000, 2.0)).predict_proba(raw)
    np.testing.assert_allclose(weighted, twice, atol=1e-3)


def test_few_events_give_a_nearly_straight_line() -> None:
    raw, _, event = place(1500, seed=10)
    line = MonotoneCalibrator().fit(raw, event).line_
    slopes = np.diff(line.log_odds) / np.diff(line.raw)
    assert slopes.max() - slopes.min() < 0.2


def test_scores_that_point_the_wrong_way_are_flattened_never_turned() -> None:
    raw, _, event = place(5000, seed=11)
    probability = MonotoneCalibrator().fit(-raw, event).predict_proba(np.sort(-raw))
    assert np.all(np.diff(probability) >= 0)


def test_one_outcome_only_is_refused() -> None:
    with pytest.raises(ValueError, match="both outcomes"):
        MonotoneCalibrator().fit([0.1, 0.2], [0, 0])
