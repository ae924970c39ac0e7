"""The banner of a page about one person: in words, so that nothing rests on colour alone."""

from dataclasses import dataclass
from datetime import date

from caseload.presenters.words import words_of
from caseload.presenters.writing import day, nhs_number
from caseload.queries.people import PersonFacts


@dataclass(frozen=True, slots=True)
class PersonBanner:
    """Every value as it is read on the page; `deceased` and `moved` are None where they do not apply."""

    person_id: int
    name: str
    born: str
    sex: str
    nhs_number: str
    practice: str
    deceased: str | None
    moved: str | None
    restricted: bool


def banner_of(person: PersonFacts, today: date) -> PersonBanner:
    """The banner of a person on a day."""
    return PersonBanner(
        person.person_id,
        f"{person.family_name.upper()}, {person.given_name}",
        _born(person, today),
        words_of(person.sex),
        nhs_number(person.nhs_number),
        person.practice,
        None if person.date_of_death is None else f"Died on {day(person.date_of_death)}",
        None if person.deregistered_on is None else f"Left the practice list on {day(person.deregistered_on)}",
        person.restricted,
    )


def age_on(born: date, on: date) -> int:
    """Completed years of life. Somebody born on 29 February completes one on 1 March where there is no such day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_words(born: date, on: date) -> str:
    """An age as the NHS banner standard says it: months below two years, years from there."""
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months >= 24:
        return f"{age_on(born, on)} years"
    return "1 month" if months == 1 else f"{months} months"


def _born(person: PersonFacts, today: date) -> str:
    born = day(person.date_of_birth)
    if person.date_of_death is not None:
        return f"{born} (died aged {age_words(person.date_of_birth, person.date_of_death)})"
    return f"{born} ({age_words(person.date_of_birth, today)})"
