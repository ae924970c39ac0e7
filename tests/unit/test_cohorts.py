"""Cohorts, segments, age bands and people not known to services, from configuration."""

import numpy as np
import pytest

from stratify.cohorts import age_bands, cohort_rows, find_members, read_cohorts, withhold_unmeasurable
from stratify.exceptions import ConfigRefused

BOOK = """
[[cohort]]
code = "over_75"
name = "Aged 75 or over"
words = "in words"
source = "D7"
all = ["age_years >= 75"]

[[cohort]]
code = "care_home"
name = "Living in a care home"
words = "in words"
source = "D7"
any = ["residence in residential_care, nursing_care", "care_home_code recorded"]

[[segment]]
code = "children"
name = "Born well"
words = "in words"
source = "D8"
all = ["age_years <= 18"]

[[segment]]
code = "older"
name = "Older"
words = "in words"
source = "D8"
any = ["age_years >= 65"]

[[segment]]
code = "well"
name = "Living well"
words = "in words"
source = "D8"

[not_known_to_services]
code = "not_known"
name = "Not known"
words = "in words"
source = "issue"
needs_tables = ["community_contacts"]
all = ["contacts_365d = 0"]

[age_bands]
starts = [0, 18, 65, 85]
"""
FEATURES = ["care_home_code", "contacts_365d"]
COLUMNS = {
    "age_years": np.array([5, 18, 40, 65, 90]),
    "residence": np.array(["home", None, "nursing_care", "home", "home"], dtype=object),
    "care_home_code": np.array([np.nan, np.nan, np.nan, np.nan, 30.0]),
    "contacts_365d": np.array([0, 3, 0, np.nan, 0]),
}


def book(tmp_path, text=BOOK):
    (tmp_path / "cohorts.toml").write_text(text, encoding="utf-8")
    return read_cohorts(tmp_path, FEATURES)


def test_cohorts_hold_whom_their_rules_name(tmp_path):
    members = find_members(book(tmp_path), COLUMNS)
    assert members.cohorts.tolist() == [[False] * 4 + [True], [False, False, True, False, True]]


def test_segments_put_everyone_in_exactly_one(tmp_path):
    assert find_members(book(tmp_path), COLUMNS).segment.tolist() == [0, 0, 2, 1, 1]


def test_a_feature_this_pack_cannot_give_meets_no_condition(tmp_path):
    columns = {name: values for name, values in COLUMNS.items() if name not in FEATURES}
    members = find_members(book(tmp_path), columns)
    assert members.cohorts[1].tolist() == [False, False, True, False, False]
    assert not members.not_known_to_services.any()


def test_not_known_to_services_is_withheld_without_the_feed(tmp_path):
    group = book(tmp_path).not_known_to_services
    holds = find_members(book(tmp_path), COLUMNS).not_known_to_services
    assert holds.tolist() == [True, False, True, False, True]
    assert withhold_unmeasurable(group, holds, ["community_contacts"]).tolist() == holds.tolist()
    assert not withhold_unmeasurable(group, holds, ["admissions"]).any()


def test_cohort_rows_size_each_cohort_and_its_overlap_with_the_tiers(tmp_path):
    rules = book(tmp_path)
    members = find_members(rules, COLUMNS)
    tier = np.array([3, 3, 1, 2, 0], dtype=np.int8)
    over_75, care_home = cohort_rows(rules.cohorts, members.cohorts, tier, ["admissions"])
    assert (over_75.people, over_75.tiers) == (1, {"very_high": 1, "high": 0, "moderate": 0, "none": 0})
    assert (care_home.people, care_home.tiers) == (2, {"very_high": 1, "high": 1, "moderate": 0, "none": 0})


def test_age_bands_name_both_ends():
    assert age_bands([0, 18, 65, 85], np.array([0, 17, 18, 64, 84, 85, 104])).tolist() == [
        "0-17",
        "0-17",
        "18-64",
        "18-64",
        "65-84",
        "85+",
        "85+",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("care_home_code recorded", "carehome_code recorded", "carehome_code"),
        ('code = "care_home"', 'code = "over_75"', "a code used twice"),
        ('any = ["age_years >= 65"]', "", "the last segment, and no other"),
        ('code = "well"', 'code = "well"\nall = ["age_years >= 0"]', "the last segment, and no other"),
        ('all = ["age_years >= 75"]', "", "a rule for every cohort"),
        ("starts = [0, 18, 65, 85]", "starts = [18, 65]", "rise from 0"),
        ("starts = [0, 18, 65, 85]", "starts = [0, 65, 18]", "rise from 0"),
        ('name = "Older"', "", "one without 'name'"),
    ],
)
def test_read_cohorts_refuses_what_does_not_hold_together(tmp_path, old, new, message):
    assert BOOK.count(old) >= 1
    with pytest.raises(ConfigRefused, match=message):
        book(tmp_path, BOOK.replace(old, new, 1))
