import math

from stratify.evaluation.intervals import estimate, inverse, logit_interval, wilson


def test_wilson_of_nobody_is_unknown():
    assert wilson(0, 0) == {"value": None, "low": None, "high": None}


def test_wilson_stays_inside_zero_and_one():
    assert wilson(0, 5)["low"] == 0
    assert wilson(5, 5)["high"] == 1


def test_inverse_swaps_the_ends():
    assert inverse({"value": 0.5, "low": 0.25, "high": 1.0}) == {"value": 2, "low": 1, "high": 4}


def test_inverse_of_nothing_found_is_unknown():
    assert inverse({"value": 0.0, "low": 0.0, "high": 0.5})["value"] is None


def test_estimate_turns_what_json_cannot_hold_into_none():
    assert estimate(0.5, math.nan, math.inf) == {"value": 0.5, "low": None, "high": None}


def test_logit_interval_of_a_perfect_area_has_no_ends():
    assert logit_interval(1.0, 20) == {"value": 1.0, "low": None, "high": None}


def test_logit_interval_holds_the_value_and_narrows_with_events():
    few, many = logit_interval(0.3, 50), logit_interval(0.3, 5000)
    assert few["low"] < many["low"] < 0.3 < many["high"] < few["high"]
