"""The words and rules that come with the program: complete, on known features, and true whatever the values."""

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stratify.cohorts import read_cohorts
from stratify.features.catalogue import FEATURES, GROUPS, IN_YEARS, sensitive_groups
from stratify.features.definition import Kind
from stratify.indices import INDICES
from stratify.indices.index import component_names
from stratify.reasons.book import check_words, read_reasons
from stratify.reasons.wording import text_of
from stratify.settings import default_config

CONFIG = default_config()
BOOK = read_reasons(CONFIG, IN_YEARS, sensitive_groups(CONFIG))
NAMES = [feature.name for feature in FEATURES]
T = date(2026, 10, 1)
PEOPLE = 40

# Whole counts, days at least 1, years, flags, and odd values beyond what is likely.
VALUES = {
    Kind.COUNT: [0, 1, 2, 17, 1200],
    Kind.DAYS: [0, 1, 400],
    Kind.LATEST: [1, 30, 365, 366, 1095, 20000],
    Kind.FIRST: [1 / 365.25, 0.5, 3.0, 41.7],
    Kind.STATE: [0, 1],
    Kind.VALUE: [1.0, 1.6, 47.25, 153.0],
    Kind.CHANGE: [-30.5, -1.0, 0.0, 2.5],
    Kind.SCORE: [0.0, 0.1389, 0.25, 0.5, 3.0, 16.2],
    Kind.ATTRIBUTE: [0, 1, 2, 10, 84, 30000],
    Kind.SEASON: [-1.0, 0.0, 1.0],
}


def random_people(random):
    """Any value of every feature, many of them not recorded, without regard to what goes together."""
    columns = {}
    for feature in FEATURES:
        values = random.choice(np.array(VALUES[feature.kind], dtype=np.float32), PEOPLE)
        values[random.random(PEOPLE) < 0.3] = np.nan
        columns[feature.name] = values
    return columns


def test_every_group_has_words_or_is_never_shown():
    check_words(BOOK, GROUPS, NAMES)


def test_groups_the_catalogue_calls_sensitive_are_never_shown():
    assert sensitive_groups(CONFIG)
    assert sensitive_groups(CONFIG) <= BOOK.sensitive
    assert {"alcohol", "self_harm", "severe_mental_illness"} <= BOOK.sensitive


def test_every_index_has_a_source_and_hides_only_what_it_counts():
    for kind, index in INDICES.items():
        words = BOOK.indices[kind]
        assert words.source
        assert words.hidden | set(words.words) <= set(component_names(index, CONFIG))
    assert "aids_hiv" in BOOK.indices["charlson"].hidden


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_words_are_sentences_for_any_values(seed):
    columns = random_people(np.random.default_rng(seed))
    for words in BOOK.groups.values():
        for text in text_of(words, columns, PEOPLE, T):
            assert text, words.code
            assert not re.search(r"[{}]|nan|None|  |(?<![\d.,])0 [a-z]|\b1 [a-z]+s\b (in|for)", text), text


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_counts_in_words_are_the_counts_of_the_person(seed):
    """Every whole number at the head of a sentence is a value of one of the group's own features."""
    columns = random_people(np.random.default_rng(seed))
    for words in BOOK.groups.values():
        own = [columns[name] for name in words.names() if name in columns]
        for place, text in enumerate(text_of(words, columns, PEOPLE, T)):
            leading = re.match(r"([\d,]+) [a-zA-Z]", text)
            if leading:
                assert float(leading[1].replace(",", "")) in [float(values[place]) for values in own], text


def test_words_for_a_pack_with_no_feeds_fall_back_to_what_is_always_true():
    for words in BOOK.groups.values():
        said = text_of(words, {}, 1, T)
        assert said.tolist() == ["".join(part for part in words.variants[-1].phrase.parts if isinstance(part, str))]


@pytest.mark.parametrize(
    ("group", "values", "text"),
    [
        (
            "emergency_admissions",
            {"emergency_admissions_365d": 3, "emergency_admissions_latest": 17, "emergency_admissions_1095d": 4, "in_hospital_now": 0},
            "3 emergency admissions in the last 12 months, latest 14 September 2026",
        ),
        (
            "emergency_admissions",
            {"emergency_admissions_365d": 0, "emergency_admissions_latest": 500, "emergency_admissions_1095d": 1, "in_hospital_now": 0},
            "1 emergency admission in the last 3 years, latest 19 May 2025",
        ),
        ("emergency_admissions", {"emergency_admissions_1095d": 0}, "No emergency admission in the last 3 years"),
        ("heart_failure", {"heart_failure_years": 3.5}, "Heart failure, first recorded April 2023"),
        ("heart_failure", {"heart_failure_years": np.nan}, "No heart failure recorded"),
        ("age", {"age_years": 84}, "Aged 84"),
        ("age", {"age_years": 0}, "Aged under 1"),
        ("egfr", {"egfr": 42.4, "egfr_latest": 30}, "eGFR 42 mL/min/1.73m², measured 1 September 2026"),
        ("polypharmacy", {"medicines_365d": 12, "new_medicines_90d": 2, "medicines_latest": 5}, "12 different medicines prescribed in the last 12 months, 2 of them new in the last 3 months"),
        ("polypharmacy", {"medicines_365d": 1, "new_medicines_90d": 1, "medicines_latest": 5}, "1 medicine prescribed in the last 12 months, latest 26 September 2026"),
        ("frailty", {"efi": 0.4, "hfrs": 20.0}, "Severe frailty by the electronic frailty index"),
        ("living_alone", {"lives_alone": 1, "lives_alone_latest": 10}, "Lives alone, recorded 21 September 2026"),
        ("deprivation", {"imd_decile": 1}, "Lives in one of the most deprived tenth of neighbourhoods"),
        ("social_care", {"care_hours_now": 10.5, "care_hours_change_365d": 3.5, "reablement_365d": 0}, "Receiving 10.5 hours of care a week, up in the last 12 months"),
    ],
)  # fmt: skip
def test_words_read_as_a_gp_would_say_it(group, values, text):
    columns = {name: np.array([value], dtype=np.float32) for name, value in values.items()}
    assert text_of(BOOK.groups[group], columns, 1, T).tolist() == [text]


def test_cohorts_and_segments_of_the_plans_are_there():
    book = read_cohorts(CONFIG, NAMES)
    assert [cohort.code for cohort in book.cohorts] == [
        "over_75",
        "frailty_conditions_under_75",
        "dementia",
        "care_home",
    ]
    assert [segment.name for segment in book.segments] == [
        "Born Well, Growing Well",
        "Promoting Independence",
        "Living Well",
    ]
