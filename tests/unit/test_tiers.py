"""Tiers: exact sizes, order of ties, percentiles, both methods, proportions beside the national ones."""

from fractions import Fraction

import numpy as np
import pytest

from stratify.exceptions import ConfigRefused, InputRefused
from stratify.settings import default_config
from stratify.tier_scheme import Base, CutOffs, Method, read_cut_offs, read_scheme
from stratify.tiers import Scored, assign_tiers, percentiles, rank_order, tier_ends, tier_rows
from tests.support.tier_schemes import NATIONAL, scheme


def scored(raw, *, probability=None, adult=None, registered=None):
    raw = np.asarray(raw, dtype=np.float64)
    adult = np.ones(len(raw), dtype=bool) if adult is None else np.asarray(adult)
    return Scored(raw, probability, adult, np.arange(len(raw)), registered or len(raw))


@pytest.mark.parametrize(
    ("base", "ends"),
    [
        # 0.5 %, 5 %, 20 % of the base, half-way counting in
        (261_536, (1308, 13077, 52307)),  # 1307.68, 13076.8, 52307.2
        (1000, (5, 50, 200)),
        (100, (1, 5, 20)),  # 0.5 of a place goes up
        (99, (0, 5, 20)),  # 0.495, 4.95, 19.8
        (1, (0, 0, 0)),
        (0, (0, 0, 0)),
    ],
)
def test_tier_ends_follow_the_stated_rounding(base, ends):
    assert tier_ends(base, NATIONAL, base) == ends


def test_tier_ends_never_exceed_the_people_available():
    assert tier_ends(1000, NATIONAL, 30) == (5, 30, 30)


def test_rank_order_puts_equal_scores_in_order_of_pseudonym():
    raw = np.array([0.5, 2.0, 0.5, 2.0, -0.0, 0.0])
    tie = np.array([3, 1, 2, 0, 5, 4])
    assert rank_order(raw, tie).tolist() == [3, 1, 2, 0, 5, 4]


def test_rank_order_refuses_a_score_that_is_not_a_number():
    with pytest.raises(InputRefused, match="1 people whose score is not a number"):
        rank_order(np.array([1.0, np.nan]), np.arange(2))


def test_percentiles_run_from_the_share_at_or_below():
    assert percentiles(np.array([2, 0, 1])).tolist() == pytest.approx([200 / 3, 100 / 3, 100.0])


def test_percentile_tiers_have_the_stated_sizes():
    people = scored(np.linspace(5, -5, 1000))
    tiered = assign_tiers(scheme(), people)
    assert np.bincount(tiered.tier).tolist() == [5, 45, 150, 800]
    assert tiered.tier[:5].tolist() == [0] * 5


def test_tiers_of_adults_leave_children_out():
    adult = np.arange(200) % 2 == 0
    tiered = assign_tiers(scheme(base=Base.ADULTS), scored(np.linspace(5, -5, 200), adult=adult))
    assert np.bincount(tiered.tier).tolist() == [1, 4, 15, 180]
    assert set(tiered.tier[~adult]) == {3}


def test_tiers_of_the_registered_count_objections_in_the_base():
    tiered = assign_tiers(scheme(base=Base.REGISTERED), scored(np.linspace(5, -5, 900), registered=1000))
    assert np.bincount(tiered.tier).tolist() == [5, 45, 150, 700]


def test_cut_off_tiers_follow_the_probability_whatever_the_population():
    probability = np.array([0.9, 0.7, 0.69, 0.3, 0.1, 0.0999])
    cuts = CutOffs("made up", (0.7, 0.3, 0.1))
    people = scored(probability, probability=probability)
    tiered = assign_tiers(scheme(method=Method.CUT_OFF, cut_offs=cuts), people)
    assert tiered.tier.tolist() == [0, 0, 1, 1, 2, 3]


def test_cut_off_tiers_refuse_an_index_score():
    cuts = CutOffs("made up", (0.7, 0.3, 0.1))
    with pytest.raises(ConfigRefused, match="points and no probability"):
        assign_tiers(scheme(method=Method.CUT_OFF, cut_offs=cuts), scored([1.0, 2.0]))


def test_tier_rows_show_local_shares_for_all_and_adults_beside_national():
    adult = np.arange(1000) % 4 != 0
    people = scored(np.linspace(5, -5, 1000), adult=adult, registered=1250)
    top, *_, below = tier_rows(scheme(), people, assign_tiers(scheme(), people).tier)
    assert (top.people, top.share, top.share_of_registered) == (5, 0.005, 0.004)
    assert (top.adults, top.adult_share, top.national_share) == (3, 3 / 750, 0.005)
    assert (below.people, below.national_share) == (800, 0.8)


def test_read_scheme_reads_what_is_installed():
    installed = read_scheme(default_config())
    assert installed.shares == NATIONAL
    assert sum(installed.shares) == Fraction(1, 5)


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        ('method = "percentile"', 'method = "quantile"', "method to be one of percentile, cut_off"),
        ('base = "scored"', 'base = "everyone"', "base to be one of"),
        ("very_high = 0.5", "very_high = -0.5", r"0 or more"),
        ("moderate = 15.0", "moderate = 99.0", r"at most 100"),
        ("block = 25", "block = 0", "block to be a whole number"),
        ("block = 25", 'block = "x"', "block to be a whole number"),
        ('entrants = ["very_high", "high"]', 'entrants = ["none"]', "entrants to be among"),
        ("[capacity]", "[capacities]", r"a section \[capacity\]"),
    ],
)
def test_read_scheme_refuses_what_is_impossible(tmp_path, line, replacement, message):
    text = (default_config() / "tiers.toml").read_text(encoding="utf-8")
    assert line in text
    (tmp_path / "tiers.toml").write_text(text.replace(line, replacement, 1), encoding="utf-8")
    with pytest.raises(ConfigRefused, match=message):
        read_scheme(tmp_path)


@pytest.mark.parametrize(
    "table",
    [
        "very_high = 0.3\nhigh = 0.5\nmoderate = 0.1",
        "very_high = 1.0\nhigh = 0.5\nmoderate = 0.1",
        "very_high = 0.5\nhigh = 0.3",
    ],
)
def test_read_cut_offs_refuses_probabilities_that_do_not_fall(tmp_path, table):
    path = tmp_path / "table.toml"
    path.write_text(f"[probability]\n{table}\n", encoding="utf-8")
    with pytest.raises(ConfigRefused):
        read_cut_offs(path)
