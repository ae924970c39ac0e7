"""What became of a person between two registers."""

from datetime import date

import pytest

from caseload.domain.person_changes import FIELDS, PERSON_CHANGE_WORDS, PersonChange, changes, written
from caseload.domain.words import Residence, Sex

HERE = {
    "family_name": "Family", "given_name": "Given", "date_of_birth": date(1950, 1, 2), "sex": Sex.FEMALE,
    "address_line": "1 Street", "postcode": "ZZ1 1ZZ", "phone": "", "residence": Residence.HOME, "lives_alone": None,
    "has_carer": None, "imd_decile": None, "practice_id": 1, "deregistered_on": None, "date_of_death": None,
}  # fmt: skip
GONE = HERE | {"deregistered_on": date(2026, 10, 3)}
DEAD = HERE | {"date_of_death": date(2026, 10, 4)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (HERE, HERE, {}),
        (HERE, DEAD, {PersonChange.DIED: ("date_of_death",)}),
        (DEAD, HERE, {PersonChange.DEATH_CORRECTED: ("date_of_death",)}),
        (DEAD, DEAD | {"date_of_death": date(2026, 10, 1)}, {PersonChange.DEATH_CORRECTED: ("date_of_death",)}),
        (HERE, GONE, {PersonChange.LEFT: ("deregistered_on",)}),
        (GONE, GONE | {"deregistered_on": date(2026, 10, 9)}, {PersonChange.LEFT: ("deregistered_on",)}),
        (GONE, HERE, {PersonChange.RETURNED: ("deregistered_on",)}),
        (GONE, HERE | {"practice_id": 2}, {PersonChange.RETURNED: ("practice_id", "deregistered_on")}),
        (HERE, HERE | {"practice_id": 2}, {PersonChange.MOVED_PRACTICE: ("practice_id",)}),
        (HERE, GONE | {"practice_id": 2}, {PersonChange.LEFT: ("practice_id", "deregistered_on")}),
        (HERE, HERE | {"phone": "1", "sex": Sex.MALE}, {PersonChange.DETAILS_CHANGED: ("sex", "phone")}),
        (
            HERE,
            DEAD | {"deregistered_on": date(2026, 10, 6), "address_line": "2 Street"},
            {
                PersonChange.DIED: ("date_of_death",),
                PersonChange.LEFT: ("deregistered_on",),
                PersonChange.DETAILS_CHANGED: ("address_line",),
            },
        ),
    ],
)
def test_changes_are_told_by_kind_with_their_fields(before, after, expected) -> None:
    assert changes(before, after) == expected


def test_a_death_comes_before_what_follows_from_it() -> None:
    assert list(changes(HERE, DEAD | {"deregistered_on": date(2026, 10, 6)}))[0] is PersonChange.DIED


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_a_load_may_change_is_told(field: str) -> None:
    told = changes(HERE, HERE | {field: object()})
    assert {name for fields in told.values() for name in fields} == {field}


def test_an_event_keeps_days_and_words_as_text() -> None:
    assert written(DEAD, ("date_of_death", "sex", "lives_alone", "practice_id", "residence")) == {
        "date_of_death": "2026-10-04", "sex": "2", "lives_alone": None, "practice_id": 1, "residence": "home",
    }  # fmt: skip


def test_every_kind_has_its_words() -> None:
    assert set(PERSON_CHANGE_WORDS) == set(PersonChange)
