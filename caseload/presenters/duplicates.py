"""Two records side by side: what differs is said in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, day, nhs_number
from caseload.queries.merges import LikePerson


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line of the comparison."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the two records say different things."""
        return self.first != self.second


def comparison_rows(first: LikePerson, second: LikePerson) -> list[ComparedRow]:
    """Everything that tells whether two records are one person, and what would be moved."""
    pairs = zip(_lines(first), _lines(second), strict=True)
    return [ComparedRow(label, one, other) for (label, one), (_, other) in pairs]


def kept_choices(first: LikePerson, second: LikePerson) -> list[tuple[int, str]]:
    """The two records as choices, told apart by their NHS numbers."""
    return [(person.person_id, f"{_name(person)}, NHS number {_number(person)}") for person in (first, second)]


def _lines(person: LikePerson) -> Iterator[tuple[str, str]]:
    yield "Name", _name(person)
    yield "NHS number", _number(person)
    yield "Born", day(person.date_of_birth)
    yield "Sex", words_of(person.sex)
    yield "Address", ", ".join(part for part in (person.address_line, person.postcode) if part) or "Not recorded"
    yield "Practice", person.practice
    yield "Died", "No" if person.date_of_death is None else f"On {day(person.date_of_death)}"
    yield "Left the practice list", "No" if person.deregistered_on is None else f"On {day(person.deregistered_on)}"
    yield "Restricted", "Yes" if person.restricted else "No"
    yield "Cases", counted(person.cases, "case") + (", one not closed" if person.has_current_case else "")
    yield "Contacts", counted(person.contacts, "contact")
    yield "Open tasks", counted(person.open_tasks, "task")


def _name(person: LikePerson) -> str:
    return f"{person.family_name.upper()}, {person.given_name}"


def _number(person: LikePerson) -> str:
    return nhs_number(person.nhs_number)
