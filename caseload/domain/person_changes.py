"""What became of a person between two registers: the kinds of event a load writes into their record.

The fields are those a register and the demographics bring; each kind is told by its own, so that an event holds what
changed and nothing else.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

Values = Mapping[str, object]


class PersonChange(StrEnum):
    """One thing that happened to a person's own record."""

    DIED = "died"
    DEATH_CORRECTED = "death_corrected"
    LEFT = "left"
    RETURNED = "returned"
    MOVED_PRACTICE = "moved_practice"
    DETAILS_CHANGED = "details_changed"


PERSON_CHANGE_WORDS: dict[PersonChange, str] = {
    PersonChange.DIED: "Died",
    PersonChange.DEATH_CORRECTED: "Date of death corrected",
    PersonChange.LEFT: "Left the practice’s list",
    PersonChange.RETURNED: "Registered here again",
    PersonChange.MOVED_PRACTICE: "Moved to another practice",
    PersonChange.DETAILS_CHANGED: "Details changed",
}
"""What each kind says on a page."""

DETAILS = (
    "family_name",
    "given_name",
    "date_of_birth",
    "sex",
    "address_line",
    "postcode",
    "phone",
    "residence",
    "lives_alone",
    "has_carer",
    "imd_decile",
)
"""Fields whose change means no more than itself."""

FIELDS = (*DETAILS, "practice_id", "deregistered_on", "date_of_death")
"""Everything about a person that a load may change."""


def changes(before: Values, after: Values) -> dict[PersonChange, tuple[str, ...]]:
    """What happened between two states of a record: each kind with the fields it changed; empty where nothing did.

    A practice that changes while the person comes back or goes is part of that and not a move of its own.
    """
    changed = [name for name in FIELDS if before[name] != after[name]]
    found: dict[PersonChange, tuple[str, ...]] = {}
    if "date_of_death" in changed:
        new_death = before["date_of_death"] is None
        found[PersonChange.DIED if new_death else PersonChange.DEATH_CORRECTED] = ("date_of_death",)
    if "deregistered_on" in changed or "practice_id" in changed:
        found[_moved(before, after)] = tuple(name for name in ("practice_id", "deregistered_on") if name in changed)
    details = tuple(name for name in DETAILS if name in changed)
    if details:
        found[PersonChange.DETAILS_CHANGED] = details
    return found


def written(values: Values, fields: tuple[str, ...]) -> dict[str, object]:
    """Some fields of a record as an event keeps them: days as 2026-10-01, words as words."""
    return {name: _plain(values[name]) for name in fields}


def _moved(before: Values, after: Values) -> PersonChange:
    if before["deregistered_on"] is not None and after["deregistered_on"] is None:
        return PersonChange.RETURNED
    if after["deregistered_on"] is not None:
        return PersonChange.LEFT
    return PersonChange.MOVED_PRACTICE


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
