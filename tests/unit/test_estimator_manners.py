"""Both classifiers keep scikit-learn's contract for estimators."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from stratify.estimators.logistic_baseline import LogisticBaseline
from stratify.estimators.risk_classifier import RiskClassifier


@pytest.mark.slow
@parametrize_with_checks(
    [RiskClassifier(trees=20, least_people=1, ridge=0.0, learning_rate=0.3), LogisticBaseline(inverse_ridge=1.0)]
)
def test_estimator_keeps_the_contract_of_scikit_learn(estimator, check) -> None:
    check(estimator)
