import numpy as np

from stratify.evaluation.practices import by_place, practice_agreement
from stratify.evaluation.subgroups import FEWEST_EVENTS, Scored, by_group, flagged


def _practices(sizes, rate, seed=2):
    rng = np.random.default_rng(seed)
    places = np.repeat([f"P{n:02}" for n in range(len(sizes))], sizes)
    probability = np.full(len(places), rate)
    return rng.random(len(places)) < probability, probability, places


def test_practice_far_from_expected_is_outside_and_the_rest_are_counted():
    event, probability, places = _practices([3000, 3000, 500], 0.06)
    event[places == "P01"] = False
    rows = by_place(event, probability, places)
    assert [row["inside"] for row in rows] == [True, False, True]
    found = practice_agreement(rows)
    assert (found["practices"], found["large"], found["inside"]) == (3, 2, 1)


def test_practice_of_exactly_two_thousand_people_is_judged():
    event, probability, places = _practices([2000, 1999], 0.06)
    assert [row["large"] for row in by_place(event, probability, places)] == [True, False]


def test_share_of_right_practices_inside_is_about_95_in_100():
    event, probability, places = _practices([2000] * 400, 0.06)
    found = practice_agreement(by_place(event, probability, places))
    assert 0.93 <= found["inside"] / found["large"] <= 0.99


def test_strict_interval_is_never_wider_than_the_binomial():
    rng = np.random.default_rng(4)
    probability = rng.beta(0.5, 6, 200_000)
    places = np.repeat([f"P{n:03}" for n in range(100)], 2000)
    event = rng.random(200_000) < probability
    found = practice_agreement(by_place(event, probability, places))
    assert found["inside_strict"] < found["inside"]


def test_group_with_too_few_events_keeps_its_counts_and_drops_its_figures():
    rng = np.random.default_rng(3)
    labels = np.asarray(["big"] * 1000 + ["small"] * 30, dtype=object)
    event = np.zeros(1030, dtype=bool)
    event[:200] = True
    event[1000 : 1000 + FEWEST_EVENTS - 1] = True
    score = rng.random(1030)
    big, small = by_group(Scored(event, score, score), labels)
    assert (small["people"], small["events"], small["too_few"]) == (30, FEWEST_EVENTS - 1, True)
    assert "auroc" not in small
    assert big["auroc"]["value"] is not None


def test_flagged_are_the_top_share_of_everybody_not_of_each_group():
    score = np.concatenate((np.full(50, 2.0), np.full(950, 1.0)))
    labels = np.asarray(["sick"] * 50 + ["well"] * 950)
    event = np.tile([True, False], 500)
    rows = {row["name"]: row["flagged"] for row in by_group(Scored(event, score, None), labels)}
    assert rows == {"sick": 50, "well": 0}
    assert flagged(score).sum() == 50
