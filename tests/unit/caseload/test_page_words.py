"""Every stored word has words on a page; dates and numbers are written in the NHS style."""

import inspect
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from caseload.domain import border_words, plan_words
from caseload.domain import words as stored
from caseload.domain.words import CaseState, Sex, TaskState, Tier
from caseload.forms.choices import choices_of
from caseload.presenters import writing
from caseload.presenters.words import COLOURS, WORDS, colour_of, words_of

ENUMS = [
    one
    for module in (stored, plan_words, border_words)
    for _, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, StrEnum) and one is not StrEnum
]
TAG_COLOURS = {"red", "orange", "yellow", "green", "aqua-green", "blue", "purple", "pink", "grey", "white"}


def test_there_are_enums_to_look_at():
    assert len(ENUMS) > 20


@pytest.mark.parametrize("enum", ENUMS, ids=lambda one: one.__name__)
def test_every_stored_word_has_words_of_its_own(enum):
    assert set(WORDS[enum]) == set(enum)
    assert len(set(WORDS[enum].values())) == len(enum)
    for text in WORDS[enum].values():
        assert text[0].isupper()
        assert "_" not in text


def test_words_are_written_for_nothing_else():
    assert set(WORDS) == set(ENUMS)


@pytest.mark.parametrize("enum", COLOURS, ids=lambda one: one.__name__)
def test_colours_of_an_enum_are_complete_and_exist(enum):
    assert set(COLOURS[enum]) == set(enum)
    assert set(COLOURS[enum].values()) <= TAG_COLOURS


def test_words_of_equal_words_in_different_enums_are_kept_apart():
    assert CaseState.OPEN == TaskState.OPEN
    assert colour_of(CaseState.OPEN) == "green"
    assert colour_of(TaskState.OPEN) == "blue"
    assert colour_of(Sex.MALE) == "grey"


def test_choices_are_stored_word_and_words_in_the_order_of_the_enum():
    assert [(one.value, one.label) for one in choices_of(Tier, without=[Tier.NONE])] == [
        ("very_high", "Very high"),
        ("high", "High"),
        ("moderate", "Moderate"),
    ]


def test_word_without_words_is_an_error():
    with pytest.raises(KeyError):
        words_of(StrEnum("Other", ["X"]).X)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (writing.day(date(2026, 9, 4)), "4 September 2026"),
        (writing.short_day(date(2026, 9, 14)), "14 Sep 2026"),
        (writing.month_year(date(2026, 9, 14)), "September 2026"),
        (writing.short_month(date(2026, 12, 1)), "Dec 2026"),
        (writing.moment(datetime(2026, 10, 5, 9, 5, tzinfo=UTC)), "5 October 2026 at 10:05am"),  # summer time
        (writing.moment(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)), "1 July 2026 at 12:30am"),
        (writing.moment(datetime(2026, 12, 5, 12, 0, tzinfo=UTC)), "5 December 2026 at midday"),
        (writing.moment(datetime(2026, 12, 5, 0, 0, tzinfo=UTC)), "5 December 2026 at midnight"),
        (writing.moment(datetime(2026, 12, 5, 12, 1, tzinfo=UTC)), "5 December 2026 at 12:01pm"),
        (writing.moment(datetime(2026, 12, 5, 13, 7, tzinfo=UTC)), "5 December 2026 at 1:07pm"),
        (writing.nhs_number("9990000018"), "999\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}0018"),
        (writing.percent(0.284), "28%"),
        (writing.percent(0.2845, 1), "28.4%"),
        (writing.thousands(261536), "261,536"),
        (writing.counted(1, "person", "people"), "1 person"),
        (writing.counted(0, "person", "people"), "0 people"),
        (writing.counted(12000, "case"), "12,000 cases"),
    ],
)
def test_values_are_written_in_the_nhs_style(written, expected):
    assert written == expected
