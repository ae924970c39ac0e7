import json

import numpy as np
import pytest

from stratify.evaluation import EvaluationInputs, FollowUp, evaluate_scores
from stratify.exceptions import InputRefused


def _inputs(people, rng, event):
    censored = ~event & (rng.random(people) < 0.05)
    never = np.full(people, -1)
    follow_up = FollowUp(
        censored=censored,
        event_if_death_counts=event | (~censored & (rng.random(people) < 0.01)),
        days_to_event=np.where(event, rng.integers(0, 365, people), never),
        died_days=never,
        left_days=np.where(censored, rng.integers(0, 365, people), never),
        emergency_admissions=event.astype(np.int64) * 2,
        cost_pence=event.astype(np.int64) * 250_000,
    )
    return EvaluationInputs({"age": rng.integers(0, 100, people).astype(float)}, follow_up, seed=9)


@pytest.fixture
def made_up():
    """5,000 people whose risk is known exactly."""
    rng = np.random.default_rng(6)
    odds = rng.normal(-2.5, 1.4, 5000)
    risk = 1 / (1 + np.exp(-odds))
    event = rng.random(5000) < risk
    groups = {"sex": np.where(rng.random(5000) < 0.5, "Male", "Female"), "practice": np.repeat(["A", "B"], 2500)}
    order = np.argsort(-odds)
    tiers = np.full(5000, "none", dtype=object)
    tiers[order[:1000]], tiers[order[:250]], tiers[order[:25]] = "moderate", "high", "very_high"
    return event, odds, risk, groups, tiers, _inputs(5000, rng, event)


def test_evaluation_goes_into_json_without_nan(made_up):
    text = json.dumps(evaluate_scores(*made_up), allow_nan=False)
    assert len(text) > 1000


def test_evaluation_is_the_same_twice(made_up):
    assert json.dumps(evaluate_scores(*made_up)) == json.dumps(evaluate_scores(*made_up))


def test_censored_people_are_left_out_of_the_main_figures_and_counted(made_up):
    event, *_, inputs = made_up
    found = evaluate_scores(*made_up)
    censored = int(inputs.follow_up.censored.sum())
    assert found["people"]["scored"] == 5000
    assert found["people"]["censored_left_out"] == censored == found["censoring"]["excluded"] > 0
    assert found["people"]["evaluated"] == 5000 - censored
    assert found["people"]["events"] == int(event.sum())
    assert sum(row["people"] for row in found["calibration"]["deciles"]) == 5000 - censored


def test_censored_outcomes_cannot_change_the_main_figures(made_up):
    event, odds, risk, groups, tiers, inputs = made_up
    told = inputs.follow_up
    swapped = np.where(told.censored, 99.0, inputs.rivals["age"])
    again = evaluate_scores(event, odds, risk, groups, tiers, EvaluationInputs({"age": swapped}, told, seed=9))
    assert again["rivals"] == evaluate_scores(*made_up)["rivals"]


def test_both_ways_of_counting_deaths_are_given(made_up):
    found = evaluate_scores(*made_up)["deaths"]
    assert found["death_is_an_event"]["events"] > found["death_is_no_event"]["events"]


def test_concentration_of_tiers_adds_up_to_everybody(made_up):
    rows = evaluate_scores(*made_up)["concentration"]["by_tier"]
    assert sum(row["people_share"] for row in rows) == pytest.approx(1, abs=1e-12)
    assert sum(row["admissions_share"] for row in rows) == pytest.approx(1, abs=1e-12)
    assert sum(row["cost_share"] for row in rows) == pytest.approx(1, abs=1e-12)


def test_score_that_is_no_probability_has_no_calibration(made_up):
    event, odds, _, groups, _, _ = made_up
    found = evaluate_scores(event, odds, None, groups)
    assert found["calibration"] is None
    assert found["discrimination"]["brier"] is None
    assert found["places"]["practices"] is None
    assert found["discrimination"]["auroc"]["value"] > 0.7
    assert max(found["net_benefit"]["curves"]["score"]) > 0


def test_published_figures_come_with_their_denominators(made_up):
    sparra = evaluate_scores(*made_up)["context"][0]
    assert (sparra["auroc"], [cut["ppv"] for cut in sparra["cuts"]]) == (0.7987, [0.819, 0.517, 0.270])
    assert "Scotland" in sparra["population"]
    assert "Denominators differ" in sparra["caution"]


def test_nobody_admitted_is_refused_in_words():
    with pytest.raises(InputRefused, match="0 of 3 with one"):
        evaluate_scores([0, 0, 0], [1.0, 2.0, 3.0], None, {})


@pytest.mark.parametrize(
    ("score", "groups", "named"), [([1.0, 2.0], {}, "score"), ([1.0, 2.0, 3.0], {"sex": np.asarray(["1"])}, "sex")]
)
def test_arrays_of_another_length_are_named(score, groups, named):
    with pytest.raises(ValueError, match=named):
        evaluate_scores([0, 1, 0], score, None, groups)


def test_score_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        evaluate_scores([0, 1], [1.0, np.nan], None, {})


def test_rival_that_is_the_score_itself_has_no_lead(made_up):
    event, odds, risk, *_ = made_up
    rows = evaluate_scores(event, odds, risk, {}, None, EvaluationInputs({"same": odds}))["rivals"]
    assert rows[1]["auroc_lead"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_people_without_follow_up_days_get_no_weighted_figures(made_up):
    event, odds, risk, *_ = made_up
    found = evaluate_scores(
        event, odds, risk, {}, None, EvaluationInputs(follow_up=FollowUp(censored=~event & (odds < -5)))
    )
    assert found["censoring"]["weighted_by_staying"] is None
    assert found["censoring"]["excluded"] > 0
