"""The rival every fit is compared with."""

import numpy as np

from stratify.estimators.logistic_baseline import LogisticBaseline


def test_logistic_baseline_finds_the_direction_of_a_count_and_of_a_gap() -> None:
    random = np.random.default_rng(0)
    values = random.poisson(1.0, size=(6000, 3)).astype(np.float32)
    missing = random.random(6000) < 0.3
    values[missing, 1] = np.nan
    event = random.random(6000) < 1 / (1 + np.exp(2 - values[:, 0] - missing))

    regression = LogisticBaseline().fit(values, event)

    coefficients = regression.regression_.coef_[0]
    assert list(regression.incomplete_) == [1]
    assert coefficients[0] > 0.3
    assert abs(coefficients[2]) < 0.1
    assert coefficients[3] > 0.3


def test_column_with_nothing_recorded_does_no_harm() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(500, 2)).astype(np.float32)
    values[:, 1] = np.nan
    event = random.random(500) < 1 / (1 + np.exp(-values[:, 0]))

    raw = LogisticBaseline().fit(values, event).decision_function(values)
    assert np.all(np.isfinite(raw))
    assert np.corrcoef(raw, values[:, 0])[0, 1] > 0.9
