"""Two records that may be one person: what makes them so, and when they cannot be merged as they are."""

from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """Why two records are put before somebody as possibly one person."""

    SAME_NAME = "same_name"
    SAME_ADDRESS = "same_address"


LIKENESS_WORDS: dict[Likeness, str] = {
    Likeness.SAME_NAME: "Same date of birth and name",
    Likeness.SAME_ADDRESS: "Same date of birth, postcode and given name",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What decides whether a record can be merged with another one."""

    person_id: int
    restricted: bool
    has_current_case: bool


def why_not_merged(kept: Record, merged: Record) -> str | None:
    """The sentence for two records that cannot be merged as things are; None for two that can."""
    if kept.person_id == merged.person_id:
        return "Choose two different records."
    if kept.has_current_case and merged.has_current_case:
        return "Both records have a case that is not closed. Close one of the two cases first."
    if kept.restricted != merged.restricted:
        return "One of the two records is restricted. Restrict both, or lift the restriction, before you merge them."
    return None
