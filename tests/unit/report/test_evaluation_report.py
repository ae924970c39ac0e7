import re

import pytest

from stratify.report import render_evaluation_report
from tests.support.made_up_evaluation import made_up_evaluation


@pytest.fixture(scope="module")
def evaluation():
    return made_up_evaluation(6000)


def _text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)))


def test_bare_evaluation_is_rendered(evaluation):
    text = _text(render_evaluation_report(evaluation))
    assert "Of every 100 people in the top 0.5%" in text
    assert "SPARRA v4 (Scotland), AUROC 0.7987" in text
    assert "Denominators differ" in text
    assert "Not recorded" in text


def test_evaluation_of_a_run_says_whom_it_is_of_and_gives_everyone_too(evaluation):
    whole = {
        "main": evaluation,
        "everyone": evaluation,
        "held_out": {"practices": 7},
        "run": {"place": "Testborough", "index_date": "2026-10-01", "joined": {"scored_in_run": 9, "followed": 9}},
    }
    page = render_evaluation_report(whole)
    text = _text(page)
    assert "Evaluation of the run of 1 October 2026" in text
    assert "On 7 practices that the model never saw" in text
    assert "On everyone scored" in text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_true_risk_of_made_up_people_stands_beside_the_score(evaluation):
    import numpy as np

    from stratify.evaluation.oracle import against_truth

    rng = np.random.default_rng(2)
    truth = rng.beta(0.6, 8, 20_000)
    event = rng.random(20_000) < truth
    oracle = against_truth(event, truth + rng.normal(0, 0.01, 20_000), truth, truth)
    text = _text(render_evaluation_report({"main": evaluation, "oracle": oracle}))
    assert re.search(r"AUROC 0\.\d{3} \([\d. to]+\) 0\.\d{3} \([\d. to]+\) 0\.9\d\d", text)
    assert "The true risks come to 1.000 of the predicted ones" in text
    assert "is 0.000." in text


def test_same_evaluation_gives_the_same_bytes(evaluation):
    assert render_evaluation_report(evaluation) == render_evaluation_report(evaluation)


def test_group_with_too_few_events_shows_counts_without_figures(evaluation):
    assert re.search(r"Nursing home [\d,*]+ [\d*]+ (too few|\*)", _text(render_evaluation_report(evaluation)))


def test_other_version_is_refused(evaluation):
    with pytest.raises(ValueError, match="version"):
        render_evaluation_report(evaluation | {"version": 2})


def test_score_that_is_no_probability_is_rendered_without_calibration():
    import numpy as np

    from stratify.evaluation import evaluate_scores

    rng = np.random.default_rng(1)
    score = rng.integers(0, 20, 3000).astype(float)
    bare = evaluate_scores(rng.random(3000) < 0.02 + score / 50, score, None, {})
    text = _text(render_evaluation_report(bare))
    assert "Are the predicted risks right?" not in text
    assert "Acting on the top of the list" in text
