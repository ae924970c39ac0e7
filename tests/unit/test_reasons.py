"""Reasons: the largest positive groups in words, true, additive, and without anything sensitive."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stratify.days import day_number
from stratify.exceptions import ConfigRefused
from stratify.reasons.book import check_words, read_reasons
from stratify.reasons.choice import choose_groups, sensitive_columns
from stratify.reasons.wording import NO_DAY, nothing_to_tell, put_in_words, text_of

T = date(2026, 10, 1)
BOOK = """
shown = 2
sensitive = ["alcohol"]

[group.admissions]
name = "Emergency admissions"
source = "hospital admissions (SUS)"
first = "admissions_first"
last = "admissions_latest"
[[group.admissions.variant]]
text = "{n:admissions_365d|emergency admission|emergency admissions} in the last 12 months, latest {date:admissions_latest}"
[[group.admissions.variant]]
when = ["admissions_1095d >= 1"]
text = "{n:admissions_1095d|emergency admission|emergency admissions} in the last 3 years"
[[group.admissions.variant]]
text = "Pattern of emergency admissions"
first = ""
last = ""

[group.age]
name = "Age"
source = "GP register"
[[group.age.variant]]
when = ["age_years >= 1"]
text = "Aged {number:age_years}"
[[group.age.variant]]
text = "Age"
"""
CODES = ["age", "admissions", "alcohol"]
COLUMNS = {
    "age_years": np.array([84, 40, 70], dtype=np.float32),
    "admissions_365d": np.array([3, 0, 0], dtype=np.float32),
    "admissions_1095d": np.array([4, 1, 0], dtype=np.float32),
    "admissions_latest": np.array([17, 500, np.nan], dtype=np.float32),
    "admissions_first": np.array([900, 500, np.nan], dtype=np.float32),
}
VALUES = np.array([[0.5, 2.0, 3.0], [-0.5, 1.0, 0.0], [0.2, 0.1, -1.0]])


@pytest.fixture
def book(tmp_path):
    (tmp_path / "reasons.toml").write_text(BOOK, encoding="utf-8")
    return read_reasons(tmp_path)


def worded(book):
    choice = choose_groups(VALUES, -2.0, sensitive_columns(CODES, book.sensitive), book.shown)
    return put_in_words(book, CODES, choice, COLUMNS, T)


def test_choice_takes_the_largest_positive_and_never_the_sensitive():
    choice = choose_groups(VALUES, -2.0, sensitive_columns(CODES, frozenset({"alcohol"})), 2)
    assert choice.group.tolist() == [[1, 0], [1, -1], [0, 1]]
    assert choice.contribution.tolist() == [[2.0, 0.5], [1.0, 0.0], [0.2, 0.1]]
    assert choice.other.tolist() == pytest.approx([3.0, -0.5, -1.0])


def test_choice_with_fewer_groups_than_places_shows_what_there_is():
    choice = choose_groups(np.array([[0.5]]), 0.0, sensitive_columns(["age"], frozenset()), 5)
    assert choice.group.tolist() == [[0]]


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), people=st.integers(0, 50), groups=st.integers(1, 12), shown=st.integers(1, 8))
def test_shown_and_other_and_baseline_add_up_to_the_raw_score(seed, people, groups, shown):
    random = np.random.default_rng(seed)
    values = np.round(random.normal(size=(people, groups)), 1)  # rounded, so that some are equal and some nought
    codes = [f"g{number}" for number in range(groups)]
    choice = choose_groups(values, -1.5, sensitive_columns(codes, frozenset(codes[::3])), shown)
    raw = values.sum(axis=1) - 1.5
    assert np.abs(choice.contribution.sum(axis=1) + choice.other + choice.baseline - raw).max(initial=0) < 1e-9
    for row, chosen in zip(values, choice.group, strict=True):
        allowed = sorted((-value, g) for g, value in enumerate(row) if value > 0 and g % 3)[:shown]
        assert [g for g in chosen if g >= 0] == [g for _, g in allowed]


def test_words_say_the_first_variant_that_is_true(book):
    reasons = worded(book)
    assert reasons.starts.tolist() == [0, 2, 3, 5]
    assert reasons.text.tolist() == [
        "3 emergency admissions in the last 12 months, latest 14 September 2026",
        "Aged 84",
        "1 emergency admission in the last 3 years",
        "Aged 70",
        "Pattern of emergency admissions",
    ]


def test_words_carry_source_and_dates_of_evidence(book):
    reasons = worded(book)
    assert reasons.source[:2].tolist() == ["hospital admissions (SUS)", "GP register"]
    t = day_number(T)
    assert reasons.first.tolist() == [t - 900, NO_DAY, t - 500, NO_DAY, NO_DAY]
    assert reasons.last.tolist() == [t - 17, NO_DAY, t - 500, NO_DAY, NO_DAY]


def test_words_fall_back_where_the_pack_lacks_a_feature(book):
    few = {name: values for name, values in COLUMNS.items() if name == "age_years"}
    choice = choose_groups(VALUES, -2.0, sensitive_columns(CODES, book.sensitive), book.shown)
    assert "Pattern of emergency admissions" in put_in_words(book, CODES, choice, few, T).text.tolist()
    assert text_of(book.groups["admissions"], {}, 2, T).tolist() == ["Pattern of emergency admissions"] * 2


def test_check_words_wants_words_for_every_group_on_known_features(book):
    check_words(book, CODES, COLUMNS)
    with pytest.raises(ConfigRefused, match="none for falls"):
        check_words(book, [*CODES, "falls"], COLUMNS)
    with pytest.raises(ConfigRefused, match="age_years, which it does not hold"):
        check_words(book, CODES, set(COLUMNS) - {"age_years"})
    with pytest.raises(ConfigRefused, match="alcohol, which it does not hold"):
        check_words(book, ["age", "admissions"], COLUMNS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shown = 2", "shown = 0", "at least 1"),
        ('name = "Age"\n', "", "a name and a source"),
        ('text = "Age"\n', 'text = "Aged {number:age_years}"\n', "read true for anybody"),
        ('text = "Age"\n', 'when = ["age_years >= 1"]\ntext = "Age"\n', "read true for anybody"),
        ('text = "Age"\n', 'text = " "\n', "to have a text"),
    ],
)
def test_read_reasons_refuses_words_that_could_fail_somebody(tmp_path, old, new, message):
    assert old in BOOK
    (tmp_path / "reasons.toml").write_text(BOOK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigRefused, match=message):
        read_reasons(tmp_path)


def test_a_reason_that_tells_of_nothing_is_kept_for_other(tmp_path):
    text = BOOK.replace('text = "Pattern of emergency admissions"', 'text = "No emergency admission"')
    (tmp_path / "reasons.toml").write_text(text, encoding="utf-8")
    book = read_reasons(tmp_path)
    empty = nothing_to_tell(book, CODES, COLUMNS, 3)
    assert empty.tolist() == [[False] * 3, [False] * 3, [False, True, False]]
    hidden = sensitive_columns(CODES, book.sensitive) | empty
    choice = choose_groups(VALUES, -2.0, hidden, book.shown)
    assert choice.group[2].tolist()[:2] == [0, -1]  # the third person's age is said, the missing admission is not
    assert choice.contribution.sum(axis=1) + choice.other == pytest.approx(VALUES.sum(axis=1))
