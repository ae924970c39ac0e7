"""Movement between two months: who joined, left and why, rose, fell, stayed; who is explained."""

import numpy as np
import pyarrow as pa
import pytest

from stratify.movement import Flow, Month, check_adds_up, compare, find_rising, flows, whom_to_explain
from stratify.tier_scheme import Explain, Rising

VERY_HIGH, HIGH, MODERATE, NONE = range(4)


def month(people, refused=None):
    """People as {pseudonym: (tier, probability)}."""
    tier = np.array([tier for tier, _ in people.values()], dtype=np.int8)
    probability = np.array([p for _, p in people.values()], dtype=np.float64)
    return Month(pa.array(people, pa.string()), tier, probability, probability * 100, probability, refused or {})


PREVIOUS = month(
    {
        "stays": (HIGH, 0.3),
        "rises": (MODERATE, 0.2),
        "falls": (VERY_HIGH, 0.7),
        "dies": (HIGH, 0.4),
        "moves": (NONE, 0.01),
        "objects": (MODERATE, 0.2),
        "vanishes": (NONE, 0.02),
        "odd": (NONE, 0.02),
    },
    {"returns": "objection_type_1", "unborn": "born_on_or_after_index", "strange": "invalid_nhs_number"},
)
CURRENT = month(
    {
        "baby": (NONE, 0.01),
        "rises": (HIGH, 0.35),
        "returns": (HIGH, 0.3),
        "falls": (MODERATE, 0.2),
        "stays": (HIGH, 0.31),
        "unborn": (NONE, 0.01),
        "strange": (NONE, 0.01),
    },
    {
        "dies": "died_before_index",
        "moves": "deregistered_before_index",
        "objects": "objection_risk_stratification",
        "odd": "invalid_nhs_number",
    },
)


def test_compare_says_what_happened_to_everyone():
    movement = compare(PREVIOUS, CURRENT)
    assert dict(zip(CURRENT.pseudonym.to_pylist(), movement.kind, strict=True)) == {
        "baby": "joiner",
        "rises": "riser",
        "returns": "joiner",
        "falls": "faller",
        "stays": "stayer",
        "unborn": "joiner",
        "strange": "joiner",
    }


def test_compare_names_the_cause_of_joining_and_leaving():
    movement = compare(PREVIOUS, CURRENT)
    causes = dict(zip(CURRENT.pseudonym.to_pylist(), movement.joiner_cause, strict=True))
    assert (causes["baby"], causes["unborn"]) == ("new_to_register", "new_to_register")
    assert (causes["returns"], causes["strange"], causes["stays"]) == ("objection_ended", "other", None)
    left = [PREVIOUS.pseudonym[int(place)].as_py() for place in movement.leavers]
    assert dict(zip(left, movement.leaver_cause, strict=True)) == {
        "dies": "died",
        "moves": "deregistered",
        "objects": "objection",
        "vanishes": "not_on_register",
        "odd": "other",
    }


def test_flows_count_origins_and_destinations_and_add_up():
    counted = flows(PREVIOUS, CURRENT, compare(PREVIOUS, CURRENT))
    check_adds_up(PREVIOUS, CURRENT, counted)
    assert Flow("moderate", "high", 1) in counted
    assert Flow("high", "died", 1) in counted
    assert Flow("joined", "none", 3) in counted
    assert sum(flow.people for flow in counted) == 8 + 4  # last month's people and the joiners


def test_check_adds_up_notices_a_lost_person():
    counted = flows(PREVIOUS, CURRENT, compare(PREVIOUS, CURRENT))
    for lost in range(len(counted)):
        with pytest.raises(AssertionError, match="loses people"):
            check_adds_up(PREVIOUS, CURRENT, counted[:lost] + counted[lost + 1 :])


def test_compare_with_an_empty_previous_month_makes_everyone_a_joiner():
    empty = month({})
    movement = compare(empty, CURRENT)
    assert set(movement.kind) == {"joiner"}
    check_adds_up(empty, CURRENT, flows(empty, CURRENT, movement))
    assert not find_rising(Rising(0.05, 1.5), empty, CURRENT, movement).any()


def test_rising_needs_a_tier_up_or_both_measures():
    rule = Rising(probability_up=0.05, times_up=1.5)
    before = month(
        {"a": (MODERATE, 0.10), "b": (MODERATE, 0.20), "c": (NONE, 0.01), "d": (MODERATE, 0.2), "e": (HIGH, 0.5)}
    )
    after = month(
        {
            "a": (MODERATE, 0.16),  # + 0.06 and 1.6 times
            "b": (MODERATE, 0.26),  # + 0.06 but 1.3 times
            "c": (NONE, 0.04),  # 4 times but + 0.03
            "d": (HIGH, 0.21),  # a tier up
            "e": (MODERATE, 0.4),
            "new": (VERY_HIGH, 0.9),
        }
    )
    rising = find_rising(rule, before, after, compare(before, after))
    assert rising.tolist() == [True, False, False, True, False, False]


def test_whom_to_explain_takes_entrants_and_the_largest_moves():
    before = month(dict.fromkeys("abcdef", (NONE, 0.1)))
    after = month(
        {"a": (HIGH, 0.2), "b": (MODERATE, 0.15), "c": (NONE, 0.01), "d": (NONE, 0.1), "e": (VERY_HIGH, 0.12)}
    )
    movement = compare(before, after)
    assert whom_to_explain(Explain(("very_high", "high"), 0), before, after, movement).tolist() == [0, 4]
    assert whom_to_explain(Explain((), 2), before, after, movement).tolist() == [0, 2]
    assert whom_to_explain(Explain((), 99), before, after, movement).tolist() == [0, 1, 2, 4]  # "d" did not move


def test_whom_to_explain_measures_points_where_there_is_no_probability():
    def points(values):
        raw = np.array(values, dtype=np.float64)
        codes = np.full(len(raw), NONE, dtype=np.int8)
        return Month(pa.array(["a", "b"]), codes, raw, raw, np.full(len(raw), np.nan), {})

    before, after = points([1.0, 1.0]), points([1.5, 9.0])
    assert whom_to_explain(Explain((), 1), before, after, compare(before, after)).tolist() == [1]
