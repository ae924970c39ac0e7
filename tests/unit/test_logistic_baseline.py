"""The rival every fit is compared with."""

import json

import numpy as np

from stratify.estimators.logistic_baseline import LogisticBaseline
from stratify.estimators.logistic_formula import LogisticFormula


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


def test_formula_gives_what_scikit_learn_gives_and_survives_json() -> None:
    random = np.random.default_rng(3)
    values = random.poisson(2.0, size=(800, 4)).astype(np.float32)
    values[random.random(800) < 0.2, 2] = np.nan
    event = random.random(800) < 1 / (1 + np.exp(2 - values[:, 0]))
    taught = LogisticBaseline().fit(values, event)

    formula = taught.formula(["a", "b", "c", "d"])
    again = LogisticFormula.from_json(json.loads(json.dumps(formula.to_json())))

    filled = np.where(np.isnan(values), taught.medians_, values).astype(np.float64)
    columns = np.hstack([np.sign(filled) * np.log1p(np.abs(filled)), np.isnan(values)[:, taught.incomplete_]])
    expected = taught.regression_.decision_function((columns - taught.centre_) / taught.scale_)
    np.testing.assert_allclose(formula.raw(values), expected, rtol=1e-9, atol=1e-9)
    assert again.names == ("a", "b", "c", "d")
    assert again.raw(values).tobytes() == formula.raw(values).tobytes()


def test_column_with_nothing_recorded_does_no_harm() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(500, 2)).astype(np.float32)
    values[:, 1] = np.nan
    event = random.random(500) < 1 / (1 + np.exp(-values[:, 0]))

    raw = LogisticBaseline().fit(values, event).decision_function(values)
    assert np.all(np.isfinite(raw))
    assert np.corrcoef(raw, values[:, 0])[0, 1] > 0.9
