"""The banner of a page about one person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.words import Sex
from caseload.presenters.banner import age_on, age_words, banner_of
from caseload.queries.people import PersonFacts

TODAY = date(2026, 10, 5)


def person(**changed):
    facts = {
        "person_id": 7, "family_name": "O’Neill", "given_name": "Mary Ann", "date_of_birth": date(1941, 3, 2),
        "sex": Sex.FEMALE, "nhs_number": "9990000018", "practice": "Ash Surgery", "date_of_death": None,
        "deregistered_on": None, "restricted": False, **changed,
    }  # fmt: skip
    return PersonFacts(**facts)


def test_banner_says_who_it_is():
    banner = banner_of(person(), TODAY)
    assert (banner.name, banner.born) == ("O’NEILL, Mary Ann", "2 March 1941 (85 years)")
    assert banner.nhs_number.replace("\N{NO-BREAK SPACE}", " ") == "999 000 0018"
    assert (banner.sex, banner.deceased, banner.moved, banner.restricted) == ("Female", None, None, False)


def test_banner_of_somebody_who_died_has_the_age_at_death():
    banner = banner_of(person(date_of_death=date(2026, 3, 1)), TODAY)
    assert banner.deceased == "Died on 1 March 2026"
    assert banner.born == "2 March 1941 (died aged 84 years)"


def test_banner_of_somebody_who_moved_and_is_restricted():
    banner = banner_of(person(deregistered_on=date(2026, 9, 30), restricted=True), TODAY)
    assert banner.moved == "Left the practice list on 30 September 2026"
    assert banner.restricted is True


@pytest.mark.parametrize(
    ("born", "on", "words"),
    [
        (date(2026, 10, 5), TODAY, "0 months"),
        (date(2026, 9, 5), TODAY, "1 month"),
        (date(2026, 9, 6), TODAY, "0 months"),
        (date(2024, 10, 6), TODAY, "23 months"),
        (date(2024, 10, 5), TODAY, "2 years"),
        (date(1948, 2, 29), date(2026, 2, 28), "77 years"),
        (date(1948, 2, 29), date(2026, 3, 1), "78 years"),
        (date(1948, 2, 29), date(2028, 2, 29), "80 years"),
    ],
)
def test_age_in_words(born, on, words):
    assert age_words(born, on) == words


@given(born=st.dates(date(1900, 1, 1), date(2026, 10, 5)), days=st.integers(0, 40_000))
def test_age_never_falls_and_is_a_year_older_within_366_days(born, days):
    on = date.fromordinal(born.toordinal() + days)
    later = date.fromordinal(on.toordinal() + 366)
    assert age_on(born, on) + 1 <= age_on(born, later) <= age_on(born, on) + 2
