"""The true risk must be the risk: calibrated against what then happened, and better than chance by the field's margin."""

import duckdb
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcomes(borough) -> tuple[np.ndarray, np.ndarray]:
    """True risk and whether an emergency admission followed, of people who stayed the year or died in it."""
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.sql(
            f"""
            SELECT true_risk, nhs_number IN (SELECT nhs_number FROM '{borough.pack_later}/admissions.parquet'
                WHERE admission_method[1] = '2' AND admitted_on >= DATE '2025-10-01' AND admitted_on < DATE '2026-10-01') AS admitted
            FROM '{borough.truth}/risk.parquet' JOIN '{borough.pack_later}/gp_register.parquet' USING (nhs_number)
            WHERE coalesce(deregistered_on, DATE '2999-01-01') >= DATE '2026-10-01' ORDER BY nhs_number
            """
        ).fetchnumpy()
    return rows["true_risk"].astype(float), rows["admitted"].astype(bool)


def test_as_many_are_admitted_as_the_truth_says(outcomes):
    risk, admitted = outcomes
    spread = np.sqrt(np.sum(risk * (1 - risk)))
    assert abs(admitted.sum() - risk.sum()) < 3.3 * spread


def test_calibration_slope_of_the_truth_is_one(outcomes):
    """Standard error of the slope at this size is about 0.03."""
    risk, admitted = outcomes
    logit = np.log(risk.clip(1e-6, 1 - 1e-6) / (1 - risk.clip(1e-6, 1 - 1e-6)))
    fitted = LogisticRegression(C=1e9).fit(logit[:, None], admitted)
    assert fitted.coef_[0, 0] == pytest.approx(1.0, abs=0.09)


def test_truth_is_calibrated_in_each_tenth(outcomes):
    risk, admitted = outcomes
    for tenth in np.array_split(np.argsort(risk), 10):
        expected, spread = risk[tenth].sum(), np.sqrt(np.sum(risk[tenth] * (1 - risk[tenth])))
        assert abs(admitted[tenth].sum() - expected) < 4 * spread


def test_oracle_ranks_as_well_as_the_field_would_expect(outcomes, record_property):
    risk, admitted = outcomes
    auroc = roc_auc_score(admitted, risk)
    record_property("oracle_auroc", round(auroc, 4))
    assert 0.79 < auroc < 0.88


def test_true_risk_is_a_probability_and_never_certain(outcomes):
    risk, _ = outcomes
    assert risk.min() >= 0
    assert risk.max() < 1


def test_shuffled_truth_would_not_pass(outcomes):
    risk, admitted = outcomes
    shuffled = np.random.default_rng(1).permutation(risk)
    assert roc_auc_score(admitted, shuffled) < 0.55
