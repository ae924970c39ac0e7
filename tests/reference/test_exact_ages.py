"""Age at an index date against counting birthdays one by one.

The rule for 29 February: in a year without one the birthday is 1 March. The Family Law Reform Act 1969,
section 9, makes an age begin with the anniversary of the birth; a year of 365 days has no day called
29 February, and 28 February comes before it.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from stratify.zone import Zone
from tests.support.built_zones import a_zone, people, person_of, selected
from tests.support.packs import nhs, person

DATES = (date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2026, 10, 1))

BIRTHS = [
    date(2000, 2, 29),
    date(1940, 2, 29),
    date(2000, 2, 28),
    date(2000, 3, 1),
    date(1999, 12, 31),
    date(2000, 1, 1),
    date(1950, 10, 1),
    date(1950, 10, 2),
    date(1950, 9, 30),
    date(1919, 6, 15),
    date(2023, 2, 27),
    date(2023, 2, 28),
    date(2022, 3, 1),
    *(date(1930, 1, 3) + timedelta(days=397 * step) for step in range(40)),
]


def birthdays(birth: date) -> list[date]:
    """The day each year of age begins, from the first on."""
    found = []
    for year in range(birth.year + 1, 2030):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        missing = (birth.month, birth.day) == (2, 29) and not leap
        found.append(date(year, 3, 1) if missing else birth.replace(year=year))
    return found


@pytest.fixture(scope="module")
def born(tmp_path_factory: pytest.TempPathFactory) -> tuple[Zone, dict[int, date]]:
    """Somebody of every birthday in a zone of every date, and when each person of it was born."""
    register = [person(nhs(n), birth.isoformat()) for n, birth in enumerate(BIRTHS, 1)]
    zone = a_zone(tmp_path_factory.mktemp("ages"), gp_register=register, index_dates=DATES)
    return zone, {person_of(zone, nhs(n)): birth for n, birth in enumerate(BIRTHS, 1)}


@pytest.mark.parametrize("index", DATES, ids=str)
def test_age_is_the_number_of_birthdays_had(born: tuple[Zone, dict[int, date]], index: date) -> None:
    zone, births = born
    ages = dict(selected(f"SELECT pid, age_years FROM {zone.population_table(index).sql}"))
    assert len(ages) == len(people(zone)) == len(BIRTHS)
    for pid, birth in births.items():
        expected = None if birth > index else sum(day <= index for day in birthdays(birth))
        assert ages[pid] == expected, birth


def test_somebody_born_on_29_february_is_18_on_1_march_2018(tmp_path: Path) -> None:
    ages = []
    for index in (date(2018, 2, 28), date(2018, 3, 1)):
        zone = a_zone(tmp_path / str(index), gp_register=[person(nhs(1), "2000-02-29")], index_dates=[index])
        ages += selected(f"SELECT age_years FROM {zone.population_table(index).sql}")
    assert ages == [(17,), (18,)]
