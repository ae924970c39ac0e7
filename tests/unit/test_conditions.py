"""Conditions and rules as configuration writes them."""

import numpy as np
import pytest

from stratify.conditions import Condition, parse_condition, parse_rule
from stratify.exceptions import ConfigRefused

COLUMNS = {
    "age_years": np.array([40, 74, 75, 90], dtype=np.int16),
    "falls_365d": np.array([0.0, 2.0, np.nan, 5.0], dtype=np.float32),
    "residence": np.array(["home", "nursing_care", None, "residential_care"], dtype=object),
    "short_history": np.array([True, False, False, True]),
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("age_years >= 75", [False, False, True, True]),
        ("age_years > 75", [False, False, False, True]),
        ("age_years < 75", [True, True, False, False]),
        ("age_years <= 40", [True, False, False, False]),
        ("falls_365d = 2", [False, True, False, False]),
        ("falls_365d >= 0.5", [False, True, False, True]),
        ("falls_365d < 1", [True, False, False, False]),  # not recorded is not "fewer than one"
        ("falls_365d recorded", [True, True, False, True]),
        ("falls_365d missing", [False, False, True, False]),
        ("residence in nursing_care, residential_care", [False, True, False, True]),
        ("residence in home", [True, False, False, False]),
        ("residence missing", [False, False, True, False]),
        ("short_history = 1", [True, False, False, True]),
        ("age_years recorded", [True, True, True, True]),
    ],
)
def test_condition_holds_for_whom_it_says(text, holds):
    assert parse_condition(text).holds(COLUMNS).tolist() == holds


def test_condition_in_does_not_take_missing_for_a_word():
    assert not Condition("residence", "in", values=("None",)).holds(COLUMNS).any()


@pytest.mark.parametrize(
    "text", ["", "age_years", "age_years >=", ">= 75", "age_years != 75", "a >= b", "a in ", "a >= 1 or 2"]
)
def test_condition_refuses_what_it_cannot_read(text):
    with pytest.raises(ConfigRefused):
        parse_condition(text)


def test_rule_joins_nested_parts():
    rule = parse_rule({"all": ["age_years < 80", {"any": ["falls_365d >= 1", "residence missing"]}]}, "test")
    assert rule.holds(COLUMNS).tolist() == [False, True, True, False]
    assert rule.names() == {"age_years", "falls_365d", "residence"}


@pytest.mark.parametrize("content", [{}, {"all": []}, {"all": ["a = 1"], "any": ["b = 1"]}, {"all": "a = 1"}])
def test_rule_refuses_anything_but_one_list(content):
    with pytest.raises(ConfigRefused, match="one list of conditions"):
        parse_rule(content, "[cohort] x")
