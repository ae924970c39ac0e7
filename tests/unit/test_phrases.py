"""Sentences with places for values: grammar, dates, and never a wrong zero."""

from datetime import date

import numpy as np
import pytest

from stratify.exceptions import ConfigRefused
from stratify.reasons.phrases import day_in_words, parse_phrase

T = date(2026, 10, 1)


def said(template, **columns):
    arrays = {name: np.asarray(values, dtype=np.float32) for name, values in columns.items()}
    people = len(next(iter(arrays.values())))
    return parse_phrase(template).render(arrays, people, T).tolist()


def test_count_agrees_with_its_noun():
    template = "{n:falls|fall|falls} in the last 12 months"
    assert said(template, falls=[1, 2, 1200]) == [
        "1 fall in the last 12 months",
        "2 falls in the last 12 months",
        "1,200 falls in the last 12 months",
    ]


def test_date_counts_back_from_the_index_date():
    assert said("latest {date:ago}", ago=[1, 17, 366]) == [
        "latest 30 September 2026",
        "latest 14 September 2026",
        "latest 30 September 2025",
    ]


def test_month_names_the_month_only():
    assert said("since {month:ago}", ago=[1, 40]) == ["since September 2026", "since August 2026"]


def test_date_and_month_also_count_back_in_years():
    phrase = parse_phrase("since {date:first}, {month:first}", in_years={"first"})
    years = np.array([1 / 365.25, 3652 / 365.25], dtype=np.float32)
    assert phrase.render({"first": years}, 2, T).tolist() == [
        "since 30 September 2026, September 2026",
        "since 1 October 2016, October 2016",
    ]


def test_number_has_one_decimal_only_where_it_means_something():
    assert said("HbA1c {number:value}", value=[8.5, 48.0, 0.04]) == ["HbA1c 8.5", "HbA1c 48", "HbA1c 0"]


def test_years_are_those_completed():
    assert said("{years:y} ago", y=[0.4, 1.9, 6.0]) == ["less than a year ago", "1 year ago", "6 years ago"]


def test_several_places_fill_one_sentence():
    template = "{n:a|admission|admissions}, latest {date:ago}"
    assert said(template, a=[3], ago=[17]) == ["3 admissions, latest 14 September 2026"]


def test_sentence_without_places_is_itself():
    assert parse_phrase("Age").render({}, 2, T).tolist() == ["Age", "Age"]


def test_suits_only_whom_every_value_is_recorded_and_no_count_is_nought_for():
    phrase = parse_phrase("{n:a|admission|admissions}, latest {date:ago}")
    columns = {"a": np.array([0, 1, 2, np.nan, 3]), "ago": np.array([5, 1, np.nan, 5, 0])}
    assert phrase.suits(columns, 5).tolist() == [False, True, False, False, False]


def test_suits_no_one_where_the_pack_lacks_the_feature():
    assert parse_phrase("{date:ago}").suits({}, 3).tolist() == [False] * 3


@pytest.mark.parametrize(
    "template", ["{n:falls}", "{n:falls|fall}", "{when:x}", "{date:x|a|b}", "{date x}", "a } b", "{", "{date:Falls}"]
)
def test_parse_phrase_refuses_a_place_it_cannot_read(template):
    with pytest.raises(ConfigRefused):
        parse_phrase(template)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 9, 14), "14 September 2026"),
        (date(2024, 2, 29), "29 February 2024"),
        (date(2026, 1, 1), "1 January 2026"),
    ],
)
def test_day_in_words_follows_the_style_of_gov_uk(day, words):
    assert day_in_words(day) == words
