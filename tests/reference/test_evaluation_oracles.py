"""Every figure of an evaluation against an independent implementation of it."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from stratify.evaluation.calibration import log_odds, logistic_fit, observed_over_expected, slope_and_intercept
from stratify.evaluation.censoring import leaving_weights, staying_share
from stratify.evaluation.discrimination import (
    auprc,
    auroc,
    auroc_difference,
    average_precision,
    brier,
    scaled_brier,
    weighted_auroc,
)
from stratify.evaluation.intervals import Z, wilson
from stratify.evaluation.net_benefit import THRESHOLDS, best_cut_net_benefit, net_benefit
from stratify.evaluation.practices import by_place

EXACT = 1e-12  # the same arithmetic in another order
SOLVER = 1e-6  # two Newton solvers that stop at different points
BOOTSTRAP = 0.08  # twice the relative error of a standard error from 400 resamples


@pytest.fixture
def people():
    """4,000 people with tied scores and a miscalibrated probability."""
    rng = np.random.default_rng(20)
    odds = np.round(rng.normal(-2.2, 1.3, 4000), 1)
    event = rng.random(4000) < 1 / (1 + np.exp(-(0.2 + 0.8 * odds)))
    return event, odds, 1 / (1 + np.exp(-odds))


def test_auroc_equals_scikit_learn_with_ties(people):
    event, score, _ = people
    assert auroc(event, score)["value"] == pytest.approx(roc_auc_score(event, score), abs=EXACT)


def _pairwise_delong(event, score):
    """DeLong's variance from the full matrix of pairs, as the paper writes it."""
    pairs = np.sign(score[event][:, None] - score[~event][None, :]) / 2 + 0.5
    by_case, by_control = pairs.mean(axis=1), pairs.mean(axis=0)
    return pairs.mean(), by_case, by_control


def test_auroc_interval_equals_delong_from_all_pairs(people):
    event, score, _ = people
    area, by_case, by_control = _pairwise_delong(event, score)
    error = np.sqrt(by_case.var(ddof=1) / by_case.size + by_control.var(ddof=1) / by_control.size)
    found = auroc(event, score)
    assert found["low"] == pytest.approx(area - Z * error, abs=EXACT)
    assert found["high"] == pytest.approx(area + Z * error, abs=EXACT)


def test_auroc_difference_equals_paired_delong_from_all_pairs(people):
    event, score, _ = people
    rival = score + np.random.default_rng(3).normal(0, 2, len(score))
    area, case, control = _pairwise_delong(event, score)
    other, other_case, other_control = _pairwise_delong(event, rival)
    covariance = np.cov(case, other_case) / case.size + np.cov(control, other_control) / control.size
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    found = auroc_difference(event, score, rival)
    assert found["value"] == pytest.approx(area - other, abs=EXACT)
    assert found["high"] - found["value"] == pytest.approx(Z * error, abs=EXACT)


def test_average_precision_and_brier_equal_scikit_learn(people):
    event, score, probability = people
    assert average_precision(event, score) == pytest.approx(average_precision_score(event, score), abs=EXACT)
    assert brier(event, probability)["value"] == pytest.approx(brier_score_loss(event, probability), abs=EXACT)


def _resampled(event, probability, figure):
    rng = np.random.default_rng(11)
    draws = (rng.integers(0, len(event), len(event)) for _ in range(400))
    return np.std([figure(event[draw], probability[draw]) for draw in draws])


@pytest.mark.parametrize("figure", [scaled_brier, auprc, brier])
def test_interval_width_agrees_with_a_bootstrap(people, figure):
    event, _, probability = people
    found = figure(event, probability)
    error = (found["high"] - found["low"]) / (2 * Z)
    resampled = _resampled(event, probability, lambda e, p: figure(e, p)["value"])
    assert error == pytest.approx(resampled, rel=BOOTSTRAP)


def test_slope_and_intercepts_equal_statsmodels(people):
    event, _, probability = people
    odds = log_odds(probability)
    both = sm.GLM(event.astype(float), sm.add_constant(odds), family=sm.families.Binomial()).fit()
    alone = sm.GLM(event.astype(float), np.ones(len(odds)), family=sm.families.Binomial(), offset=odds).fit()
    found = slope_and_intercept(event, probability)
    assert found["intercept"]["value"] == pytest.approx(both.params[0], abs=SOLVER)
    assert found["slope"]["value"] == pytest.approx(both.params[1], abs=SOLVER)
    assert found["slope"]["low"] == pytest.approx(both.conf_int()[1][0], abs=SOLVER)
    assert found["slope"]["high"] == pytest.approx(both.conf_int()[1][1], abs=SOLVER)
    assert found["intercept_at_slope_one"]["value"] == pytest.approx(alone.params[0], abs=SOLVER)
    assert found["intercept_at_slope_one"]["low"] == pytest.approx(alone.conf_int()[0][0], abs=SOLVER)


def test_slope_equals_unpenalised_scikit_learn(people):
    event, _, probability = people
    odds = log_odds(probability)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(odds[:, None], event)
    beta, _ = logistic_fit(event, np.column_stack((np.ones(len(odds)), odds)), np.zeros(len(odds)))
    assert beta[1] == pytest.approx(model.coef_[0][0], abs=1e-5)


@pytest.mark.parametrize(("successes", "people"), [(0, 12), (1, 40), (7, 9), (40, 40), (517, 1000)])
def test_wilson_equals_statsmodels(successes, people):
    low, high = proportion_confint(successes, people, method="wilson")
    found = wilson(successes, people)
    assert (found["low"], found["high"]) == (pytest.approx(low, abs=EXACT), pytest.approx(high, abs=EXACT))


def test_observed_over_expected_interval_is_wilson_over_expected(people):
    event, _, probability = people
    low, high = proportion_confint(event.sum(), len(event), method="wilson")
    found = observed_over_expected(event, probability)
    assert found["value"] == pytest.approx(event.sum() / probability.sum(), abs=EXACT)
    assert found["low"] == pytest.approx(low / probability.mean(), abs=EXACT)
    assert found["high"] == pytest.approx(high / probability.mean(), abs=EXACT)


def _decision_curve(event, probability, threshold):
    """The definition, person by person."""
    right = sum(e and p >= threshold for e, p in zip(event, probability, strict=True))
    wrong = sum(not e and p >= threshold for e, p in zip(event, probability, strict=True))
    return right / len(event) - wrong / len(event) * threshold / (1 - threshold)


@pytest.mark.parametrize("place", [0, 4, 19, 49, 59])
def test_net_benefit_equals_its_definition(people, place):
    event, _, probability = people
    expected = _decision_curve(event, probability, THRESHOLDS[place])
    assert net_benefit(event, probability)[place] == pytest.approx(expected, abs=EXACT)


def test_best_cut_equals_net_benefit_of_isotonic_calibration(people):
    event, score, _ = people
    calibrated = IsotonicRegression().fit(score, event).predict(score)
    expected = np.maximum(net_benefit(event, calibrated), 0)
    assert np.allclose(best_cut_net_benefit(event, score), expected, rtol=0, atol=EXACT)


def test_practice_interval_equals_scipy_binomial(people):
    event, _, probability = people
    places = np.repeat(["A", "B", "C", "D"], [100, 400, 1500, 2000])
    for row in by_place(event, probability, places):
        chosen = places == row["name"]
        people_there, expected = int(chosen.sum()), probability[chosen].sum()
        low, high = stats.binom.ppf([0.025, 0.975], people_there, expected / people_there)
        assert row["interval_low"] * expected == pytest.approx(low, abs=1e-9)
        assert row["interval_high"] * expected == pytest.approx(high, abs=1e-9)
        assert row["inside"] == (low <= event[chosen].sum() <= high)


def test_staying_share_equals_statsmodels_kaplan_meier():
    rng = np.random.default_rng(8)
    days = rng.integers(1, 366, 3000)
    censored = rng.random(3000) < 0.3
    # Outcomes come before leaving on the same day: half a day later makes statsmodels see it so.
    times = days + np.where(censored, 0.5, 0.0)
    curve = SurvfuncRight(times, censored.astype(int))
    expected = [
        curve.surv_prob[curve.surv_times < day][-1] if (curve.surv_times < day).any() else 1 for day in range(366)
    ]
    assert np.allclose(staying_share(days, censored, 365), expected, rtol=0, atol=1e-9)


def test_weights_recover_everybody_when_leaving_is_by_chance():
    rng = np.random.default_rng(5)
    people = 40_000
    event_day, leave_day = rng.integers(1, 1500, people), rng.integers(1, 1000, people)
    event = (event_day <= 365) & (event_day <= leave_day)
    censored = ~event & (leave_day < 365)
    days = np.where(event, event_day, np.where(censored, leave_day, 365))
    weight = leaving_weights(days, censored, 365)
    truth, crude = np.mean(event_day <= 365), np.mean(event[~censored])
    assert weight[event].sum() / weight.sum() == pytest.approx(truth, abs=0.005)
    assert abs(crude - truth) > 0.02  # leaving them out is visibly biased, so the test can fail


def test_weighted_auroc_equals_scikit_learn(people):
    event, score, _ = people
    weight = np.random.default_rng(2).random(len(event))
    expected = roc_auc_score(event, score, sample_weight=weight)
    assert weighted_auroc(event, score, weight) == pytest.approx(expected, abs=EXACT)


def test_weighted_slope_and_errors_equal_statsmodels_sandwich(people):
    event, _, probability = people
    odds = log_odds(probability)
    weight = np.random.default_rng(9).uniform(0.5, 2, len(event))
    family = sm.families.Binomial()
    model = sm.GLM(event.astype(float), sm.add_constant(odds), family=family, var_weights=weight).fit(cov_type="HC0")
    found = slope_and_intercept(event, probability, weight)
    assert found["slope"]["value"] == pytest.approx(model.params[1], abs=SOLVER)
    assert found["slope"]["high"] - found["slope"]["value"] == pytest.approx(Z * model.bse[1], abs=SOLVER)


def test_equal_weights_change_no_calibration_figure(people):
    event, _, probability = people
    places = np.repeat(["A", "B"], 2000)
    twos = np.full(len(event), 2.0)
    plain, weighted = (slope_and_intercept(event, probability, w) for w in (None, twos))
    assert weighted["slope"]["value"] == pytest.approx(plain["slope"]["value"], abs=SOLVER)
    assert observed_over_expected(event, probability, twos) == pytest.approx(observed_over_expected(event, probability))
    assert by_place(event, probability, places, np.ones(4000)) == by_place(event, probability, places)


def test_weighted_ratio_is_right_where_leaving_depends_on_age():
    """The young move away more and are admitted less: only weights by age undo what leaving does."""
    rng = np.random.default_rng(3)
    young = np.repeat([True, False], 60_000)
    risk = np.where(young, 0.03, 0.25)
    event_day = rng.exponential(-365 / np.log1p(-risk)).astype(int)
    leave_day = rng.exponential(np.where(young, 700, 20_000)).astype(int)
    event = (event_day < 365) & (event_day <= leave_day)
    censored = ~event & (leave_day < 365)
    days = np.minimum(np.minimum(event_day, leave_day), 365)
    known = ~censored
    bands = np.where(young, "18 to 44", "75 to 84")

    def ratio(weight):
        return observed_over_expected(event[known & young], risk[known & young], weight[known & young])["value"]

    assert ratio(leaving_weights(days, censored, 365, bands)) == pytest.approx(1, abs=0.05)
    assert ratio(leaving_weights(days, censored, 365)) > 1.05
    assert ratio(np.ones(len(event))) > 1.15
