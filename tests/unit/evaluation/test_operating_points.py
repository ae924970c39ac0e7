import numpy as np

from stratify.evaluation.operating_points import at_cuts, in_tiers, size_of_cut


def test_figures_at_a_cut_counted_by_hand():
    # Ten people, highest score first; the top 20 % is the first two, one of them admitted.
    event = np.asarray([1, 0, 1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    score = np.arange(10, 0, -1, dtype=float)
    row = at_cuts(event, score, (0.2,))[0]
    assert (row["people"], row["events"]) == (2, 1)
    assert row["ppv"]["value"] == 1 / 2
    assert row["sensitivity"]["value"] == 1 / 3
    assert row["specificity"]["value"] == 6 / 7
    assert row["number_needed_to_evaluate"]["value"] == 2
    assert row["lift"] == (1 / 2) / (3 / 10)


def test_ties_at_a_cut_stand_in_the_order_given():
    event = np.asarray([0, 0, 1, 1], dtype=bool)
    assert at_cuts(event, np.ones(4), (0.5,))[0]["events"] == 0
    assert at_cuts(event[::-1], np.ones(4), (0.5,))[0]["events"] == 2


def test_size_of_a_cut_is_the_nearest_whole_number_and_at_least_one():
    assert size_of_cut(0.005, 261_536) == 1308
    assert size_of_cut(0.005, 20) == 1


def test_tiers_are_given_alone_and_with_those_above():
    event = np.asarray([1, 1, 0, 1, 0, 0], dtype=bool)
    tiers = np.asarray(["very_high", "high", "high", "moderate", "none", "none"])
    rows = in_tiers(event, tiers)
    assert [row["alone"]["people"] for row in rows] == [1, 2, 1]
    assert [row["with_above"]["people"] for row in rows] == [1, 3, 4]
    assert rows[2]["with_above"]["sensitivity"]["value"] == 1.0


def test_an_empty_tier_has_no_figures():
    rows = in_tiers(np.asarray([True, False]), np.asarray(["none", "none"]))
    assert rows[0]["alone"]["ppv"]["value"] is None
    assert rows[0]["alone"]["lift"] is None
