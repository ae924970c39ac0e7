"""Properties every evaluation must have, on populations nobody chose."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stratify.evaluation.discrimination import auroc, average_precision
from stratify.evaluation.net_benefit import best_cut_net_benefit, everyone, net_benefit
from stratify.evaluation.operating_points import at_cuts


@st.composite
def populations(draw):
    people = draw(st.integers(4, 60))
    event = draw(arrays(bool, people))
    event[:2] = True, False
    score = draw(arrays(np.float64, people, elements=st.integers(0, 8).map(float)))
    return event, score


@given(populations())
def test_auroc_of_the_reversed_score_is_the_rest_to_one(population):
    event, score = population
    assert abs(auroc(event, score)["value"] + auroc(event, -score)["value"] - 1) < 1e-12


@given(populations(), st.integers(0, 2**32 - 1))
def test_areas_do_not_depend_on_the_order_of_people_or_the_scale(population, seed):
    event, score = population
    shuffled = np.random.default_rng(seed).permutation(len(event))
    again = auroc(event[shuffled], np.exp(score[shuffled]))
    assert all(abs(again[key] - value) < 1e-12 for key, value in auroc(event, score).items() if value is not None)
    assert abs(average_precision(event, score) - average_precision(event[shuffled], 3 * score[shuffled])) < 1e-12


@given(populations())
def test_best_cut_is_never_below_a_fixed_probability_or_everyone(population):
    event, score = population
    probability = (score + 0.5) / 10
    best = best_cut_net_benefit(event, score)
    assert np.all(best >= net_benefit(event, probability) - 1e-12)
    assert np.all(best >= everyone(event) - 1e-12)
    assert np.all(best >= 0)


@given(populations())
@settings(max_examples=50)
def test_wider_cuts_find_more_events(population):
    rows = at_cuts(*population, cuts=(0.1, 0.3, 0.9, 1.0))
    found = [row["events"] for row in rows]
    assert found == sorted(found)
    assert rows[-1]["sensitivity"]["value"] == 1.0
